"""Registry events out of Event Grid's two schemas.

azure-eventgrid and azure-core say what a valid event is; azure-eventgrid names the types.
Shape of the data: learn.microsoft.com/azure/event-grid/event-schema-container-registry.
"""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import msgspec
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames
from msgspec import Struct

from shared.domain.clock import utc
from shared.domain.events import EventKind, RegistryEvent
from shared.domain.images import Digest, InvalidReferenceError, parse_reference

KINDS = {
    SystemEventNames.ContainerRegistryImagePushedEventName.value: EventKind.PUSHED,
    SystemEventNames.ContainerRegistryImageDeletedEventName.value: EventKind.DELETED,
}
SHORT = {name.rpartition(".")[2]: kind for name, kind in KINDS.items()}
"""An old form of the Event Grid schema leaves out the prefix."""


class IgnoredEventError(Exception):
    """A type that is not acted on: charts, and what is not known."""


class MalformedEventError(Exception):
    """Not a registry event. The message names the field and what is wrong with it."""


class _Target(Struct, frozen=True):
    repository: str
    digest: str | None = None
    tag: str | None = None


class _Request(Struct, frozen=True):
    id: str | None = None
    host: str | None = None
    useragent: str | None = None


class _Actor(Struct, frozen=True):
    name: str | None = None


class _Data(Struct, frozen=True):
    target: _Target
    request: _Request | None = None
    actor: _Actor | None = None
    timestamp: str | int | float | None = None


def read_event(event: func.EventGridEvent | func.CloudEvent) -> RegistryEvent:
    """A registry event from what the trigger was given.

    Raises:
        IgnoredEventError: its type is not acted on.
        MalformedEventError: it is not what its type promises.

    """
    envelope = _envelope(event)
    name = envelope.event_type if isinstance(envelope, EventGridEvent) else envelope.type
    kind = KINDS.get(name) or SHORT.get(name)
    if kind is None:
        raise IgnoredEventError(f"type {name[:100]!r} is not acted on")
    try:
        data = _data(envelope.data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as why:
        raise MalformedEventError(f"data: {str(why)[:200]}") from why
    return _registry_event(envelope, kind, data)


def _data(sent: Any) -> _Data:
    """Some senders put the object into a text."""
    if isinstance(sent, str | bytes):
        return msgspec.json.decode(sent, type=_Data)
    return msgspec.convert(sent, _Data)


def _envelope(event: func.EventGridEvent | func.CloudEvent) -> EventGridEvent | CloudEvent[Any]:
    """The same event as the SDKs know it; they check that what must be there is there."""
    try:
        if isinstance(event, func.CloudEvent):
            return CloudEvent(
                source=event.source,
                type=event.type,
                id=event.id,
                subject=event.subject,
                time=event.time,
                data=event.get_json(),
            )
        return EventGridEvent(
            subject=event.subject,
            event_type=event.event_type,
            data=event.get_json(),
            data_version=event.data_version or "1.0",
            topic=event.topic,
            id=event.id,
            event_time=event.event_time,
        )
    except (TypeError, ValueError) as why:
        raise MalformedEventError(str(why)[:200]) from why


def _registry_event(
    envelope: EventGridEvent | CloudEvent[Any], kind: EventKind, data: _Data
) -> RegistryEvent:
    sent: datetime | None
    if isinstance(envelope, EventGridEvent):
        source, sent = envelope.topic, envelope.event_time
    else:
        source, sent = envelope.source, envelope.time
    request, actor = data.request or _Request(), data.actor or _Actor()
    return RegistryEvent(
        id=_text(str(envelope.id), 200),
        kind=kind,
        registry_id=_text(str(source or ""), 500),
        host=_text(request.host, 255).lower(),
        repository=_repository(data.target),
        tag=data.target.tag or "",
        digest=Digest((data.target.digest or "").lower()),
        at=_when(data, sent),
        actor=_text(actor.name, 300),
        user_agent=_text(request.useragent, 300),
        request_id=_text(request.id, 200),
    )


def _text(sent: str | None, longest: int) -> str:
    """Cut short, and without the halves of characters that JSON can hold but UTF-8 cannot."""
    return (sent or "")[:longest].encode("utf-8", "replace").decode()


def _when(data: _Data, sent: datetime | None) -> datetime:
    """When it happened, else when it was sent: no event is dropped for its time."""
    with suppress(ValueError):
        return utc(str(data.timestamp or ""))
    at = sent or datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _repository(target: _Target) -> str:
    """The target's names are used to ask the registry, so they must be names."""
    tag = f":{target.tag}" if target.tag else ""
    digest = f"@{target.digest}" if target.digest else ""
    try:
        return parse_reference(f"registry.azurecr.io/{target.repository}{tag}{digest}").repository
    except InvalidReferenceError as why:
        raise MalformedEventError(f"data.target: {why}") from why
