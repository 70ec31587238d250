"""The nightly report as parts of an Adaptive Card."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shared.domain.findings import Outcome
from shared.domain.health import RegistryHealth, said, troubled
from shared.domain.reports import Report, ReportLine, Tally
from shared.domain.words import MEANINGS, SIGNS, counted, lasted, nearer, place, when
from shared.notify.card_parts import (
    Fit,
    Json,
    box,
    bullets,
    columns,
    fact_rows,
    paragraph,
    run,
    title,
)
from shared.notify.words import DOT, REPORTED, TONES, incomplete, looked, news

MOST_SAID = 5
"""Sentences about one registry; the dashboard has them all."""


def report_body(report: Report, fit: Fit) -> Iterable[Json]:
    """Big numbers, then what is missing, what is open, each registry, what was not seen."""
    yield _numbers(report.counts)
    if not report.complete:
        yield box("warning", [paragraph(run(incomplete(report), weight="Bolder"))])
    yield paragraph(run(news(report)))
    yield from _coming(report.coming, fit)
    yield from _lines(report.present, fit)
    yield from _registries(report.tallies, fit)
    yield from _health(report.health, fit)
    if report.gaps:
        yield title("Could not look at")
        yield from bullets([f"{place(gap.what)}: {nearer(gap.reason)}" for gap in report.gaps], fit)
    span = lasted(report.finished - report.started)
    yield from fact_rows([("Sweep", f"{when(report.started)}, took {span}")], fit)


def _numbers(counts: dict[str, int]) -> Json:
    return columns([("stretch", _number(o, counts.get(o.label, 0))) for o in REPORTED])


def _number(outcome: Outcome, count: int) -> Json:
    tone = TONES.get(outcome, "default") if count else "default"
    said = f"{SIGNS[outcome]} {outcome.name}"
    return box(
        "default",
        [
            paragraph(run(f"{count:,}", size="ExtraLarge", weight="Bolder", color=tone)),
            paragraph(run(said, weight="Bolder", color=tone), spacing="None"),
            paragraph(run(MEANINGS[outcome], size="Small", isSubtle=True), spacing="None"),
        ],
    )


def _coming(lines: Sequence[ReportLine], fit: Fit) -> Iterable[Json]:
    if not lines:
        return
    yield title(f"Will be deleted within 7 days: {len(lines):,}")
    for line in lines[: fit.lines]:
        yield paragraph(
            run(f"{line.at:%Y-%m-%d %H:%M} UTC", weight="Bolder", color=TONES[Outcome.WARN]),
            run(line.subject, fit.text, lead="  "),
            run(counted(line.pulls, "pull"), lead=f" {DOT} ", isSubtle=True),
            spacing="Small",
        )
    if len(lines) > fit.lines:
        yield paragraph(run(f"and {len(lines) - fit.lines:,} more", isSubtle=True))


def _lines(lines: Sequence[ReportLine], fit: Fit) -> Iterable[Json]:
    if not lines:
        return
    yield title(f"Open incidents: {len(lines):,}")
    for line in lines[: fit.lines]:
        tone = TONES.get(line.outcome, "default")
        yield paragraph(
            run(f"{SIGNS[line.outcome]} {line.outcome.name}", weight="Bolder", color=tone),
            run(line.title, fit.text, lead="  "),
            run(_reach(line), lead=f" {DOT} ", isSubtle=True),
            spacing="Small",
        )
    if len(lines) > fit.lines:
        yield paragraph(run(f"and {len(lines) - fit.lines:,} more", isSubtle=True))


def _reach(line: ReportLine) -> str:
    return f"{counted(line.pulls, 'pull')}, since {line.since:%Y-%m-%d}"


def _registries(tallies: Sequence[Tally], fit: Fit) -> Iterable[Json]:
    if not tallies:
        return
    yield title("Registries", separator=True)
    worst_first = sorted(tallies, key=_severity)
    for tally in worst_first[: fit.lines]:
        yield _registry(tally)
    if len(tallies) > fit.lines:
        yield paragraph(run(f"and {len(tallies) - fit.lines:,} more", isSubtle=True))


def _registry(tally: Tally) -> Json:
    seen = [outcome for outcome in REPORTED if tally.counts.get(outcome.label)]
    counts = [
        run(
            f"{SIGNS[outcome]} {tally.counts[outcome.label]:,} {outcome.label}",
            lead=f" {DOT} " if number else "",
            color=TONES.get(outcome, "default"),
        )
        for number, outcome in enumerate(seen)
    ]
    name = paragraph(run(tally.registry, 80))
    said = paragraph(*(counts or [run("no pulls", isSubtle=True)]))
    return columns([("stretch", name), ("stretch", said)], spacing="Small")


def _health(health: Sequence[RegistryHealth], fit: Fit) -> Iterable[Json]:
    """The registries as Pullwatch itself meets them: this is not what workloads meet."""
    if not health:
        return
    bad = troubled(health)
    yield title(looked(health), separator=True)
    for one in bad[: fit.lines]:
        tone = TONES.get(one.outcome, "default")
        yield paragraph(
            run(f"{SIGNS[one.outcome]} {one.outcome.name}", weight="Bolder", color=tone),
            run(one.registry, 80, lead="  "),
            spacing="Small",
        )
        yield from bullets(said(one), replace(fit, lines=min(fit.lines, MOST_SAID)))
    if len(bad) > fit.lines:
        yield paragraph(run(f"and {len(bad) - fit.lines:,} more", isSubtle=True))


def _severity(tally: Tally) -> tuple[int, ...]:
    return tuple(-tally.counts.get(outcome.label, 0) for outcome in REPORTED)
