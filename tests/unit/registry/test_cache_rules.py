"""Artifact cache rules: which covers a repository, where it leads, and whether it works."""

from typing import Any

import pytest

from shared.adapters.arm import Arm, Json, NotFoundError
from shared.domain.facts.beside import CacheRule
from shared.registry.cache_rules import CacheRules, covering

REGISTRY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r"
HUB = f"{REGISTRY}/credentialSets/hub"


class FakeArm(Arm):
    def __init__(self, *rules: Json, **sets: Json) -> None:
        self.rules = rules
        self.sets = sets

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        assert path == f"{REGISTRY}/cacheRules"
        return self.rules

    async def get(self, path: str, api_version: str) -> Json:
        name = path.rpartition("/")[2]
        if name not in self.sets:
            raise NotFoundError(path)
        return self.sets[name]


def rule(target: str, source: str = "docker.io/library/nginx", credentials: str = "") -> Json:
    properties = {"targetRepository": target, "sourceRepository": source}
    more = {"credentialSetResourceId": credentials} if credentials else {}
    return {"name": f"to-{target}", "properties": properties | more}


def credentials(**health: Any) -> Json:
    return {"properties": {"authCredentials": [{"name": "c", "credentialHealth": health}]}}


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("nginx", "nginx"),
        ("library/redis", "library/*"),
        ("library/team/app", "library/team/*"),
        ("other", None),
        ("nginx2", None),
    ],
)
def test_the_closest_rule_covers_a_repository(repository: str, expected: str | None) -> None:
    rules = [rule("library/*"), rule("nginx"), rule("library/team/*")]
    found = covering(rules, repository)
    assert (found["properties"]["targetRepository"] if found else None) == expected


async def test_no_rule_is_nothing() -> None:
    assert await CacheRules(FakeArm(rule("nginx"))).covering(REGISTRY, "app") is None


async def test_a_prefix_leads_to_the_same_name_upstream() -> None:
    rules = CacheRules(FakeArm(rule("hub/*", "docker.io/library/*")))
    found = await rules.covering(REGISTRY, "hub/redis")
    assert found == CacheRule(
        name="to-hub/*", source="docker.io/library/redis", target="hub/*", credential_set=""
    )


@pytest.mark.parametrize(
    ("sets", "exists", "healthy"),
    [
        ({"hub": credentials(status="Healthy")}, True, True),
        ({"hub": credentials(status="Unhealthy", errorMessage="no secret")}, True, False),
        ({"hub": {"properties": {}}}, True, None),
        ({}, False, None),
    ],
)
async def test_the_health_of_credentials_is_read(
    sets: dict[str, Json], exists: bool, healthy: bool | None
) -> None:
    rules = CacheRules(FakeArm(rule("nginx", credentials=HUB), **sets))
    found = await rules.covering(REGISTRY, "nginx")
    assert found
    assert (found.credential_set, found.credential_set_exists) == ("hub", exists)
    assert found.healthy is healthy
    assert ("no secret" in found.trouble) is (healthy is False)
