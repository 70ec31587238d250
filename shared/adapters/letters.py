"""Dead letters out of Service Bus."""

import azure.functions as func
from msgspec import Struct


class Letter(Struct, frozen=True):
    """A dead-lettered message: the broker's reason stands in its application properties."""

    id: str
    body: bytes
    reason: str


def letter(message: func.ServiceBusMessage) -> Letter:
    """A dead letter from what the trigger was given."""
    said = message.application_properties or {}
    words = [str(said.get(key, "")) for key in ("DeadLetterReason", "DeadLetterErrorDescription")]
    return Letter(message.message_id, message.get_body(), ": ".join(w for w in words if w)[:500])
