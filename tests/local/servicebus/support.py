"""Messages, a clock and a consumer for tests of queues."""

from uuid import UUID

from local.servicebus.codec import Symbol, Timestamp, UByte, UInt, Value, described_list, encode
from local.servicebus.codec.sections import HEADER, PROPERTIES
from local.servicebus.content import Content, parse_content
from local.servicebus.message import Message
from local.servicebus.queue import Queue


class Clock:
    """Milliseconds since 1970, as a test says."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


class Consumer:
    """Takes `credit` messages."""

    def __init__(self, credit: int = 100, *, settles_on_delivery: bool = False) -> None:
        self.credit = credit
        self.settles_on_delivery = settles_on_delivery
        self.messages: list[Message] = []

    @property
    def wants_more(self) -> bool:
        return self.credit > 0

    def deliver(self, message: Message) -> None:
        self.credit -= 1
        self.messages.append(message)


def wire(
    text: str = "hello",
    *,
    message_id: Value = None,
    ttl_seconds: float | None = None,
    scheduled_at: int | None = None,
    application_properties: dict[Value, Value] | None = None,
) -> bytes:
    """An encoded message as a sender would write it."""
    ttl = None if ttl_seconds is None else UInt(int(ttl_seconds * 1000))
    parts = [described_list(HEADER, (True, UByte(7), ttl))]
    if scheduled_at is not None:
        annotations: dict[Value, Value] = {
            Symbol("x-opt-scheduled-enqueue-time"): Timestamp(scheduled_at)
        }
        parts.append(b"\x00\x53\x72" + encode(annotations))
    if message_id is not None:
        parts.append(described_list(PROPERTIES, (message_id, None, "to")))
    if application_properties is not None:
        parts.append(b"\x00\x53\x74" + encode(application_properties))
    parts.append(b"\x00\x53\x75" + encode(text.encode()))
    return b"".join(parts)


def content(
    text: str = "hello",
    *,
    message_id: str | None = None,
    ttl_seconds: float | None = None,
    scheduled_at: int | None = None,
) -> Content:
    """The same, read."""
    data = wire(text, message_id=message_id, ttl_seconds=ttl_seconds, scheduled_at=scheduled_at)
    return parse_content(data)


def text_of(message: Message) -> str:
    """The text of a message made with `wire`."""
    return message.content.body[5:].decode()


def receive(queue: Queue, count: int = 100, *, settle: bool = False) -> list[Message]:
    """What a receiver would get now, if it asked for so many."""
    consumer = Consumer(count, settles_on_delivery=settle)
    queue.consumers.add(consumer)
    queue.dispatch()
    queue.consumers.remove(consumer)
    return consumer.messages


def token_of(message: Message) -> UUID:
    """The lock token of a message that a receiver holds."""
    assert message.lock is not None
    return message.lock.token
