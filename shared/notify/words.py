"""What an alert says, in plain words, before any channel dresses it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shared.domain.alerts import Alert, Topic
from shared.domain.findings import Outcome
from shared.domain.health import PLACE, RegistryHealth, troubled
from shared.domain.incidents import Incident, Transition
from shared.domain.reports import Report
from shared.domain.words import (
    CERTAINTY,
    SIGNS,
    SIMULATED,
    bites_later,
    concerned,
    counted,
    foretold,
    groups,
    images,
    in_use,
    lasted,
    latecomers,
    left,
    many,
    nearer,
    origin,
    told_who,
    warns,
    when,
    workloads,
)

DOT = "\N{MIDDLE DOT}"
REPEAT = "This notice may be a repeat: an earlier attempt to send it was cut off."
HELP = {
    Topic.OPERATOR: "Nothing that was given up is put back by itself. It is recorded, and listed "
    "on the dashboard under Notes. Once its reason is mended, the next sweep or watch looks again.",
    Topic.CUT_OFF: "Pullwatch was stopped in the middle of sending. Each of these may have "
    "arrived, or not; none is sent again. The dashboard has them whole.",
}
TONES = {Outcome.FAIL: "attention", Outcome.WARN: "warning", Outcome.PASS: "good"}
REPORTED = (Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN, Outcome.PASS)
"""The outcomes that a report counts, worst first."""


class Badge(Struct, frozen=True):
    """How an alert looks at a glance: a sign, a word and a colour, any of which is enough.

    ``tone`` is ``good``, ``warning``, ``attention`` or ``default``, as Adaptive Cards name them;
    ``kind`` says what sort of alert it is.
    """

    sign: str
    word: str
    tone: str
    kind: str


def badge(alert: Alert) -> Badge:
    """The badge of an alert."""
    if alert.topic is Topic.INCIDENT and alert.transition is Transition.RESOLVED:
        return Badge(SIGNS[Outcome.PASS], "RESOLVED", "good", "incident")
    kinds = {
        Topic.REPORT: "nightly report",
        Topic.OPERATOR: "for the operator",
        Topic.CUT_OFF: "notice",
    }
    updated = alert.transition is Transition.UPDATED
    kind = kinds.get(alert.topic, "incident, update" if updated else "incident")
    outcome = alert.outcome
    return Badge(SIGNS[outcome], outcome.name, TONES.get(outcome, "default"), kind)


def subject(alert: Alert) -> str:
    """The line that people see in a list of messages."""
    shown = badge(alert)
    update = " update" if alert.transition is Transition.UPDATED else ""
    return f"[{shown.word}{update}] {alert.headline}"


def line(alert: Alert) -> str:
    """A whole alert on one line: what, how many, and the first thing to do."""
    incident = alert.incident
    todo = incident.finding.fix[:1] if incident and incident.open else ()
    return " ".join([subject(alert) + ".", summary(alert), *(f"Fix: {fix}" for fix in todo)])


def headline(alert: Alert) -> str:
    """What the alert is about; of a resolved incident, what it was."""
    over = alert.incident and alert.transition is Transition.RESOLVED
    return f"It was: {alert.headline}" if over else alert.headline


def summary(alert: Alert) -> str:
    """One sentence about how many are hit and since when; empty where there is nothing to say."""
    incident = alert.incident
    if incident is None:
        return ""
    if at := foretold(incident.finding):
        return _ahead(incident, at, alert.at)
    hit = many(incident)
    if alert.transition is Transition.RESOLVED and incident.resolved:
        over = f"Over after {lasted(incident.resolved - incident.opened)}."
        had = _sentence(f"{hit} had been at risk") if warns(incident) else f"It had hit {hit}"
        return f"{over} {had}."
    if alert.transition is Transition.UPDATED and latecomers(incident):
        how = concerned(incident, workloads(incident))
        return f"{latecomers(incident):,} more since it opened: {hit} {how} now."
    return _hit(incident, hit)


def _hit(incident: Incident, hit: str) -> str:
    """How many are hit, and when they feel it."""
    total, active = workloads(incident), in_use(incident)
    late, how = bites_later(incident), concerned(incident, total)
    if late and not warns(incident):
        return _sentence(f"{hit} hit, none in use now: {late}.")
    if incident.crowded:
        return _sentence(f"{hit} {how}; who else is, the report and the dashboard count.")
    return f"{hit} {how}, {_use(total, active)}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _use(total: int, active: int) -> str:
    """How many of those who are hit are in use now."""
    if active == total:
        return "in use now" if total == 1 else "all in use now"
    if not active:
        return "not in use now" if total == 1 else "none in use now"
    return f"{active:,} of them in use now"


def _ahead(incident: Incident, at: datetime, now: datetime) -> str:
    """How many a clean-up will hit and when; at the end, how it ended."""
    total, active = workloads(incident), in_use(incident)
    hit = _sentence(many(incident))
    if incident.resolved is None:
        used = "" if active == total else f", {_use(total, active)}"
        return f"{left(at, now).capitalize()}. {hit} {concerned(incident, total)}{used}."
    if incident.resolved < at:
        return f"Nothing will delete it within a week any more. {hit} needed it."
    return (
        f"Its time has come: what was deleted is told as an incident of its own. {hit} needed it."
    )


def reach(incident: Incident, count: int) -> str:
    """How many of a platform's workloads it hits, or will."""
    return f"{count:,} {concerned(incident, count)}"


