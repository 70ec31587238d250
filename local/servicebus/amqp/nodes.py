"""What a client can send to: a queue, its management node, and `$cbs`."""

from collections.abc import Callable

from local.servicebus.amqp import management
from local.servicebus.amqp.frames import MAX_FRAME_BYTES
from local.servicebus.amqp.requests import encode_response, read_request
from local.servicebus.codec import DecodeError, Value
from local.servicebus.codec.sections import body_values, split_message
from local.servicebus.content import Content, parse_content
from local.servicebus.queue import Queue

type Respond = Callable[[bytes], None]

_BATCH_FORMAT = 0x80013700
_ACCEPTED = 202


class QueueNode:
    """Enqueues what is sent, alone or as a batch."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @property
    def max_message_bytes(self) -> int:
        """See Node."""
        return self._queue.config.max_message_bytes

    def receive(self, data: bytes, message_format: int) -> None:
        """See Node. A batch is taken as a whole or not at all."""
        contents = _batch(data) if message_format == _BATCH_FORMAT else [parse_content(data)]
        for content in contents:
            self._queue.enqueue(content)


def _batch(data: bytes) -> list[Content]:
    """The messages in the data sections of a batch, whose own properties are those of the first."""
    contents = []
    for payload in body_values(split_message(data).body):
        if not isinstance(payload, bytes):
            raise DecodeError("a batch with something else than messages in it")
        contents.append(parse_content(payload))
    return contents


class CbsNode:
    """Takes any token: the emulator's connection string carries no secret to check."""

    max_message_bytes = MAX_FRAME_BYTES

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def receive(self, data: bytes, message_format: int) -> None:  # noqa: ARG002 - see Node
        """See Node."""
        said: dict[str, Value] = {"status-code": _ACCEPTED, "status-description": "Accepted"}
        self._respond(encode_response(read_request(data), said))


class ManagementNode:
    """Carries out what the SDK asks a queue's `$management`."""

    max_message_bytes = MAX_FRAME_BYTES

    def __init__(self, queue: Queue, respond: Respond) -> None:
        self._queue = queue
        self._respond = respond

    def receive(self, data: bytes, message_format: int) -> None:  # noqa: ARG002 - see Node
        """See Node."""
        self._respond(management.answer(self._queue, read_request(data)))
