"""How things are said to people, in the same words in every channel and on every page. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.findings import Confidence, Finding, Outcome, Sight, is_command
from shared.domain.incidents import Affected, Incident
from shared.domain.pulls import Cause, CauseKind, Compute, Standing
from shared.domain.removals import RemovalKind, means
from shared.domain.text import ELLIPSIS

PLATFORMS = {
    Compute.AKS: "AKS",
    Compute.APP_SERVICE: "App Service",
    Compute.CONTAINER_APPS: "Container Apps",
    Compute.CONTAINER_INSTANCES: "Container Instances",
}
SIGNS = {
    Outcome.FAIL: "\N{HEAVY MULTIPLICATION X}",
    Outcome.WARN: "\N{BLACK UP-POINTING TRIANGLE}",
    Outcome.UNKNOWN: "?",
    Outcome.PASS: "\N{HEAVY CHECK MARK}",
    Outcome.SKIPPED: "\N{EN DASH}",
}
MEANINGS = {
    Outcome.FAIL: "would fail",
    Outcome.WARN: "at risk",
    Outcome.UNKNOWN: "could not tell",
    Outcome.PASS: "would work",
    Outcome.SKIPPED: "not looked at",
}
CERTAINTY = {
    Confidence.PROVEN: "proven: seen live",
    Confidence.LIKELY: "likely: it follows from what was seen; not everything could be looked at",
    Confidence.REPORTED: "reported: from an error text alone",
}
SIMULATED = "simulated: the plan as it is now, over what the registry holds now"
_ARM_ID = re.compile(r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers", re.IGNORECASE)
FORETELLS = "CLEANUP_"
"""How the codes of problems begin that lie ahead."""
_SHORTEST_ID = 8
"""Segments of ``/subscriptions/S/resourceGroups/G/providers/P/TYPE/NAME``."""
_STANDINGS = {
    Standing.SLOT: "a slot: pulls when restarted",
    Standing.IDLE: "idle: its next start pulls",
    Standing.ROLLBACK: "needed for a rollback only",
}
_NOTICED = {
    CauseKind.SWEEP: "found by the nightly sweep",
    CauseKind.VANISHED: "it vanished without an event, as an untag or a purge does",
    CauseKind.MOVED: "the tag points to something else now",
    CauseKind.ASKED: "found by an on-demand check",
    CauseKind.RECHECK: "found by a re-check",
    CauseKind.FORESEEN: "foretold from the registry's clean-up tasks and policies",
}


class Victim(Struct, frozen=True):
    """A workload that an incident hits. ``note`` is empty for one in use that was hit at once."""

    name: str
    note: str = ""


class Group(Struct, frozen=True):
    """The workloads of one compute platform that an incident hits; active ones first."""

    platform: str
    victims: tuple[Victim, ...]


def foretold(finding: Finding) -> datetime | None:
    """When something will be gone, by a finding that foretells it; None for any other."""
    at = finding.details.get("at", "") if finding.code.startswith(FORETELLS) else ""
    with suppress(ValueError):
        return datetime.fromisoformat(at) if at else None
    return None


def left(at: datetime, now: datetime) -> str:
    """How far away a time is: ``in 3 hours 5 minutes``, or that it has passed."""
    return f"in {lasted(at - now)}" if at > now else f"{lasted(now - at)} ago"


def groups(incident: Incident) -> tuple[Group, ...]:
    """Whom an incident hits, by compute platform."""
    by_compute: dict[Compute, list[Affected]] = defaultdict(list)
    for hit in incident.hit:
        by_compute[hit.pull.workload.compute].append(hit)
    return tuple(
        Group(PLATFORMS[compute], tuple(_victims(incident, by_compute[compute])))
        for compute in Compute
        if compute in by_compute
    )


def _victims(incident: Incident, hits: Sequence[Affected]) -> Iterable[Victim]:
    """One for each workload: with several images it is hit by several pulls."""
    order = list(Standing)
    worst_last = sorted(hits, key=lambda h: (order.index(h.pull.standing), h.since), reverse=True)
    by_workload = {hit.pull.workload.id.lower(): hit for hit in worst_last}
    for hit in sorted(
        by_workload.values(),
        key=lambda h: (order.index(h.pull.standing), h.pull.workload.name),
    ):
        notes = [_STANDINGS.get(hit.pull.standing, "")]
        if is_late(incident, hit):
            notes.append(f"since {when(hit.since)}")
        yield Victim(hit.pull.workload.name, "; ".join(note for note in notes if note))


def workloads(incident: Incident) -> int:
    """How many workloads an incident hits."""
    return sum(len(group.victims) for group in groups(incident))


def many(incident: Incident) -> str:
    """How many workloads it hits, in words; an incident does not name more than it has room for."""
    number = counted(workloads(incident), "workload")
    return f"more than {number}" if incident.crowded else number


def in_use(incident: Incident) -> int:
    """How many of them are in use now."""
    active = (h for h in incident.hit if h.pull.standing is Standing.ACTIVE)
    return len({hit.pull.workload.id.lower() for hit in active})


def bites_later(incident: Incident) -> str:
    """When it bites, where nothing that it hits is in use; empty where something is."""
    standings = {one.pull.standing for one in incident.hit}
    if not standings or Standing.ACTIVE in standings:
        return ""
    if Standing.SLOT in standings:
        return "the slot's next restart pulls it and fails, and so would a swap"
    if Standing.IDLE in standings:
        return "the next start, scale-up or scheduled run pulls it and fails"
    return "a rollback to it would fail"


def latecomers(incident: Incident) -> int:
    """How many of them were hit after it had opened."""
    late = {h.pull.workload.id.lower() for h in incident.hit if is_late(incident, h)}
    first = {h.pull.workload.id.lower() for h in incident.hit if not is_late(incident, h)}
    return len(late - first)


def is_late(incident: Incident, hit: Affected) -> bool:
    """Whether a pull was hit after the incident had opened."""
    return hit.since > incident.opened


def images(incident: Incident) -> tuple[str, ...]:
    """The images that the hit workloads name."""
    return tuple(sorted({str(hit.pull.image) for hit in incident.hit}))


def warns(incident: Incident) -> bool:
    """Whether its problem is a warning in itself: what it concerns still works."""
    return incident.finding.outcome is not Outcome.FAIL


def concerned(incident: Incident, count: int) -> str:
    """What so many workloads are by an incident: hit, or at risk, or in need of what will go."""
    if foretold(incident.finding):
        return "needs it" if count == 1 else "need it"
    return "at risk" if warns(incident) else "hit"


def witnessed(incident: Incident) -> str:
    """The title of the evidence: when it was looked at, and for whom where that is one of many."""
    sight = incident.finding.sight
    many = workloads(incident) > 1
    whose = f" for {sight.workload}" if sight.workload and many else ""
    return f"What was seen{whose}{f', {when(sight.at)}' if sight.at else ''}"


def told_who(cause: Cause) -> bool:
    """Whether `origin` tells what happened, and not only how it was noticed."""
    return cause.kind in (CauseKind.DELETED, CauseKind.VANISHED, CauseKind.MOVED)


def ruled_out(sight: Sight) -> str:
    """What it is not, in one line; empty for nothing."""
    return ", ".join(sight.ruled_out)


def origin(cause: Cause) -> str:
    """Who did it and how, as far as anybody told; else how it was noticed."""
    using = f" with {means(cause.user_agent)}" if cause.user_agent else ""
    if cause.kind is CauseKind.DELETED:
        died = f"; it carried {listed(cause.tags)}" if cause.tags else ""
        return f"{_deed(cause)}{using}{died}"
    if cause.kind is CauseKind.PUSHED:
        return f"found after a push by {cause.actor or 'somebody'}{using}"
    return _NOTICED[cause.kind]


def _deed(cause: Cause) -> str:
    who = cause.actor or "somebody whom the event does not name"
    where = f" from {cause.address}" if cause.address else ""
    match cause.way:
        case RemovalKind.UNTAGGED:
            return f"{who} removed the tag{where}"
        case RemovalKind.EXPIRED:
            return "a clean-up policy of the registry deleted it"
        case _:
            return f"{who} deleted the manifest{where}"


def place(what: str) -> str:
    """A resource by its name, type and group rather than by its whole ARM id."""
    parts = what.strip("/").split("/")
    if not what.lower().startswith("/subscriptions/") or len(parts) < _SHORTEST_ID:
        return what
    return f"{parts[-1]} ({parts[-2]} in resource group {parts[3]})"


def nearer(text: str) -> str:
    """A sentence with its ARM ids cut to what tells resources apart."""
    return _ARM_ID.sub(ELLIPSIS, text)


def first_steps(fixes: Sequence[str]) -> tuple[str, ...]:
    """The steps up to the first that is typed; where none is, the first one."""
    typed = next((number for number, fix in enumerate(fixes) if is_command(fix)), 0)
    return tuple(fixes[: typed + 1])


def first_command(fixes: Sequence[str]) -> str:
    """What to type first; where nothing is, what to do first; empty for no fix."""
    return (first_steps(fixes) or ("",))[-1]


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 pull``, ``2 pulls``; ``plural`` is given where it is not the noun and an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def when(at: datetime) -> str:
    """A time for people: to the second, with its zone."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def lasted(span: timedelta) -> str:
    """A duration for people: its two largest parts."""
    seconds = max(int(span.total_seconds()), 0)
    parts = []
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(counted(count, name))
        elif parts:
            break
    return " ".join(parts[:2]) or "0 seconds"
