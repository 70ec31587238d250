"""What a check is: facts in, findings out, and never an exception."""

import logging
from collections.abc import Iterable

import pytest

from shared.checks.base import (
    CannotTellError,
    NotApplicableError,
    check,
    known,
)
from shared.domain.facts.base import Evidence, MissingEvidenceError, Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ManifestState, RegistryProfile
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.images import Digest
from tests.unit.checks.facts import asked, healthy, profile, unseen

BAD = Problem(code="X_BAD", outcome=Outcome.FAIL, title="{subject} is bad")
ODD = Problem(code="X_ODD", outcome=Outcome.WARN, title="{subject} is odd")


@check("x.plain", BAD, ODD)
def plain(asked: Asked, profile: RegistryProfile) -> Iterable[Finding]:
    """Things are fine.

    More is not shown.
    """
    match profile.name:
        case "bad":
            yield BAD.found(subject="it")
            yield ODD.found(subject="it")
        case "skip":
            raise NotApplicableError("not here")
        case "unclear":
            raise CannotTellError("unclear")
        case "crash":
            raise ZeroDivisionError(asked)


@check("x.helped", advisory=True)
def helped(asked: Asked, state: ManifestState | Unavailable) -> Iterable[Finding]:
    """Somebody helps."""
    if asked.pull.running:
        known(state)
    return ()


def test_a_check_knows_its_facts_and_its_question() -> None:
    assert plain.needs == (Asked, RegistryProfile)
    assert plain.question == "Things are fine."
    assert [want.kind for want in helped.wants] == [Asked, ManifestState]
    assert helped.needs == (Asked,)


def test_a_check_can_be_called_with_facts() -> None:
    assert plain(asked(), profile()) == []
    assert [f.code for f in plain(asked(), profile(name="bad"))] == ["X_BAD", "X_ODD"]


@pytest.mark.parametrize(
    ("registry", "outcome", "reason"),
    [
        ("good", Outcome.PASS, ""),
        ("bad", Outcome.FAIL, ""),
        ("skip", Outcome.SKIPPED, "not here"),
        ("unclear", Outcome.UNKNOWN, "unclear"),
    ],
)
def test_a_check_says_how_it_ended(registry: str, outcome: Outcome, reason: str) -> None:
    result = plain.run(healthy(profile(name=registry)))
    assert (result.check, result.outcome, result.reason) == ("x.plain", outcome, reason)


def test_a_crash_is_logged_and_unknown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        result = plain.run(healthy(profile(name="crash")))
    assert result.outcome is Outcome.UNKNOWN
    assert "x.plain" in caplog.text


def test_a_fact_that_could_not_be_observed_is_unknown_with_its_reason() -> None:
    result = plain.run(healthy(unseen(RegistryProfile)))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, "403 reading it")


def test_a_fact_that_nobody_asked_for_does_not_apply() -> None:
    assert plain.run(healthy(without=[RegistryProfile])).outcome is Outcome.SKIPPED


def test_an_optional_fact_is_missed_only_where_it_is_needed() -> None:
    blind = Evidence([asked(), unseen(ManifestState)])
    assert helped.run(blind).outcome is Outcome.UNKNOWN
    assert helped.run(blind).reason == "403 reading it"
    assert helped.run(blind).advisory
    idle = Evidence([asked(running=Digest("")), unseen(ManifestState)])
    assert helped.run(idle).outcome is Outcome.PASS


def test_known_insists() -> None:
    assert known(profile()) == profile()
    with pytest.raises(MissingEvidenceError, match="403"):
        known(unseen(RegistryProfile))
