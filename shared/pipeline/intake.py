"""A registry event: update the index, and have the pulls that it touches diagnosed."""

import logging
import re

import azure.functions as func
from msgspec.structs import replace

from shared.adapters.queued_events import NoEventsError, events_in
from shared.adapters.store.index import Entry
from shared.adapters.store.ledger import Note, NoteKind
from shared.domain.diagnosis import Gap
from shared.domain.events import EventKind, RegistryEvent
from shared.domain.facts.base import CouldNotLookError
from shared.domain.images import ACR_SUFFIXES
from shared.domain.pulls import Cause, CauseKind
from shared.domain.removals import Removal, RemovalKind
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.services import Services
from shared.registry.base import Registries

log = logging.getLogger(__name__)
EXCERPT = 2_000
MOST_TAGS = 50
"""Tags that a cause names: it travels in a message."""
REGIONAL = re.compile(r"\.[a-z0-9]+\.geo(?=\.azurecr\.)")
"""What a regional host has that the login server has not (contoso.westeurope.geo.azurecr.io)."""


async def on_registry_event(
    services: Services, event: func.EventGridEvent | func.CloudEvent
) -> None:
    """Act on a push or a deletion; record everything else. Only faults of ours raise."""
    # what reads events takes long to import, and only processes that get some need it
    from shared.adapters.events import (  # noqa: PLC0415
        IgnoredEventError,
        MalformedEventError,
        read_event,
    )

    try:
        wanted = read_event(event)
    except IgnoredEventError as why:
        await _note(services, event, NoteKind.EVENT_IGNORED, str(why))
    except MalformedEventError as why:
        await _note(services, event, NoteKind.EVENT_MALFORMED, str(why))
    else:
        registry = await _login_server(services, wanted)
        if registry:
            await take(services, registry, wanted)
        else:
            unknown = f"{wanted.registry_id!r} is no registry that is looked at"
            await _note(services, event, NoteKind.EVENT_IGNORED, unknown)


async def on_queued_events(services: Services, body: bytes, message_id: str | None) -> None:
    """A message of the events queue. What is no event is recorded and done with."""
    try:
        events = events_in(body)
    except NoEventsError as why:
        log.warning("message %s holds no events: %s", message_id, why)
        note = Note(
            id=message_id or "without an id",
            kind=NoteKind.MESSAGE_MALFORMED,
            at=services.now(),
            reason=str(why),
            text=body[:EXCERPT].decode("utf-8", "replace"),
        )
        await services.store.ledger.note(note)
        return
    for event in events:
        await on_registry_event(services, event)


async def take(services: Services, registry: str, event: RegistryEvent) -> int:
    """Remember what the event says, and enqueue urgent jobs. Returns how many."""
    entries = await services.store.index.of_repository(registry, event.repository)
    touched = [entry for entry in entries if _touches(event, entry)]
    await services.store.index.revise(touched, lambda entry: _remember(event, entry))
    reason = f"{event.kind}:{event.digest}:{event.tag}:{event.request_id or event.id}"
    jobs = shard((entry.pull for entry in touched), _cause(event, touched), reason)
    count = await enqueue(services, jobs)
    log.info("%s in %s touches %d pulls", event.kind, registry, len(touched))
    return count


async def _login_server(services: Services, event: RegistryEvent) -> str:
    """By the registry's id: an event's host may be a regional one. Empty for one out of scope.

    Raises:
        CouldNotLookError: it cannot be told now; Event Grid sends the event again.

    """
    try:
        found = await services.registry.registries()
    except CouldNotLookError as why:
        found = Registries((), (Gap("registries", str(why)),))
    wanted = event.registry_id.lower()
    for registry in found.known:
        if registry.resource_id.lower() == wanted:
            return registry.login_server
    host = REGIONAL.sub("", event.host)
    if host.endswith(ACR_SUFFIXES):
        return host
    if found.gaps:
        raise CouldNotLookError(f"{wanted} is not known, and not everything could be read")
    return ""


def _touches(event: RegistryEvent, entry: Entry) -> bool:
    image = entry.pull.image
    if event.kind is EventKind.PUSHED:
        same_tag = bool(event.tag) and image.tag == event.tag and not image.digest
        return same_tag or (entry.gone and entry.uses(event.digest))
    return not event.digest or entry.uses(event.digest)


def _remember(event: RegistryEvent, entry: Entry) -> Entry:
    if event.kind is EventKind.PUSHED:
        # the job sees for itself what the tag points to now; replicas get it with a delay
        return replace(entry, pushed=max(event.at, entry.pushed or event.at))
    known = entry.removal
    if known and known.at >= event.at and known.actor:
        return entry  # a late one, or the resource log was faster
    return replace(entry, removal=_removal(event, entry))


def _removal(event: RegistryEvent, entry: Entry) -> Removal:
    image = entry.pull.image
    return Removal(
        id=event.request_id or event.id,
        kind=RemovalKind.DELETED,
        at=event.at,
        registry=image.registry,
        repository=image.repository,
        digest=event.digest,
        actor=event.actor,
        user_agent=event.user_agent,
    )


def _cause(event: RegistryEvent, touched: list[Entry]) -> Cause:
    pushed = event.kind is EventKind.PUSHED
    died = {
        tag
        for entry in touched
        if entry.digest == event.digest
        for tag in (entry.pull.image.tag, *entry.tags)
        if tag
    }
    return Cause(
        kind=CauseKind.PUSHED if pushed else CauseKind.DELETED,
        at=event.at,
        event_id=event.id,
        digest=event.digest,
        tags=(event.tag,) if pushed else tuple(sorted(died)[:MOST_TAGS]),
        actor=event.actor,
        user_agent=event.user_agent,
        way="" if pushed else RemovalKind.DELETED,
    )


async def _note(
    services: Services,
    event: func.EventGridEvent | func.CloudEvent,
    kind: NoteKind,
    reason: str,
) -> None:
    log.warning("event %s: %s", kind, reason)
    note = Note(
        id=str(event.id)[:EXCERPT].encode("utf-8", "replace").decode(),
        kind=kind,
        at=services.now(),
        reason=reason,
        text=repr(event.get_json())[:EXCERPT],
    )
    await services.store.ledger.note(note)
