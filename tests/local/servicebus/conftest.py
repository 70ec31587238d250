"""A clock that a test moves, and queues that live by it."""

from collections.abc import Callable

import pytest

from local.servicebus.config import QueueConfig
from local.servicebus.queue import Queue
from local.servicebus.store import MemoryStore
from tests.local.servicebus.support import Clock

type MakeQueue = Callable[[QueueConfig], Queue]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_queue(clock: Clock) -> MakeQueue:
    def make(config: QueueConfig) -> Queue:
        store = MemoryStore()
        return Queue(config, store, clock, Queue(config, store, clock))

    return make
