"""Events out of a Service Bus message: Event Grid delivers to queues without a trigger's help.

One event a message is what Event Grid sends, as an object or as a list of one; a list of more is
read as well. Both schemas: learn.microsoft.com/azure/event-grid/handler-service-bus.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from shared.domain.clock import utc

MOST_EVENTS = 5_000
"""The most that one delivery of Event Grid can hold."""


class NoEventsError(Exception):
    """The body of a message holds no events. It says what is wrong."""


def events_in(body: bytes) -> tuple[func.EventGridEvent | func.CloudEvent, ...]:
    """The events of a message's body, as the Event Grid trigger would give them.

    Raises:
        NoEventsError: it is not JSON, neither an object nor a list, or more than can be sent.

    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as why:
        raise NoEventsError(f"not JSON: {str(why)[:200]}") from why
    if not isinstance(content, dict | list):
        raise NoEventsError(f"an object or a list was expected, not {type(content).__name__}")
    sent = content if isinstance(content, list) else [content]
    if len(sent) > MOST_EVENTS:
        raise NoEventsError(f"{len(sent)} events in one message")
    return tuple(_event(one) for one in sent)


def _event(sent: Any) -> func.EventGridEvent | func.CloudEvent:
    """What is no object becomes an event of no type: it is noted, and the others are acted on."""
    if not isinstance(sent, dict):
        return _grid({"data": sent})
    return _cloud(sent) if "specversion" in sent else _grid(sent)


def _cloud(sent: dict[str, Any]) -> func.CloudEvent:
    return func.CloudEvent(
        id=_text(sent, "id"),
        source=_text(sent, "source"),
        type=_text(sent, "type"),
        specversion=_text(sent, "specversion"),
        time=_time(sent, "time"),
        subject=_text(sent, "subject"),
        data=sent.get("data"),
    )


def _grid(sent: dict[str, Any]) -> func.EventGridEvent:
    return func.EventGridEvent(
        id=_text(sent, "id"),
        topic=_text(sent, "topic"),
        subject=_text(sent, "subject"),
        event_type=_text(sent, "eventType"),
        event_time=_time(sent, "eventTime"),
        data=sent.get("data", {}),
        data_version=_text(sent, "dataVersion"),
    )


def _text(sent: dict[str, Any], key: str) -> str:
    """What a field says, as text: whether it is a good one is decided by who reads the event."""
    found = sent.get(key)
    return "" if found is None else str(found)


def _time(sent: dict[str, Any], key: str) -> datetime:
    """When it was sent. No event is dropped for its time: without a readable one it is now."""
    with suppress(ValueError):
        return utc(_text(sent, key))
    return datetime.now(UTC)
