"""The nightly report."""

import pytest

from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.domain.reports import Report, Tally
from tests.unit.domain.things import NOW


def report(*tallies: Tally, gaps: tuple[Gap, ...] = (), complete: bool = True) -> Report:
    return Report(
        sweep="s", started=NOW, finished=NOW, tallies=tallies, gaps=gaps, complete=complete
    )


FINE = Tally("contoso.azurecr.io", {"pass": 5})
BROKEN = Tally("fabrikam.azurecr.io", {"pass": 2, "fail": 1, "warn": 0})


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (report(), Outcome.UNKNOWN),
        (report(FINE), Outcome.PASS),
        (report(FINE, BROKEN), Outcome.FAIL),
        (report(FINE, complete=False), Outcome.UNKNOWN),
        (report(FINE, gaps=(Gap("cluster", "403"),)), Outcome.UNKNOWN),
        (report(BROKEN, complete=False), Outcome.FAIL),
        (report(Tally("x", {"fail": 0})), Outcome.UNKNOWN),
    ],
)
def test_an_incomplete_report_is_never_a_pass(found: Report, outcome: Outcome) -> None:
    assert found.outcome is outcome


def test_pulls_are_counted_over_all_registries() -> None:
    assert report(FINE, BROKEN).counts == {
        "fail": 1, "warn": 0, "unknown": 0, "pass": 7, "skipped": 0,
    }  # fmt: skip
    assert BROKEN.pulls == 3
