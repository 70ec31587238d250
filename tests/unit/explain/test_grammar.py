"""Every fault, worded by every client, in every log: the cause is found."""

from collections import Counter

import pytest

from shared.explain import CauseLabel, explain
from tests.unit.explain.grammar import Case, cases
from tests.unit.explain.grammar.clients import CLIENTS
from tests.unit.explain.grammar.services import HOSTS

CASES = list(cases())


GROUPS = sorted({(case.producer, case.cause or CauseLabel.UNKNOWN) for case in CASES})


@pytest.mark.parametrize(("producer", "cause"), GROUPS)
def test_the_cause_is_found(producer: str, cause: CauseLabel) -> None:
    told = [c for c in CASES if (c.producer, c.cause or CauseLabel.UNKNOWN) == (producer, cause)]
    assert [c.text for c in told if explain(c.text).cause is not cause] == []


def test_every_cause_is_told_of() -> None:
    missing = set(CauseLabel) - {case.cause for case in CASES}
    assert missing == {CauseLabel.UNKNOWN, CauseLabel.AUTH_TOKEN_SCOPE}


def test_every_client_has_a_host() -> None:
    assert {client.name for client in CLIENTS} == {name for host in HOSTS for name in host.clients}


def test_the_grammar_is_no_list_of_one_cause() -> None:
    shares = Counter(case.cause for case in CASES)
    assert max(shares.values()) < len(CASES) / 3


@pytest.mark.parametrize("lost", [0.0, 0.1])
def test_a_text_that_lost_its_end_is_not_misread(lost: float) -> None:
    """What a table's column cuts off may hide the cause, and may not make up another."""
    clear = [case for case in CASES if case.producer == "console"]
    wrong = [c for c in clear if _misread(c, c.text[: int(len(c.text) * (1 - lost))])]
    assert len(wrong) <= len(clear) * lost / 2, [(c.cause, c.text) for c in wrong]


def _misread(case: Case, text: str) -> bool:
    found = explain(text)
    return found.cause is not CauseLabel.UNKNOWN and found.cause is not case.cause


HOSTILE = (
    *("team/denied:404", "no-space-left/on-device:x509", "toomanyrequests/unauthorized:expired"),
    *("proxyconnect/i.o.timeout:manifest_unknown", "exec/format.error:quarantined"),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_tells_no_cause(name: str) -> None:
    """Whoever names an image must not be able to name the cause."""
    plain = [case for case in CASES if case.producer in ("console", "kubelet", "App Service")]
    for case in plain[::7]:
        repository, _, tag = name.partition(":")
        text = case.text.replace("store/web-front", repository).replace("v3.14", tag)
        assert explain(text).cause is (case.cause or CauseLabel.UNKNOWN), text
