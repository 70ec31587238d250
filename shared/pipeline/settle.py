"""From status changes to incidents, and from incidents to announcements.

An incident takes in changes and promises its announcements in one write, so that one worker
decides what is said. The outbox is emptied only after the announcements are on their queue. Every
step may be done again: incidents ignore changes that they have taken in, channels hear of an
announcement once.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

import msgspec

from shared.adapters.queue import Outgoing
from shared.domain.alerts import Announcement, Topic, announcement_id, for_channel
from shared.domain.changes import OpenProblem, StatusChange
from shared.domain.crowds import is_unsure, refill
from shared.domain.incidents import (
    GATHERING,
    Affected,
    Incident,
    Promise,
    Transition,
    keep,
    let_go,
    promise,
    take_in,
)
from shared.domain.pulls import Pull
from shared.pipeline.services import Services
from shared.pipeline.spread import look_at_others

log = logging.getLogger(__name__)

type Step = tuple[StatusChange, OpenProblem, bool]


async def settle(services: Services, registry: str, mine: Collection[Pull] | None = None) -> None:
    """Let incidents take in what diagnoses changed, and enqueue what channels are to hear.

    An incident that cannot be settled keeps its changes in the outbox and holds up no other; its
    error is raised at the end. A job has its own pulls in mind (``mine``): what others left in the
    outbox is tried, and told by the watch where it fails again.
    """
    async with services.store.diagnoses.settling(registry):
        await _empty(services, registry, mine)


async def _empty(services: Services, registry: str, mine: Collection[Pull] | None) -> None:
    changes = await services.store.diagnoses.unsettled(registry)
    failures: dict[str, Exception] = {}
    own: list[Exception] = []
    for incident, steps in _by_incident(changes).items():
        try:
            await _settle(services, incident, steps)
        except Exception as error:
            log.exception("incident %s is not settled", incident)
            failures[incident] = error
            if mine is None or any(change.pull in mine for change, _, _ in steps):
                own.append(error)
    settled = [change for change in changes if failures.keys().isdisjoint(_incidents(change))]
    await services.store.diagnoses.settle(settled)
    for failure in own:
        raise failure


async def settle_leftovers(services: Services) -> None:
    """Settle what a crash left in any outbox. One registry's failure holds up no other."""
    failures: list[Exception] = []
    for registry in await services.store.diagnoses.registries_unsettled():
        try:
            await settle(services, registry)
        except Exception as error:
            log.exception("the outbox of %s is not settled", registry)
            failures.append(error)
    for failure in failures:
        raise failure


def _by_incident(changes: Iterable[StatusChange]) -> dict[str, list[Step]]:
    steps: dict[str, list[Step]] = defaultdict(list)
    for change in changes:
        for item in change.opened:
            steps[item.incident].append((change, item, True))
        for item in change.closed:
            steps[item.incident].append((change, item, False))
    return steps


def _incidents(change: StatusChange) -> set[str]:
    return {item.incident for item in (*change.opened, *change.closed)}


async def _settle(services: Services, incident_id: str, steps: list[Step]) -> None:
    def decide(incident: Incident | None) -> Incident | None:
        for change, item, opened in steps:
            if opened:
                incident = take_in(incident, change, item)
            elif incident:
                incident = let_go(incident, change)
        return promise(incident, services.now()) if incident else None

    incident = await services.store.incidents.change(incident_id, decide)
    if incident and is_unsure(incident):
        incident = await _look_up(services, incident)
    if incident and incident.promised:
        await look_at_others(services, incident, [change for change, _, _ in steps])
        await _keep(services, incident)


async def _look_up(services: Services, incident: Incident) -> Incident | None:
    """Whom an incident had no room for, and who has its problem still."""
    found = await services.store.diagnoses.having(incident.id)
    others = [
        (Affected(one.diagnosis.pull, item.since), one.diagnosis.at)
        for one in found
        for item in one.standing
        if item.incident == incident.id
    ]

    def decide(current: Incident | None) -> Incident | None:
        now = services.now()
        return promise(refill(current, others, now), now) if current else None

    return await services.store.incidents.change(incident.id, decide)


async def _keep(services: Services, incident: Incident) -> None:
    made = incident.promised
    for one in made:
        await announce_incident(services, incident, one)

    def kept(current: Incident | None) -> Incident | None:
        return keep(current, made) if current else None

    await services.store.incidents.change(incident.id, kept)


async def announce_incident(services: Services, incident: Incident, made: Promise) -> None:
    """Put one announcement per channel on the alerts queue."""
    waits = {
        Transition.OPENED: timedelta(seconds=services.settings.alert_hold_seconds),
        Transition.UPDATED: GATHERING,
    }
    await announce(
        services,
        Announcement(
            id=announcement_id(incident.id, made.transition, made.episode, made.update),
            channel="",
            topic=Topic.INCIDENT,
            about=incident.id,
            transition=made.transition,
            episode=made.episode,
            update=made.update,
            at=services.now(),
        ),
        wait=waits.get(made.transition, timedelta()),
    )


async def announce(
    services: Services, announcement: Announcement, *, wait: timedelta = timedelta()
) -> None:
    """Put an announcement on the alerts queue, once for each configured channel."""
    due = services.now() + wait if wait else None
    messages = [
        Outgoing(copy.id, msgspec.json.encode(copy), due)
        for copy in (
            msgspec.structs.replace(
                announcement, channel=channel.name, id=for_channel(announcement.id, channel.name)
            )
            for channel in services.channels
        )
    ]
    if messages:
        await services.queue.send(services.settings.alerts_queue, messages)
