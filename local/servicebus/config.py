"""The queues that a broker serves, and the JSON file that lists them."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

DEAD_LETTERS = "/$DeadLetterQueue"
"""What follows a queue's name to name its dead-letter sub-queue."""


class QueueConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One queue; the defaults are those of a queue created on the Standard tier.

    `default_ttl_seconds` bounds the time to live of every message (None: as the sender says); it
    may be as long as the service's TimeSpan.MaxValue, 10,675,199 days.
    `duplicate_window_seconds` switches duplicate detection on: for so long a message id that was
    seen is dropped. `max_message_bytes` holds for one message and for a whole batch.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,259}$")]
    lock_seconds: Annotated[float, Meta(gt=0, le=300)] = 60.0
    max_delivery_count: Annotated[int, Meta(ge=1, le=2000)] = 10
    default_ttl_seconds: Annotated[float, Meta(gt=0, le=922_337_203_685)] | None = None
    dead_letter_on_expiration: bool = False
    duplicate_window_seconds: Annotated[float, Meta(gt=0, le=604_800)] | None = None
    max_message_bytes: Annotated[int, Meta(ge=1024, le=104_857_600)] = 262_144


def load_queues(path: Path) -> tuple[QueueConfig, ...]:
    """The queues that a JSON array of `QueueConfig` describes.

    Raises ValueError that names the file and the field at fault, OSError when it cannot be read.
    """
    try:
        queues = msgspec.json.decode(path.read_bytes(), type=tuple[QueueConfig, ...])
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error
    names = [queue.name.lower() for queue in queues]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{path}: more than one queue is named {', '.join(sorted(twice))}")
    return queues
