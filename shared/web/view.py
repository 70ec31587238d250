"""What the dashboard shows, collected from the store."""

import asyncio
from datetime import datetime, timedelta

from msgspec import Struct

from shared.adapters.store.ledger import Note
from shared.domain.incidents import Incident
from shared.domain.protection import Protection
from shared.domain.reports import Report
from shared.domain.words import foretold
from shared.pipeline.protection import protection_plan
from shared.pipeline.services import Services
from shared.web.heartbeats import PROCESS_STARTED, Heartbeat, heartbeats
from shared.web.overview import Overview, overview

RECENT = timedelta(days=7)
"""How long a resolved incident is shown."""
MOST_NOTES = 20


class DashboardView(Struct, frozen=True, kw_only=True):
    """Everything on the page, at one time. Incidents worst first; the newest end and note first."""

    at: datetime
    overview: Overview
    incidents: tuple[Incident, ...] = ()
    resolved: tuple[Incident, ...] = ()
    report: Report | None = None
    heartbeats: tuple[Heartbeat, ...] = ()
    notes: tuple[Note, ...] = ()
    channels: tuple[str, ...] = ()
    protection: Protection | None = None

    @property
    def coming(self) -> tuple[Incident, ...]:
        """What clean-ups will take, the soonest first."""
        ahead = [(at, one) for one in self.incidents if (at := foretold(one.finding))]
        return tuple(one for _, one in sorted(ahead, key=lambda pair: pair[0]))


async def collect(services: Services) -> DashboardView:
    """Read everything that the page shows."""
    store, now = services.store, services.now()
    deployed = await store.index.listed()
    standing, incidents, report, beats, notes, protection = await asyncio.gather(
        overview(services, deployed),
        _incidents(services),
        store.sweeps.latest_report(),
        store.ledger.beats(),
        _notes(services),
        protection_plan(services, deployed, ask=False),
    )
    resolved = [i for i in incidents if i.resolved and i.resolved > now - RECENT]
    return DashboardView(
        at=now,
        overview=standing,
        incidents=tuple(sorted((i for i in incidents if i.open), key=_worst_first)),
        resolved=tuple(sorted(resolved, key=lambda i: i.updated, reverse=True)),
        report=report,
        heartbeats=heartbeats(services.settings, beats, now, PROCESS_STARTED),
        notes=notes,
        channels=tuple(channel.name for channel in services.channels),
        protection=protection,
    )


async def _incidents(services: Services) -> list[Incident]:
    return [incident async for incident in services.store.incidents.everything()]


async def _notes(services: Services) -> tuple[Note, ...]:
    found: list[Note] = []
    async for note in services.store.ledger.notes():
        found.append(note)
        if len(found) == MOST_NOTES:
            break
    return tuple(found)


def _worst_first(incident: Incident) -> tuple[int, int, datetime]:
    return -incident.outcome, -len(incident.affected), incident.opened
