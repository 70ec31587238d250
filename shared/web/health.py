"""Does the app itself work? Answered even when nothing else can be."""

import asyncio
import logging
from datetime import UTC, datetime

from msgspec import Struct

from shared import bootstrap
from shared.pipeline.services import Services
from shared.settings import SettingsError
from shared.web.heartbeats import PROCESS_STARTED, Heartbeat, Pulse, heartbeats

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that the store may take to answer."""
MOST_NOTES = 1_000
MOST_BLIND = 50


class Health(Struct, frozen=True, kw_only=True):
    """The answer of ``GET /api/health``, 200 where ``ok`` and 503 otherwise.

    ``settings`` are the missing and the wrong ones, by name and without values that are secret.
    ``store`` is ``reachable`` or why it is not. ``notes`` counts up to 1,000 things that were
    not acted on. ``blind`` names up to 50 repositories in use that the watch cannot look at, and
    why. None is what cannot be known.
    """

    ok: bool
    at: datetime
    settings: tuple[str, ...] = ()
    store: str = ""
    heartbeats: tuple[Heartbeat, ...] = ()
    notes: int | None = None
    open_incidents: int | None = None
    blind: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


async def examine() -> Health:
    """Look at the app's own health. Never raises."""
    try:
        services = bootstrap.urgent()
    except SettingsError as why:
        return Health(ok=False, at=datetime.now(UTC), settings=tuple(why.problems))
    except Exception as error:
        log.exception("the services could not be made")
        broken = f"not tried: {type(error).__name__} while the services were made"
        return Health(ok=False, at=datetime.now(UTC), store=broken)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _look(services)
    except Exception as error:
        log.exception("the store does not answer")
        reason = f"unreachable: {type(error).__name__}"
        return Health(ok=False, at=datetime.now(UTC), store=reason, channels=_channels(services))


async def _look(services: Services) -> Health:
    ledger, now = services.store.ledger, services.now()
    beats = heartbeats(services.settings, await ledger.beats(), now, PROCESS_STARTED)
    notes = 0
    async for _ in ledger.notes():
        notes += 1
        if notes == MOST_NOTES:
            break
    watched = (await services.store.watched.everything()).values()
    blind = sorted(f"{one.name}: {one.trouble}" for one in watched if one.since)
    return Health(
        ok=all(beat.pulse is not Pulse.OVERDUE for beat in beats),
        at=now,
        store="reachable",
        heartbeats=beats,
        notes=notes,
        open_incidents=len(await services.store.incidents.open()),
        blind=tuple(blind[:MOST_BLIND]),
        channels=_channels(services),
    )


def _channels(services: Services) -> tuple[str, ...]:
    return tuple(channel.name for channel in services.channels)
