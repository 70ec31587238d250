"""What an alert says, in plain words, before any channel dresses it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.alerts import Alert, Topic
from shared.domain.findings import Outcome
from shared.domain.incidents import Affected, Incident, Transition
from shared.domain.pulls import Cause, CauseKind, Compute, Standing

PLATFORMS = {
    Compute.AKS: "AKS",
    Compute.APP_SERVICE: "App Service",
    Compute.CONTAINER_APPS: "Container Apps",
    Compute.CONTAINER_INSTANCES: "Container Instances",
}
SIGNS = {
    Outcome.FAIL: "✖",
    Outcome.WARN: "▲",
    Outcome.UNKNOWN: "?",
    Outcome.PASS: "✔",
    Outcome.SKIPPED: "–",
}
REPEAT = "This may be a repeat: an earlier attempt to send it was cut off."
HOW = {
    CauseKind.SWEEP: "found by the nightly sweep",
    CauseKind.PUSHED: "noticed after a push",
    CauseKind.DELETED: "a manifest was deleted",
    CauseKind.VANISHED: "a tag or digest in use vanished without an event (untag or purge)",
    CauseKind.MOVED: "a tag in use points to something else now",
    CauseKind.ASKED: "found by an on-demand check",
    CauseKind.RECHECK: "found by a re-check",
}


class Hit(Struct, frozen=True):
    """The workloads of one compute platform that an incident hits; active ones first."""

    platform: str
    workloads: tuple[str, ...]


class Badge(Struct, frozen=True):
    """How an alert looks at a glance: a sign, a word and a colour, any of which is enough.

    ``tone`` is ``good``, ``warning``, ``attention`` or ``default``, as Adaptive Cards name them.
    """

    sign: str
    word: str
    tone: str


def badge(alert: Alert) -> Badge:
    """The badge of an alert."""
    if alert.topic is Topic.INCIDENT and alert.transition is Transition.RESOLVED:
        return Badge("✔", "RESOLVED", "good")
    tones = {
        Outcome.FAIL: "attention",
        Outcome.WARN: "warning",
        Outcome.PASS: "good",
    }
    words = {Topic.REPORT: "REPORT", Topic.OPERATOR: "OPERATOR"}
    word = words.get(alert.topic, alert.outcome.name)
    if alert.topic is Topic.REPORT:
        word = f"REPORT: {alert.outcome.name}"
    return Badge(SIGNS[alert.outcome], word, tones.get(alert.outcome, "default"))


def images(incident: Incident) -> tuple[str, ...]:
    """The images that the hit workloads name."""
    return tuple(sorted({str(hit.pull.image) for hit in incident.affected}))


def hits(affected: Sequence[Affected]) -> tuple[Hit, ...]:
    """Whom an incident hits, by compute platform."""
    groups: dict[Compute, list[Affected]] = defaultdict(list)
    for hit in affected:
        groups[hit.pull.workload.compute].append(hit)
    return tuple(
        Hit(PLATFORMS[compute], tuple(_names(groups[compute])))
        for compute in Compute
        if compute in groups
    )


def _names(group: Iterable[Affected]) -> Iterable[str]:
    order = list(Standing)
    for hit in sorted(group, key=lambda h: (order.index(h.pull.standing), h.pull.workload.name)):
        standing = hit.pull.standing
        note = "" if standing is Standing.ACTIVE else f" ({standing})"
        yield f"{hit.pull.workload.name}{note}"


def who(cause: Cause) -> str:
    """Who did it and how, as far as anybody told."""
    by = f", by {cause.actor}" if cause.actor else ""
    using = f" with {cause.user_agent}" if cause.user_agent else ""
    tags = f"; tags that died with it: {', '.join(cause.tags)}" if cause.tags else ""
    told = tags if cause.kind is CauseKind.DELETED else ""
    return f"{HOW[cause.kind]}{by}{using}{told}"


def when(at: datetime) -> str:
    """A time for people: to the second, with its zone."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def lasted(span: timedelta) -> str:
    """A duration for people."""
    seconds = max(int(span.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def facts(alert: Alert) -> tuple[tuple[str, str], ...]:
    """The facts of an incident: label, value."""
    incident = alert.incident
    if incident is None:
        return ()
    count = len(incident.affected)
    rows = [
        ("Subject", incident.finding.subject),
        ("Hits", f"{count} workload{'s' if count != 1 else ''}"),
        ("Since", when(incident.opened)),
        ("Cause", who(incident.cause)),
        ("Certainty", str(incident.finding.confidence)),
    ]
    if incident.resolved:
        rows[2:2] = [
            ("Resolved", when(incident.resolved)),
            ("Lasted", lasted(incident.resolved - incident.opened)),
        ]
    return tuple(rows)
