"""From status changes to incidents, and from incidents to announcements.

The outbox is emptied only after the announcements are on their queue. Every step may be done
again: incidents ignore changes that they have taken in, the queue drops ids that it has seen.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from shared.adapters.queue import Outgoing
from shared.domain.alerts import Announcement, Topic
from shared.domain.incidents import (
    Incident,
    OpenProblem,
    StatusChange,
    Transition,
    after_telling,
    let_go,
    news,
    take_in,
)
from shared.domain.pulls import CauseKind
from shared.pipeline.services import Services

GATHERING = timedelta(seconds=60)
"""How long an update waits for more pulls of the same incident."""

type Step = tuple[StatusChange, OpenProblem, bool]


async def settle(services: Services, registry: str) -> None:
    """Let incidents take in what diagnoses changed, and enqueue what channels are to hear."""
    changes = await services.store.diagnoses.unsettled(registry)
    for incident_id, steps in _by_incident(changes).items():
        incident = await _apply(services, incident_id, steps)
        by_sweep = all(change.cause.kind is CauseKind.SWEEP for change, _, _ in steps)
        if incident:
            await _tell(services, incident, by_sweep=by_sweep)
    await services.store.diagnoses.settle(changes)


async def settle_leftovers(services: Services) -> None:
    """Settle what a crash left in any outbox."""
    for registry in await services.store.diagnoses.registries_unsettled():
        await settle(services, registry)


def _by_incident(changes: Iterable[StatusChange]) -> dict[str, list[Step]]:
    steps: dict[str, list[Step]] = defaultdict(list)
    for change in changes:
        for item in change.opened:
            steps[item.incident].append((change, item, True))
        for item in change.closed:
            steps[item.incident].append((change, item, False))
    return steps


async def _apply(services: Services, incident_id: str, steps: list[Step]) -> Incident | None:
    def decide(incident: Incident | None) -> Incident | None:
        for change, item, opened in steps:
            if opened:
                incident = take_in(incident, change, item)
            elif incident:
                incident = let_go(incident, change)
        return incident

    return await services.store.incidents.change(incident_id, decide)


async def _tell(services: Services, incident: Incident, *, by_sweep: bool) -> None:
    transition = news(incident, by_sweep=by_sweep)
    if transition:
        await announce_incident(services, incident, transition)
    elif not incident.open or incident.told.opened == incident.episode:
        return

    def told(current: Incident | None) -> Incident | None:
        same = current is not None and current.episode == incident.episode
        return after_telling(current, transition) if current and same else None

    await services.store.incidents.change(incident.id, told)


async def announce_incident(services: Services, incident: Incident, transition: Transition) -> None:
    """Put one announcement per channel on the alerts queue."""
    waits = {
        Transition.OPENED: timedelta(seconds=services.settings.alert_hold_seconds),
        Transition.UPDATED: GATHERING,
    }
    size = len(incident.affected)
    grown = f":{size}" if transition is Transition.UPDATED else ""
    await announce(
        services,
        Announcement(
            id=f"{incident.id}:{incident.episode}:{transition}{grown}",
            channel="",
            topic=Topic.INCIDENT,
            about=incident.id,
            transition=transition,
            episode=incident.episode,
            size=size,
            at=services.now(),
        ),
        wait=waits.get(transition, timedelta()),
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
                announcement, channel=channel.name, id=f"{announcement.id}:{channel.name}"
            )
            for channel in services.channels
        )
    ]
    if messages:
        await services.queue.send(services.settings.alerts_queue, messages)
