"""A diagnosis on a terminal."""

from shared.checks import examine
from shared.cli.text import render
from shared.domain.diagnosis import conclude
from shared.domain.facts.pull import Asked
from shared.domain.pulls import Cause, CauseKind
from tests.unit.checks.existence_cases import GONE
from tests.unit.checks.facts import NOW, healthy


def test_a_terminal_shows_cause_evidence_and_fix() -> None:
    evidence = healthy(GONE)
    cause = Cause(CauseKind.ASKED, NOW)
    found = conclude(evidence[Asked].pull, NOW, cause, examine(evidence), evidence.gaps)
    said = render(found, colour=False)
    order = ("There is no tag v1", "$ az acr", "\n  seen\n", "404 MANIFEST_UNKNOWN", "ruled out")
    assert [said.index(text) for text in order] == sorted(said.index(text) for text in order)
