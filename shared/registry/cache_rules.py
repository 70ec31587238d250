"""Artifact cache rules, read from ARM: which one covers a repository, and whether it works."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.adapters.arm import Arm, Json, NotFoundError
from shared.domain.facts.beside import CacheRule

VERSION = "2025-11-01"


class CacheRules:
    """The cache rules of registries. `Arm` keeps what it reads, so a sweep lists them once."""

    def __init__(self, arm: Arm) -> None:
        """Read with this client."""
        self._arm = arm

    async def covering(self, registry_id: str, repository: str) -> CacheRule | None:
        """
        The rule whose target is the repository, or a prefix of it that ends in ``*``.

        Raises:
            CouldNotLookError: the rules or the credentials could not be read.

        """
        rules = await self._arm.list(f"{registry_id}/cacheRules", VERSION)
        found = covering(rules, repository)
        if found is None:
            return None
        about = _properties(found)
        credentials = str(about.get("credentialSetResourceId") or "")
        rule = CacheRule(
            name=str(found.get("name", "")),
            source=_source(about, repository),
            target=str(about.get("targetRepository", "")),
            credential_set=credentials.rpartition("/")[2],
        )
        return await self._with_health(rule, credentials) if credentials else rule

    async def _with_health(self, rule: CacheRule, credentials: str) -> CacheRule:
        try:
            found = _properties(await self._arm.get(credentials, VERSION))
        except NotFoundError:
            return CacheRule(
                name=rule.name,
                source=rule.source,
                target=rule.target,
                credential_set=rule.credential_set,
                credential_set_exists=False,
            )
        healthy, trouble = _health(found)
        return CacheRule(
            name=rule.name,
            source=rule.source,
            target=rule.target,
            credential_set=rule.credential_set,
            healthy=healthy,
            trouble=trouble,
        )


def covering(rules: Iterable[Json], repository: str) -> Json | None:
    """The rule for a repository: the exact one, else the longest prefix."""
    fits = [one for one in rules if _fits(_target(one), repository)]
    return max(
        fits, key=lambda one: (not _target(one).endswith("*"), len(_target(one))), default=None
    )


def _target(rule: Json) -> str:
    return str(_properties(rule).get("targetRepository", ""))


def _fits(target: str, repository: str) -> bool:
    if target.endswith("*"):
        return repository.startswith(target.removesuffix("*"))
    return target == repository


def _source(about: Mapping[str, Any], repository: str) -> str:
    """The upstream name of a repository: what stands for the ``*``, put in its place."""
    source, target = str(about.get("sourceRepository", "")), str(about.get("targetRepository", ""))
    if not source.endswith("*"):
        return source
    return source.removesuffix("*") + repository.removeprefix(target.removesuffix("*"))


def _health(credential_set: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether the upstream takes the credentials, as the registry itself last found."""
    credentials = credential_set.get("authCredentials")
    known = [one for one in credentials or () if isinstance(one, dict)]
    states = [
        one["credentialHealth"] for one in known if isinstance(one.get("credentialHealth"), dict)
    ]
    for state in states:
        if str(state.get("status", "")).lower() == "unhealthy":
            told = (str(state.get(key) or "") for key in ("errorCode", "errorMessage"))
            return False, " ".join(" ".join(told).split())[:300]
    return (True, "") if states else (None, "")


def _properties(one: Mapping[str, Any]) -> Mapping[str, Any]:
    found = one.get("properties")
    return found if isinstance(found, dict) else {}
