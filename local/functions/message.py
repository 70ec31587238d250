"""A received Service Bus message as the real host hands it to a function.

The names and forms of the metadata are those of ServiceBusTriggerBindingStrategy in the .NET
extension (5.x): among them is no dead-letter reason (it is in the application properties), times
whose name ends in Utc carry no offset, and the delivery count starts at 1.
"""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType

from local.functions.protos import TypedData

_NEVER = datetime.max.replace(tzinfo=UTC)


def message_body(message: ServiceBusReceivedMessage, *, binary: bool) -> TypedData:
    """The body: bytes where the binding asks for binary, else text (bad UTF-8 is replaced)."""
    content = _body(message)
    if binary:
        return TypedData(bytes=content)
    return TypedData(string=content.decode(errors="replace"))


def message_metadata(message: ServiceBusReceivedMessage) -> dict[str, TypedData]:
    """The trigger metadata; what a message does not have is left out."""
    enqueued = message.enqueued_time_utc
    properties = _properties(message)
    values = {
        "MessageId": _text(message.message_id),
        "DeliveryCount": (message.delivery_count or 0) + 1,
        "SequenceNumber": message.sequence_number,
        "LockToken": _text(message.lock_token),
        "EnqueuedTime": enqueued and enqueued.isoformat(),
        "EnqueuedTimeUtc": enqueued and _without_offset(enqueued),
        **_expiry(enqueued, message.time_to_live),
        "DeadLetterSource": message.dead_letter_source,
        "ContentType": message.content_type,
        "CorrelationId": message.correlation_id,
        "Subject": message.subject,
        "Label": message.subject,
        "To": message.to,
        "ReplyTo": message.reply_to,
        "ReplyToSessionId": message.reply_to_session_id,
        "SessionId": message.session_id,
        "PartitionKey": message.partition_key,
        "ApplicationProperties": properties,
        "UserProperties": properties,
    }
    return {name: _datum(value) for name, value in values.items() if value is not None}


def empty_metadata(message_id: str) -> dict[str, TypedData]:
    """The metadata of a message that came from the admin API, not from a queue."""
    properties = _datum({})
    return {
        "MessageId": _datum(message_id),
        "DeliveryCount": _datum(1),
        "ApplicationProperties": properties,
        "UserProperties": properties,  # its presence tells the runtime: one message, not many
    }


def _body(message: ServiceBusReceivedMessage) -> bytes:
    if message.body_type == AmqpMessageBodyType.DATA:
        return b"".join(message.body)
    if message.body_type == AmqpMessageBodyType.VALUE:
        return message.body if isinstance(message.body, bytes) else str(message.body).encode()
    return str(message).encode()


def _properties(message: ServiceBusReceivedMessage) -> dict[str, object]:
    found = message.application_properties or {}
    return {_decoded(name): _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    match value:
        case bytes():
            return value.decode(errors="replace")
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
    return value


def _decoded(name: str | bytes) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else name


def _text(value: object) -> str | None:
    return None if value is None else str(_plain(value))


def _expiry(enqueued: datetime | None, lifetime: timedelta | None) -> dict[str, str | None]:
    if enqueued is None:
        return {}
    try:
        expires = enqueued + lifetime if lifetime else _NEVER
    except OverflowError:
        expires = _NEVER
    return {"ExpiresAt": expires.isoformat(), "ExpiresAtUtc": _without_offset(expires)}


def _without_offset(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _datum(value: object) -> TypedData:
    return TypedData(string=value) if isinstance(value, str) else TypedData(json=json.dumps(value))
