"""Incidents that hit more pulls than can be kept: whom they name, and when they are over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from shared.domain.incidents import Affected, Incident
from shared.domain.pulls import Standing

LATE = timedelta(minutes=10)
"""How late a change may come to an incident that has no room for older ones."""


def shed(incident: Incident) -> Incident:
    """The incident with room for half of those it names; those in use, and hit longest, stay.

    Changes that came lately are still known: one that comes late is told from a new one.
    """
    order = list(Standing)
    worst = sorted(incident.affected, key=lambda hit: order.index(hit.pull.standing))
    kept = tuple(worst[: max(1, len(worst) // 2)])
    names = {hit.pull.key for hit in kept}
    since = incident.updated - LATE if len(kept) < len(worst) else incident.updated
    applied = {key: at for key, at in incident.applied.items() if key in names or at > since}
    return replace(incident, affected=kept, recovered=(), applied=applied, crowded=True)


def is_unsure(incident: Incident) -> bool:
    """Whether it may be over: everybody whom it names recovered, and it had no room for others."""
    return incident.open and incident.crowded and not incident.affected


def refill(
    incident: Incident, others: Iterable[tuple[Affected, datetime]], at: datetime
) -> Incident:
    """An unsure incident with those who have the problem still; without any it is over.

    Each comes with the time of its diagnosis: a change that was taken in since is newer.
    """
    if not is_unsure(incident):
        return incident
    rest = tuple(
        replace(hit, told=True)
        for hit, seen in others
        if (latest := incident.applied.get(hit.pull.key)) is None or latest <= seen
    )
    return replace(incident, affected=rest, resolved=None if rest else at)