def todo(incident: Incident) -> str:
    """What its commands are for."""
    return "How to keep it" if foretold(incident.finding) else "How to fix it"


def hit_images(incident: Incident) -> tuple[str, ...]:
    """The images of the workloads, where the subject does not say it already."""
    found = images(incident)
    return () if found == (incident.finding.subject,) else found


def facts(incident: Incident) -> tuple[tuple[str, str], ...]:
    """The facts of an incident: label, value. Since when and who come first."""
    at, about = foretold(incident.finding), ("Subject", nearer(incident.finding.subject))
    rows = [("Goes at", when(at))] if at else []
    rows += [("Foretold" if at else "Since", when(incident.opened))]
    if incident.resolved:
        hit = ", ".join(f"{group.platform}: {len(group.victims):,}" for group in groups(incident))
        label = "Needed by" if at else "At risk" if warns(incident) else "Had hit"
        return (*rows, ("Until", when(incident.resolved)), (label, hit), about)
    if incident.episode > 1:
        rows.append(("Came back", f"{counted(incident.episode - 1, 'time')} before"))
    return (
        *rows,
        ("Cause" if told_who(incident.cause) else "Noticed", origin(incident.cause)),
        about,
        ("Certainty", SIMULATED if at else CERTAINTY[incident.finding.confidence]),
    )


def incomplete(report: Report) -> str:
    """What an incomplete report does not know."""
    if report.missing_jobs:
        missing = counted(report.missing_jobs, "job")
        return f"Incomplete: {missing} did not come back in time, so some pulls were not looked at."
    return "Incomplete: a job was given up, so some pulls were not looked at."


def looked(health: Sequence[RegistryHealth]) -> str:
    """The title of what was seen of registries themselves: from where, and how many are well."""
    bad, count = len(troubled(health)), len(health)
    if not bad:
        well = "is" if count == 1 else "are all"
        return f"From {PLACE}: {counted(count, 'registry', 'registries')} {well} well"
    return f"From {PLACE}: {bad:,} of {counted(count, 'registry', 'registries')} in trouble"


def news(report: Report) -> str:
    """What changed within a day."""
    opened, ended = counted(report.opened, "incident"), f"{report.resolved:,} ended"
    return f"Within a day, {opened} opened and {ended}."


def anchor(alert: Alert) -> str:
    """Where the dashboard shows it; empty where nobody said where the dashboard is."""
    if not alert.dashboard.startswith(("https://", "http://")):
        return ""
    base = alert.dashboard.rstrip("/") + "/"
    return f"{base}#incident-{alert.incident.id}" if alert.incident else base
