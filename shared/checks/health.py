"""The steps of ``az acr check-health``, decided from evidence: the codes are those of azure-cli.

Source of codes and order: azure-cli 2.91.0, acr/_errors.py and acr/check_health.py. What runs on
the caller's own machine there (docker, helm, versions) is left out.
"""

from collections.abc import Callable, Iterator

from shared.domain.facts.base import Evidence, MissingEvidenceError, NotAskedError
from shared.domain.facts.beside import Encryption, EndpointNames, TokenAnswers
from shared.domain.facts.registry import (
    Answer,
    LoginServerAddress,
    Reach,
    RegistryAnswer,
    RegistryProfile,
)
from shared.domain.findings import Outcome
from shared.domain.health import HealthStep

type Step = Callable[[Evidence], tuple[Outcome, str, str]]

PASS, FAIL = Outcome.PASS, Outcome.FAIL
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 401, 403, 429


def steps_of(evidence: Evidence) -> Iterator[HealthStep]:
    """Every step in the order of a login; after a failure the rest of the login is left out."""
    stopped = ""
    for name, decide in LOGIN.items():
        if stopped:
            yield HealthStep(name, Outcome.SKIPPED, f"not reached: {stopped} failed")
            continue
        step = _step(name, decide, evidence)
        stopped = name if step.outcome is FAIL else ""
        yield step
    for name, decide in BESIDE.items():
        yield _step(name, decide, evidence)


def _step(name: str, decide: Step, evidence: Evidence) -> HealthStep:
    try:
        return HealthStep(name, *decide(evidence))
    except NotAskedError:
        return HealthStep(name, Outcome.SKIPPED, "does not apply")
    except MissingEvidenceError as why:
        return HealthStep(name, Outcome.UNKNOWN, str(why))


def _name(evidence: Evidence) -> tuple[Outcome, str, str]:
    seen = evidence[LoginServerAddress]
    if not seen.exists:
        return FAIL, f"{seen.host} does not resolve", "CONNECTIVITY_DNS_ERROR"
    return PASS, f"{seen.host} is {', '.join(seen.addresses)}", ""


def _tls(evidence: Evidence) -> tuple[Outcome, str, str]:
    answer = evidence[RegistryAnswer].answer
    if answer.reach is Reach.BAD_TLS:
        return FAIL, answer.detail or answer.reach.value, "CONNECTIVITY_SSL_ERROR"
    if answer.reach is not Reach.ANSWERED:
        raise MissingEvidenceError(_told(answer))
    return PASS, "the certificate is trusted", ""


def _challenge(evidence: Evidence) -> tuple[Outcome, str, str]:
    seen = evidence[RegistryAnswer]
    answer = seen.answer
    if answer.reach is not Reach.ANSWERED:
        return FAIL, _told(answer), "CONNECTIVITY_CHALLENGE_ERROR"
    if answer.status == _UNAUTHORIZED and not seen.challenged:
        return FAIL, "401 without a way to log in", "CONNECTIVITY_WWW_AUTHENTICATE_ERROR"
    codes = {
        _FORBIDDEN: "CONNECTIVITY_FORBIDDEN_ERROR",
        _TOO_MANY: "CONNECTIVITY_TOOMANYREQUESTS_ERROR",
    }
    if answer.status != _UNAUTHORIZED:
        code = codes.get(answer.status, "CONNECTIVITY_CHALLENGE_ERROR")
        return FAIL, f"/v2/ answers {_told(answer)}", code
    return PASS, "/v2/ asks for a login, as it should", ""


def _refresh(evidence: Evidence) -> tuple[Outcome, str, str]:
    answer = evidence[TokenAnswers].refresh
    if answer.ok:
        return PASS, "the registry takes Pullwatch's Entra token", ""
    if answer.status == _TOO_MANY:
        return FAIL, _told(answer), "CONNECTIVITY_TOOMANYREQUESTS_ERROR"
    return FAIL, _told(answer), "CONNECTIVITY_REFRESH_TOKEN_ERROR"


def _access(evidence: Evidence) -> tuple[Outcome, str, str]:
    answer = evidence[TokenAnswers].access
    if answer is None:
        raise MissingEvidenceError("no access token was asked for")
    if not answer.ok:
        return FAIL, _told(answer), "CONNECTIVITY_ACCESS_TOKEN_ERROR"
    return PASS, "the registry gives an access token", ""


def _permission(evidence: Evidence) -> tuple[Outcome, str, str]:
    seen = evidence[TokenAnswers]
    if not seen.repository:
        raise NotAskedError("no repository was asked about")
    lacking = {"pull", "metadata_read"} - set(seen.actions)
    if lacking and "*" not in seen.actions:
        allowed = ", ".join(seen.actions) or "nothing"
        says = f"Pullwatch may not {' or '.join(sorted(lacking))} in {seen.repository}: {allowed}"
        return FAIL, says, "CONNECTIVITY_ACCESS_TOKEN_ERROR"
    return PASS, f"Pullwatch may pull from {seen.repository} and list it", ""


def _resource(evidence: Evidence) -> tuple[Outcome, str, str]:
    profile = evidence[RegistryProfile]
    return PASS, f"{profile.resource_id}, {profile.sku.value}, {profile.provisioning_state}", ""


def _key(evidence: Evidence) -> tuple[Outcome, str, str]:
    seen = evidence[Encryption]
    if not seen.enabled:
        return PASS, "no customer-managed key is in use", ""
    if not seen.attached:
        says = f"the key {seen.key} is read as {seen.identity}, which the registry does not have"
        return FAIL, says, "CMK_ERROR"
    return PASS, f"the identity for the key {seen.key} is there", ""


def _private_names(evidence: Evidence) -> tuple[Outcome, str, str]:
    seen = evidence[EndpointNames]
    wrong = [one for one in seen.names if not set(one.found) & set(one.meant)]
    if wrong:
        told = "; ".join(
            f"{one.host} is {', '.join(one.found) or 'not known'}, not {', '.join(one.meant)}"
            for one in wrong
        )
        return FAIL, told, "CONNECTIVITY_DNS_ERROR"
    return PASS, f"{len(seen.names)} hosts lead to the private endpoints", ""


def _told(answer: Answer) -> str:
    if answer.reach is not Reach.ANSWERED:
        return f"{answer.reach.value} {answer.detail}".strip()
    said = answer.errors[0] if answer.errors else None
    return f"{answer.status} {said.code}: {said.message}" if said else str(answer.status)


LOGIN: dict[str, Step] = {
    "name": _name,
    "tls": _tls,
    "challenge": _challenge,
    "refresh_token": _refresh,
    "access_token": _access,
    "repository_permission": _permission,
}
"""The way to an image, in the order in which it is gone."""

BESIDE: dict[str, Step] = {
    "resource": _resource,
    "customer_managed_key": _key,
    "private_endpoint_names": _private_names,
}
"""What does not depend on the login."""
