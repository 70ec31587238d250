"""A text keeps its cause when its names are hidden, and when something tells that it all failed.

It may come to tell nothing. It may never come to tell another cause with confidence.
"""

import pytest

from shared.explain import CauseLabel, Certainty, Explanation, explain
from tests.unit.explain.grammar import cases
from tests.unit.explain.redactions import CLOSINGS, HIDDEN, MARKS, redacted
from tests.unit.explain.test_explain import TEXTS

WRAPPED = ("a narrow window", "a window that wraps")
"""What is hidden after a window broke the lines leaves lines of no width."""

SAMPLE = [text for text, _ in TEXTS][::4]
SAMPLE += [case.text for case in cases() if case.producer not in WRAPPED][::97]
FIREWALL = (
    "Error response from daemon: Get https://myregistry.azurecr.io/v2/: denied: client with IP "
    "'{}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access"
)


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_hidden_name_makes_up_no_cause(kind: str) -> None:
    told = [(text, explain(text)) for text in SAMPLE]
    for text, found in told:
        for mark in MARKS:
            hidden = redacted(text, kind, mark)
            assert hidden == text or not _contradicts(explain(hidden), found), hidden


@pytest.mark.parametrize("closing", CLOSINGS)
def test_how_it_ended_is_no_cause(closing: str) -> None:
    for text in SAMPLE:
        after = f"{text}\n{closing}"
        assert not _contradicts(explain(after), explain(text)), after


@pytest.mark.parametrize("closing", ["", *CLOSINGS])
def test_the_firewalls_sentence_keeps_its_meaning(closing: str) -> None:
    for mark in MARKS:
        found = explain(f"{FIREWALL.format(mark)}\n{closing}")
        assert found.cause is CauseLabel.NETWORK_FIREWALL_IP, mark
        assert found.confidence is Certainty.HIGH, mark


def _contradicts(after: Explanation, before: Explanation) -> bool:
    same = after.cause in (before.cause, CauseLabel.UNKNOWN)
    return not same and after.confidence is not Certainty.LOW
