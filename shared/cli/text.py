"""A diagnosis for a terminal. Every name in it is hostile: control characters do not get out."""

from collections.abc import Iterable, Iterator

from shared.domain.diagnosis import Diagnosis
from shared.domain.findings import Finding, Outcome, is_command
from shared.domain.health import RegistryHealth

MARKS = {
    Outcome.FAIL: ("✗", "31"),
    Outcome.WARN: ("!", "33"),
    Outcome.UNKNOWN: ("?", "35"),
    Outcome.PASS: ("✓", "32"),
    Outcome.SKIPPED: ("-", "90"),
}


def render(diagnosis: Diagnosis, *, colour: bool) -> str:
    """What is wrong, why, what to do, and what could not be seen."""
    return "\n".join(_lines(diagnosis, colour=colour))


def render_health(health: RegistryHealth, *, colour: bool) -> str:
    """How a registry is: each step, and what else is wrong with it."""
    return "\n".join(_health_lines(health, colour=colour))


def _health_lines(health: RegistryHealth, *, colour: bool) -> Iterator[str]:
    yield f"{_mark(health.outcome, colour=colour)} {clean(health.registry)}, from {health.place}"
    for step in health.steps:
        code = f"  [{step.code}]" if step.code else ""
        yield f"  {_mark(step.outcome, colour=colour)} {step.step}: {clean(step.says)}{code}"
    for finding in health.findings:
        yield ""
        yield from _finding(finding, colour=colour)
    yield from _section("not seen", (f"{gap.what}: {gap.reason}" for gap in health.unseen))


def clean(text: str) -> str:
    """Text without control characters: an image's name may not move the cursor."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _lines(diagnosis: Diagnosis, *, colour: bool) -> Iterator[str]:
    who = diagnosis.pull.workload.name or "no workload named: only the registry was looked at"
    yield f"{_mark(diagnosis.outcome, colour=colour)} {clean(str(diagnosis.pull.image))}"
    yield f"  workload    {clean(who)}"
    if diagnosis.root:
        yield f"  confidence  {diagnosis.confidence}"
    for finding in diagnosis.findings:
        yield ""
        yield from _finding(finding, colour=colour)
    yield from _section("seen", diagnosis.root.sight.seen if diagnosis.root else ())
    yield from _section("ruled out", diagnosis.ruled_out)
    yield from _section("not seen", (f"{gap.what}: {gap.reason}" for gap in diagnosis.unseen))
    unknown = (f"{r.check}: {r.reason}" for r in diagnosis.results if r.outcome is Outcome.UNKNOWN)
    yield from _section("undecided", unknown)


def _finding(finding: Finding, *, colour: bool) -> Iterator[str]:
    yield f"  {_mark(finding.outcome, colour=colour)} {clean(finding.title)}  [{finding.code}]"
    if finding.explanation:
        yield f"    {clean(finding.explanation)}"
    for line in finding.fix:
        yield (f"    $ {clean(line)}" if is_command(line) else f"    {clean(line)}")
    if finding.link:
        yield f"    {finding.link}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"  {title}"
        yield from (f"    {clean(line)}" for line in found)


def _mark(outcome: Outcome, *, colour: bool) -> str:
    """A sign, a word and a colour: any one of them is enough."""
    sign, code = MARKS[outcome]
    words = f"{sign} {outcome.name}"
    return f"\x1b[{code}m{words}\x1b[0m" if colour else words
