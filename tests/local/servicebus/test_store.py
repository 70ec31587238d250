"""The SQLite file: a broker that comes back finds everything as it was."""

import sqlite3
from pathlib import Path

import pytest

from local.servicebus.broker import Broker
from local.servicebus.config import QueueConfig
from local.servicebus.errors import BrokerError
from local.servicebus.message import Message, State
from local.servicebus.sqlite_store import SqliteStore
from local.servicebus.store import StoreError
from tests.local.servicebus.support import Clock, content, receive, text_of, token_of

_QUEUE = QueueConfig("q", lock_seconds=60, duplicate_window_seconds=60)


class Disk:
    """Brokers, one after the other, on one file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._store = self._open()

    def _open(self) -> SqliteStore:
        return SqliteStore(self._path, self._clock())

    def broker(self, *configs: QueueConfig) -> Broker:
        return Broker(configs or (_QUEUE,), self._store, self._clock)

    def reopen(self) -> Broker:
        self.close()
        self._store = self._open()
        return self.broker()

    def close(self) -> None:
        self._store.close()


@pytest.fixture
def disk(tmp_path: Path, clock: Clock) -> Disk:
    return Disk(tmp_path / "bus.db", clock)


def test_messages_in_every_state_come_back(disk: Disk, clock: Clock) -> None:
    broker = disk.broker()
    queue = broker.find("q")
    for text in ("dead", "deferred", "locked", "ready"):
        queue.enqueue(content(text, ttl_seconds=600))
    queue.enqueue(content("scheduled", scheduled_at=clock.now + 1000))
    dead, deferred, locked = receive(queue, 3)
    queue.dead_letter(token_of(dead), "R", "D")
    queue.defer(token_of(deferred))
    before = dict(queue.messages)
    assert queue.dead_letters is not None
    dead_before = dict(queue.dead_letters.messages)
    broker.pump()

    queue = disk.reopen().find("q")
    assert queue.messages == before
    assert queue.dead_letters is not None
    assert queue.dead_letters.messages == dead_before
    assert [text_of(message) for message in receive(queue)] == ["ready"]
    queue.complete(token_of(locked))


def test_what_was_not_committed_never_happened(disk: Disk) -> None:
    broker = disk.broker()
    broker.find("q").enqueue(content("kept"))
    broker.pump()
    broker.find("q").enqueue(content("lost"))
    queue = disk.reopen().find("q")
    assert [text_of(message) for message in queue.messages.values()] == ["kept"]


def test_timers_go_on(disk: Disk, clock: Clock) -> None:
    broker = disk.broker()
    queue = broker.find("q")
    queue.enqueue(content("expires", ttl_seconds=90))
    queue.enqueue(content("locked"))
    queue.enqueue(content("scheduled", scheduled_at=clock.now + 60_000))
    receive(queue, 2)
    queue.abandon(token_of(queue.messages[1]))
    broker.pump()

    broker = disk.reopen()
    queue = broker.find("q")
    clock.advance(60)
    broker.tick()
    got = [(text_of(message), message.delivery_count) for message in receive(queue)]
    assert got == [("expires", 1), ("locked", 1), ("scheduled", 0)]


def test_sequence_numbers_never_come_twice(disk: Disk) -> None:
    broker = disk.broker()
    number = broker.find("q").enqueue(content())
    broker.find("q").complete(token_of(receive(broker.find("q"))[0]))
    broker.pump()
    assert disk.reopen().find("q").enqueue(content()) > number


def test_duplicates_are_remembered_as_long_as_their_window(disk: Disk, clock: Clock) -> None:
    broker = disk.broker()
    broker.find("q").enqueue(content(message_id="m"))
    broker.pump()
    broker = disk.reopen()
    broker.find("q").enqueue(content(message_id="m"))
    assert len(broker.find("q").messages) == 1
    clock.advance(60)
    broker = disk.reopen()
    broker.find("q").enqueue(content(message_id="m"))
    assert len(broker.find("q").messages) == 2


def test_a_queue_that_is_configured_again_still_has_its_messages(disk: Disk) -> None:
    broker = disk.broker()
    broker.find("q").enqueue(content())
    broker.pump()
    with pytest.raises(BrokerError):
        disk.broker(QueueConfig("other")).find("q")
    assert [m.state for m in disk.reopen().find("q").messages.values()] == [State.ACTIVE]


def test_a_file_serves_one_broker_at_a_time(disk: Disk, tmp_path: Path, clock: Clock) -> None:
    disk.broker()
    with pytest.raises(StoreError, match="locked"):
        SqliteStore(tmp_path / "bus.db", clock())


def test_a_file_of_another_kind_is_refused(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one" * 100)
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore(path, clock())


def test_a_file_of_another_version_is_refused(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "bus.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(StoreError, match="schema version 99"):
        SqliteStore(path, clock())


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, clock: Clock) -> None:
    store = SqliteStore(tmp_path / "bus.db", clock())
    broker = Broker([_QUEUE], store, clock)
    store.close()
    broker.find("q").enqueue(content())
    with pytest.raises(StoreError):
        broker.pump()


def test_a_commit_that_fails_half_way_leaves_nothing_behind(tmp_path: Path, clock: Clock) -> None:
    store = SqliteStore(tmp_path / "bus.db", clock())
    store.add("q", Message(1, content("half"), State.ACTIVE, clock.now))
    store.add("q", Message(2, content(), State.ACTIVE, clock.now, expires_at=2**63))
    with pytest.raises(StoreError, match="OverflowError"):
        store.commit()
    store.add("q", Message(3, content("whole"), State.ACTIVE, clock.now))
    store.commit()
    assert [text_of(message) for message in store.messages("q")] == ["whole"]
