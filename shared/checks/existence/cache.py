"""Does the artifact cache rule behind a repository still lead somewhere?

The registry fetches what it does not hold from upstream, so that "not found" then means that it
is not there either, or that the registry could not fetch it.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.existence.proof import is_missing
from shared.checks.names import about_image, about_workload
from shared.domain.facts.base import MissingEvidenceError, Unavailable
from shared.domain.facts.beside import CacheRule
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ManifestAnswer, MonitorAccess
from shared.domain.findings import Confidence, Finding, Outcome, Problem

SHOW = "az acr cache show --registry {registry} --name {rule}"

CREDENTIALS_MISSING = Problem(
    code="EXISTENCE_CACHE_CREDENTIALS_MISSING",
    outcome=Outcome.FAIL,
    title="The cache rule {rule} of {login_server} uses the credential set {set}, which is gone",
    explanation="The registry cannot log in to {source}, so it fetches nothing new: what it holds "
    "can still be pulled, what it does not hold looks missing.",
    fix=(
        "az acr credential-set list --registry {registry} --output table",
        "az acr cache update --registry {registry} --name {rule} --cred-set CREDENTIAL-SET",
    ),
    link=links.CACHE,
    explains=("existence.",),
)
CREDENTIALS_REFUSED = Problem(
    code="EXISTENCE_CACHE_CREDENTIALS_UNHEALTHY",
    outcome=Outcome.FAIL,
    title="The cache rule {rule} of {login_server} cannot log in upstream",
    explanation="The credential set {set} is unhealthy{trouble}, so the registry fetches nothing "
    "new from {source}: what it does not hold looks missing. Mostly the Key Vault secret behind "
    "it has expired, or the set's identity may not read it.",
    fix=(
        "az acr credential-set show --registry {registry} --name {set}",
        "Renew the secret, or let the credential set's identity read it from the Key Vault",
    ),
    link=links.CACHE,
    explains=("existence.",),
)
NOT_UPSTREAM = Problem(
    code="EXISTENCE_NOT_UPSTREAM",
    outcome=Outcome.FAIL,
    title="{image} is not in the cache, and not fetched from {source} either",
    explanation="The cache rule {rule} leads to {source}. The registry answers 'not found': "
    "upstream has no {reference} either, or does not let the registry in.",
    fix=(
        SHOW,
        "Look for {reference} in {source}; if it is there, give the rule a credential set",
    ),
    link=links.CACHE,
    explains=("existence.",),
    confidence=Confidence.LIKELY,
)


@check("existence.cache", CREDENTIALS_MISSING, CREDENTIALS_REFUSED, NOT_UPSTREAM)
def cache_rule_works(
    asked: Asked,
    rule: CacheRule,
    seen: ManifestAnswer | Unavailable,
    access: MonitorAccess | Unavailable,
) -> Iterable[Finding]:
    """The artifact cache rule behind the repository works, where there is one."""
    gone = _is_gone(seen, access)
    if is_broken(rule):
        problem = CREDENTIALS_REFUSED if rule.credential_set_exists else CREDENTIALS_MISSING
        found = problem.found(subject=_subject(asked, rule), **_about(asked, rule))
        yield found if gone else replace(found, outcome=Outcome.WARN, explains=())
    elif gone:
        yield NOT_UPSTREAM.found(subject=str(asked.pull.image), **_about(asked, rule))
    elif gone is None:
        known(seen)
        raise NotApplicableError("the rule is in order; the image could not be looked at")


def is_broken(rule: CacheRule) -> bool:
    """Whether the registry cannot log in upstream."""
    return not rule.credential_set_exists or rule.healthy is False


def _is_gone(
    seen: ManifestAnswer | Unavailable, access: MonitorAccess | Unavailable
) -> bool | None:
    """Whether the image is proven missing; None where that cannot be told."""
    if isinstance(seen, Unavailable):
        return None
    if isinstance(access, Unavailable) and not seen.answer.ok:
        return None
    try:
        return is_missing(seen.answer, access)
    except (CannotTellError, MissingEvidenceError):
        return None


def _subject(asked: Asked, rule: CacheRule) -> str:
    return f"{asked.pull.image.registry} credential set {rule.credential_set}"


def _about(asked: Asked, rule: CacheRule) -> dict[str, str]:
    return {
        "rule": rule.name,
        "source": rule.source,
        "set": rule.credential_set,
        "trouble": f" ({rule.trouble})" if rule.trouble else "",
        **about_image(asked.pull.image),
        **about_workload(asked.pull),
    }


CHECKS = (cache_rule_works,)
