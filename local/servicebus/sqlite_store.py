"""What survives the process: a SQLite file that is written once per turn of the event loop.

Everything that happened in a turn is one transaction, committed before the turn's bytes leave. So
an acknowledgement is never ahead of the disk, and a killed broker loses nothing it acknowledged.
The write-ahead log with `synchronous=NORMAL` survives the death of the process, not of the machine.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec

from local.servicebus.content import Content
from local.servicebus.message import Lock, Message, State
from local.servicebus.store import StoreError

_VERSION = 1
_SCHEMA = """
CREATE TABLE message(
    queue TEXT, sequence_number INTEGER, content BLOB, state INTEGER, enqueued_at INTEGER,
    expires_at INTEGER, delivery_count INTEGER, lock_token BLOB, locked_until INTEGER,
    PRIMARY KEY(queue, sequence_number));
CREATE TABLE seen(queue TEXT, message_id TEXT, until INTEGER, PRIMARY KEY(queue, message_id));
CREATE TABLE reserved(queue TEXT PRIMARY KEY, up_to INTEGER);
"""
_ADD = "INSERT INTO message VALUES(?,?,?,?,?,?,?,?,?)"
_CHANGE = (
    "UPDATE message SET state=?, enqueued_at=?, expires_at=?, delivery_count=?, lock_token=?,"
    " locked_until=? WHERE queue=? AND sequence_number=?"
)
_REMOVE = "DELETE FROM message WHERE queue=? AND sequence_number=?"
_REMEMBER = "INSERT OR REPLACE INTO seen VALUES(?,?,?)"
_FORGET = "DELETE FROM seen WHERE until<=?"
_RESERVE = "INSERT OR REPLACE INTO reserved VALUES(?,?)"
_MESSAGES = (
    "SELECT sequence_number, content, state, enqueued_at, expires_at, delivery_count, lock_token,"
    " locked_until FROM message WHERE queue=? ORDER BY sequence_number"
)
_SEEN = "SELECT message_id, until FROM seen WHERE queue=? ORDER BY until"
_RESERVED = "SELECT up_to FROM reserved WHERE queue=?"

type _Cell = str | int | bytes | None


class SqliteStore:
    """A `Store` in one file, for one process at a time. Raises StoreError when it cannot be."""

    def __init__(self, path: Path, now: int) -> None:
        self._pending: list[tuple[str, tuple[_Cell, ...]]] = []
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Content)
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=1)
            self._prepare(now)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error

    def _prepare(self, now: int) -> None:
        run = self._database.execute
        # Held until the process ends, however it ends: a second broker must not open the file.
        run("PRAGMA locking_mode=EXCLUSIVE")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        (version,) = run("PRAGMA user_version").fetchone()
        if version == 0:
            self._database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version={_VERSION}; COMMIT")
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"schema version {version}, not {_VERSION}")
        run(_FORGET, (now,))

    def add(self, queue: str, message: Message) -> None:
        """See Store."""
        content = self._encoder.encode(message.content)
        row = (queue, message.sequence_number, content, *_mutable(message))
        self._pending.append((_ADD, row))

    def change(self, queue: str, message: Message) -> None:
        """See Store."""
        row = (*_mutable(message), queue, message.sequence_number)
        self._pending.append((_CHANGE, row))

    def remove(self, queue: str, sequence_number: int) -> None:
        """See Store."""
        self._pending.append((_REMOVE, (queue, sequence_number)))

    def remember(self, queue: str, message_id: str, until: int) -> None:
        """See Store."""
        self._pending.append((_REMEMBER, (queue, message_id, until)))

    def reserve(self, queue: str, up_to: int) -> None:
        """See Store."""
        self._pending.append((_RESERVE, (queue, up_to)))

    def commit(self) -> None:
        """See Store."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        run = self._database.execute
        try:
            # Commits, or rolls back whatever goes wrong: an open transaction would be the only
            # thing that the next commit could tell of.
            with self._database:
                run("BEGIN")
                for statement, row in pending:
                    run(statement, row)
        except (sqlite3.Error, OverflowError, ValueError, MemoryError) as error:
            raise StoreError(f"cannot write: {type(error).__name__}: {error}") from error

    def messages(self, queue: str) -> Iterator[Message]:
        """See Store."""
        for row in self._database.execute(_MESSAGES, (queue,)):
            number, content, state, enqueued_at, expires_at, count, token, until = row
            yield Message(
                sequence_number=number,
                content=self._decoder.decode(content),
                state=State(state),
                enqueued_at=enqueued_at,
                expires_at=expires_at,
                delivery_count=count,
                lock=Lock(UUID(bytes=token), until) if token else None,
            )

    def seen(self, queue: str) -> Iterator[tuple[str, int]]:
        """See Store."""
        yield from self._database.execute(_SEEN, (queue,))

    def reserved(self, queue: str) -> int:
        """See Store."""
        row = self._database.execute(_RESERVED, (queue,)).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """See Store."""
        self._database.close()


def _mutable(message: Message) -> tuple[_Cell, ...]:
    lock = message.lock
    return (
        int(message.state),
        message.enqueued_at,
        message.expires_at,
        message.delivery_count,
        lock.token.bytes if lock else None,
        lock.until if lock else None,
    )
