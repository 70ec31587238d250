"""Incidents: one per problem and subject, with every pull that it hits.

An incident gathers the status changes of many pulls, and decides what channels hear of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from shared.domain.changes import OpenProblem, StatusChange, teller
from shared.domain.diagnosis import weighed
from shared.domain.findings import Finding, Outcome
from shared.domain.pulls import Cause, CauseKind, Pull, Standing

GATHERING = timedelta(seconds=60)
"""How long an update waits for more pulls of the same incident."""
CLOCKS = timedelta(seconds=5)
"""How far the clocks of two workers may be apart."""


class Affected(Struct, frozen=True):
    """A pull that an incident hits, and since when.

    ``told`` says that channels were told of it, or that it is left to the nightly report.
    """

    pull: Pull
    since: datetime
    told: bool = False


class Told(Struct, frozen=True):
    """What the channels have been asked to say of an incident: nothing is said twice, or never."""

    opened: int = 0  # the latest episode that was announced on its own
    resolved: int = 0  # the latest episode whose end was announced
    updates: int = 0  # how many updates were announced
    stage: int = 0  # how pressing it was when it was last announced
    outcome: Outcome | None = None  # how bad it was then
    who: bool = False  # whether it was said who did it
    updated: datetime | None = None  # when the latest update of this episode was promised


class Incident(Struct, frozen=True, kw_only=True):
    """One problem on one subject. ``episode`` counts how often it came back.

    ``affected`` are the pulls that have the problem, ``recovered`` had it in this episode.

    ``applied`` is the time of the latest change taken in of each pull: changes come twice and
    out of order. ``promised`` are announcements that are decided but may not be on their queue.
    ``crowded`` says that more pulls have the problem than could be kept: of those without room,
    only their own diagnoses tell.
    """

    id: str
    finding: Finding
    opened: datetime
    updated: datetime
    resolved: datetime | None = None
    episode: int = 1
    cause: Cause
    affected: tuple[Affected, ...] = ()
    recovered: tuple[Affected, ...] = ()
    told: Told = Told()
    promised: tuple["Promise", ...] = ()
    applied: dict[str, datetime] = field(default_factory=dict)
    crowded: bool = False

    @property
    def outcome(self) -> Outcome:
        """How bad it is for those that it hits: where none of them is in use, no failure yet."""
        if not self.hit:
            return self.finding.outcome
        return weighed(self.finding.outcome, (one.pull.standing for one in self.hit))

    @property
    def presses(self) -> bool:
        """Whether channels hear of it at once. What only a rollback pulls waits for the report."""
        needed = any(one.pull.standing is not Standing.ROLLBACK for one in self.hit)
        return needed and (self.finding.outcome is Outcome.FAIL or self.finding.stage > 0)

    @property
    def hit(self) -> tuple[Affected, ...]:
        """Whom it hits; once it is resolved, whom it had hit."""
        return self.affected if self.open else (*self.recovered, *self.affected)

    @property
    def open(self) -> bool:
        """Whether it still hits a pull."""
        return self.resolved is None


class Transition(StrEnum):
    """What happened to an incident, as channels hear of it."""

    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"


class Promise(Struct, frozen=True):
    """An announcement to be made. ``update`` numbers the updates: each is an announcement."""

    transition: Transition
    episode: int
    update: int


def take_in(incident: Incident | None, change: StatusChange, item: OpenProblem) -> Incident:
    """An incident after a pull got its problem. A change that came before changes nothing.

    What a sweep found waits for the nightly report.
    """
    if incident is None:
        incident = _fresh(change, item)
    if _stale(incident, change):
        return incident
    if not incident.open:
        incident = _reopened(incident, change)
    known = any(hit.told and _is_as_told(hit, change) for hit in incident.affected)
    told = known or change.cause.kind is CauseKind.SWEEP
    hit = Affected(change.pull, item.since, told=told)
    finding = _latest(incident, change, item)
    return replace(
        incident,
        finding=finding,
        cause=incident.cause if incident.cause.actor or not change.cause.actor else change.cause,
        told=replace(incident.told, stage=min(incident.told.stage, finding.stage)),
        updated=max(incident.updated, change.at),
        affected=(*_others(incident.affected, change), hit),
        recovered=_others(incident.recovered, change),
        applied=_applied(incident, change),
    )


def _latest(incident: Incident, change: StatusChange, item: OpenProblem) -> Finding:
    """What the incident says now. Who did it is not forgotten because another pull was not told."""
    if change.at < incident.updated or (teller(incident.finding) and not teller(item.finding)):
        return incident.finding
    return item.finding


def let_go(incident: Incident, change: StatusChange) -> Incident:
    """An incident after a pull lost its problem; the last pull resolves it.

    A warning that came true is over, and nobody is told that it is: the failure is told.
    """
    if _stale(incident, change):
        return incident
    rest = _others(incident.affected, change)
    gone = tuple(a for a in incident.affected if a.pull.key == change.pull.key)
    still = incident.open and (bool(rest) or incident.crowded)
    silent = not still and any(code.startswith(incident.finding.becomes) for code in change.failing)
    return replace(
        incident,
        told=replace(incident.told, resolved=incident.episode) if silent else incident.told,
        affected=rest,
        recovered=(*_others(incident.recovered, change), *gone),
        updated=max(incident.updated, change.at),
        resolved=None if still else incident.resolved or change.at,
        applied=_applied(incident, change),
    )


def news(incident: Incident) -> Transition | None:
    """What the channels are to be told on its own, at once.

    What does not press waits for the report. What presses more than when it was told is told again,
    and so is what became a failure, or is none any more because nothing in use is hit now.
    """
    told, stage, loud = incident.told, incident.finding.stage, incident.presses
    announced = told.opened == incident.episode
    if not incident.open:
        return Transition.RESOLVED if announced and told.resolved < incident.episode else None
    if announced and told.outcome not in (None, incident.outcome):
        return Transition.UPDATED
    if loud and announced and teller(incident.finding) and not told.who:
        return Transition.UPDATED
    if loud and (stage > told.stage or not all(hit.told for hit in incident.affected)):
        return Transition.UPDATED if announced else Transition.OPENED
    return None


def promise(incident: Incident, at: datetime | None = None) -> Incident:
    """The incident once it is decided what its channels are to hear of it, at a time.

    An update that is still on its way tells what has come since, too. Were it replaced by a new
    one each time, an incident that grows without a pause would never be told.
    """
    transition = news(incident)
    if transition is None:
        return incident
    told, episode = incident.told, incident.episode
    is_update = transition is Transition.UPDATED
    covered = is_update and at is not None and _is_on_its_way(told, at)
    told = replace(
        told,
        opened=episode if transition is Transition.OPENED else told.opened,
        resolved=episode if transition is Transition.RESOLVED else told.resolved,
        updates=told.updates + (is_update and not covered),
        updated=at if is_update and not covered else told.updated,
        stage=incident.finding.stage,
        outcome=incident.outcome,
        who=told.who or bool(teller(incident.finding)),
    )
    made = () if covered else (Promise(transition, episode, told.updates),)
    return replace(
        incident,
        told=told,
        affected=tuple(replace(hit, told=True) for hit in incident.affected),
        promised=(*incident.promised, *made),
    )


def is_due(told: Told, at: datetime) -> bool:
    """Whether the latest update is due, or was."""
    return told.updated is None or at - told.updated >= GATHERING


def _is_on_its_way(told: Told, at: datetime) -> bool:
    """Whether the latest update is surely not composed yet; clocks differ by seconds."""
    return not is_due(told, at + CLOCKS)


def keep(incident: Incident, promises: Iterable[Promise]) -> Incident:
    """The incident once some of its promised announcements are on their queue."""
    kept = tuple(promises)
    return replace(incident, promised=tuple(p for p in incident.promised if p not in kept))


def _fresh(change: StatusChange, item: OpenProblem) -> Incident:
    return Incident(
        id=item.incident,
        finding=item.finding,
        opened=change.at,
        updated=change.at,
        cause=change.cause,
    )


def _reopened(incident: Incident, change: StatusChange) -> Incident:
    return replace(
        incident,
        opened=change.at,
        resolved=None,
        episode=incident.episode + 1,
        cause=change.cause,
        affected=(),
        recovered=(),
        crowded=False,
        told=replace(incident.told, stage=0, outcome=None, who=False, updated=None),
    )


def _others(hits: tuple[Affected, ...], change: StatusChange) -> tuple[Affected, ...]:
    return tuple(hit for hit in hits if hit.pull.key != change.pull.key)


def _is_as_told(hit: Affected, change: StatusChange) -> bool:
    """Whether a hit is the changed pull, and it weighs no more than it did."""
    order = list(Standing)
    weighs_more = order.index(change.pull.standing) < order.index(hit.pull.standing)
    return hit.pull.key == change.pull.key and not weighs_more


def _stale(incident: Incident, change: StatusChange) -> bool:
    latest = incident.applied.get(change.pull.key)
    return latest is not None and change.at <= latest


def _applied(incident: Incident, change: StatusChange) -> dict[str, datetime]:
    """Old entries go: no delivery is late by days."""
    horizon = change.at - timedelta(days=2)
    recent = {key: at for key, at in incident.applied.items() if at > horizon}
    return recent | {change.pull.key: change.at}
