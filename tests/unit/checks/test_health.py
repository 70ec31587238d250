"""The steps of a registry's health, and the codes of az."""

import pytest

from shared.checks.health import steps_of
from shared.domain.facts.base import Evidence, Fact, Unavailable
from shared.domain.facts.beside import Encryption, EndpointName, EndpointNames, TokenAnswers
from shared.domain.facts.registry import Answer, LoginServerAddress, Reach, RegistryAnswer
from shared.domain.findings import Outcome
from tests.unit.checks.facts import answer, observed, profile, unseen

HOST = "contoso.azurecr.io"
LOGIN = TokenAnswers(refresh=answer(), access=answer())
KEYLESS = Encryption(enabled=False)
SICK = Encryption(enabled=True, key="https://v/keys/k", identity="c", attached=False)


def seen(*changes: Fact | Unavailable) -> Evidence:
    kinds = (LoginServerAddress, RegistryAnswer)
    healthy = [fact for fact in observed() if isinstance(fact, kinds)]
    return Evidence([*healthy, profile(), LOGIN, KEYLESS, *changes])


def codes(evidence: Evidence) -> list[str]:
    return [step.code for step in steps_of(evidence) if step.code]


def outcomes(evidence: Evidence) -> dict[str, Outcome]:
    return {step.step: step.outcome for step in steps_of(evidence)}


def front(status: int, *, challenged: bool = False) -> RegistryAnswer:
    return RegistryAnswer(HOST, answer(status), challenged)


def may(*actions: str) -> TokenAnswers:
    return TokenAnswers(refresh=answer(), access=answer(), repository="api", actions=actions)


def test_a_healthy_registry_passes_every_step() -> None:
    found = outcomes(seen())
    assert set(found.values()) == {Outcome.PASS, Outcome.SKIPPED}
    assert found["repository_permission"] is Outcome.SKIPPED
    assert found["private_endpoint_names"] is Outcome.SKIPPED
    assert outcomes(seen(may("pull", "metadata_read")))["repository_permission"] is Outcome.PASS


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (LoginServerAddress(HOST, False), "CONNECTIVITY_DNS_ERROR"),
        (RegistryAnswer(HOST, Answer(reach=Reach.BAD_TLS)), "CONNECTIVITY_SSL_ERROR"),
        (front(403), "CONNECTIVITY_FORBIDDEN_ERROR"),
        (front(429), "CONNECTIVITY_TOOMANYREQUESTS_ERROR"),
        (front(401), "CONNECTIVITY_WWW_AUTHENTICATE_ERROR"),
        (front(200), "CONNECTIVITY_CHALLENGE_ERROR"),
        (TokenAnswers(refresh=answer(401)), "CONNECTIVITY_REFRESH_TOKEN_ERROR"),
        (TokenAnswers(refresh=answer(429)), "CONNECTIVITY_TOOMANYREQUESTS_ERROR"),
        (
            TokenAnswers(refresh=answer(), access=answer(401)),
            "CONNECTIVITY_ACCESS_TOKEN_ERROR",
        ),
        (may("metadata_read"), "CONNECTIVITY_ACCESS_TOKEN_ERROR"),
        (SICK, "CMK_ERROR"),
        (
            EndpointNames((EndpointName(HOST, ("10.0.0.4",), ("20.0.0.1",)),)),
            "CONNECTIVITY_DNS_ERROR",
        ),
    ],
)
def test_a_bad_step_has_the_code_of_az(fact: Fact, code: str) -> None:
    assert codes(seen(fact)) == [code]


def test_after_a_failure_the_rest_of_the_login_is_left_out() -> None:
    found = outcomes(seen(LoginServerAddress(HOST, False)))
    login = ("tls", "challenge", "refresh_token", "access_token", "repository_permission")
    assert {found[step] for step in login} == {Outcome.SKIPPED}
    assert found["customer_managed_key"] is Outcome.PASS


def test_what_could_not_be_seen_is_unknown_and_not_bad() -> None:
    unknown = Evidence([unseen(kind) for kind in (LoginServerAddress, RegistryAnswer, Encryption)])
    found = outcomes(unknown)
    assert found["name"] is Outcome.UNKNOWN
    assert found["customer_managed_key"] is Outcome.UNKNOWN
    assert codes(unknown) == []


def test_private_names_that_lead_to_the_endpoint_pass() -> None:
    right = EndpointNames((EndpointName(HOST, ("10.0.0.4",), ("10.0.0.4",)),))
    assert outcomes(seen(right))["private_endpoint_names"] is Outcome.PASS
