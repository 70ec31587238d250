"""Figures beside their bounds."""

import json

import pytest

from bench.__main__ import as_json, main
from bench.rows import Row, figure, spread, table

FINE = Row(part="sweep", what="requests an image", measured=0.21, bound=0.3)
BROKEN = Row(part="watch", what="one period", measured=75.0, unit="s", bound=60)
OPEN = Row(part="sweep", what="images a second", measured=33.333, note="9.0 s")


@pytest.mark.parametrize(("row", "ok"), [(FINE, True), (BROKEN, False), (OPEN, True)])
def test_a_row_keeps_to_its_bound_or_has_none(row: Row, *, ok: bool) -> None:
    assert row.ok is ok


def test_exactly_the_bound_is_within_it() -> None:
    assert Row(part="p", what="w", measured=0.3, bound=0.3).ok


def test_the_table_has_a_line_for_each_row_and_names_what_is_broken() -> None:
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in table([FINE, BROKEN, OPEN]).splitlines()
    ]
    assert lines[0] == ["what", "measured", "bound", "ok"]
    assert set("".join(lines[1])) == {"-"}
    assert lines[2:] == [
        ["sweep: requests an image", "0.21", "0.30", "yes"],
        ["watch: one period", "75 s", "60 s", "NO"],
        ["sweep: images a second", "33.33 (9.0 s)", "-", "-"],
    ]


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(0.286, "s", "0.29 s"), (1.0, "", "1"), (146.7, "MB", "147 MB"), (1234567.0, "", "1,234,567")],
)
def test_figures_are_as_exact_as_they_are_worth(value: float, unit: str, told: str) -> None:
    assert figure(value, unit) == told


def test_a_spread_is_the_median_and_the_extremes() -> None:
    found = spread([3.0, 1.0, 9.0, 2.0])
    assert (found.median, found.least, found.most) == (2.5, 1.0, 9.0)


def test_json_says_whether_every_bound_is_kept() -> None:
    assert json.loads(as_json([FINE, OPEN]))["ok"] is True
    told = json.loads(as_json([FINE, BROKEN]))
    assert told["ok"] is False
    assert [row["ok"] for row in told["rows"]] == [True, False]


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sweeping"])
    assert ended.value.code == 64
    assert "there are deletion, sweep" in capsys.readouterr().err
