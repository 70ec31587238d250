"""The app's own memory: events seen, messages given up, alerts delivered, heartbeats."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import batched

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import (
    BATCH,
    ConflictError,
    Delete,
    Insert,
    Operation,
    Put,
    Row,
    Tables,
    Value,
)
from shared.domain.alerts import Announcement
from shared.domain.pulls import short_hash


class NoteKind(StrEnum):
    """What is worth a note."""

    EVENT_IGNORED = "event-ignored"
    EVENT_MALFORMED = "event-malformed"
    MESSAGE_MALFORMED = "message-malformed"
    MESSAGE_GIVEN_UP = "message-given-up"
    DELIVERY_FAILED = "delivery-failed"


class Note(Struct, frozen=True, kw_only=True):
    """Something that was not acted on: recorded, so that nothing is lost without a trace.

    ``text`` is an excerpt of what came in, cut short; hostile, so escape it where it goes.
    """

    id: str
    kind: NoteKind
    at: datetime
    reason: str
    text: str = ""


class Delivery(StrEnum):
    """How far an alert had come when it was claimed."""

    NEW = "new"
    INTERRUPTED = "interrupted"  # an earlier attempt was cut off: it may have arrived
    DELIVERED = "delivered"


class Ledger:
    """Small facts about the app itself."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("ledger")

    async def note(self, note: Note) -> None:
        """Record a note; the same one again changes nothing."""
        await self._table.write("notes", [Put(_newest_first(note), pack("note", note))])

    async def notes(self) -> AsyncIterator[Note]:
        """Notes, newest first."""
        async for row in self._table.query("notes"):
            yield unpack("note", row, Note)

    async def forget(self, *, notes: datetime, alerts: datetime) -> int:
        """Forget notes and alerts from before a time each. Returns how many."""
        count = await self._table.forget("notes", notes)
        count += await self._table.forget("alerts", alerts)
        return count + await self._table.forget("cut-off:", alerts)

    async def claim(self, alert: str) -> Delivery:
        """Say that an alert is about to be sent, and hear whether it was before."""
        key = short_hash(alert)
        claimed: dict[str, Value] = {"state": "claimed"}
        row = await self._table.get("alerts", key)
        state = _delivery(row)
        if state is Delivery.NEW:
            claim: Operation = Put(key, claimed, row.etag) if row else Insert(key, claimed)
            try:
                await self._table.write("alerts", [claim])
            except ConflictError:  # somebody else is sending it at this moment
                return Delivery.INTERRUPTED
        return state

    async def delivery(self, alert: str) -> Delivery:
        """How far an alert has come; NEW for one that certainly did not arrive."""
        return _delivery(await self._table.get("alerts", short_hash(alert)))

    async def delivered(self, alert: str) -> None:
        """The alert arrived."""
        await self._table.write("alerts", [Put(short_hash(alert), {"state": "sent"})])

    async def not_delivered(self, alert: str) -> None:
        """The alert certainly did not arrive."""
        await self._table.write("alerts", [Put(short_hash(alert), {"state": "failed"})])

    async def cut_off(self, announcement: Announcement) -> None:
        """An alert was cut off while it was sent: nobody knows whether it arrived."""
        row = Put(short_hash(announcement.id), pack("announcement", announcement))
        await self._table.write(_cut_off(announcement.channel), [row])

    async def all_cut_off(self, channel: str) -> tuple[Announcement, ...]:
        """What was cut off on a channel, and is not known to have arrived since."""
        rows = [row async for row in self._table.query(_cut_off(channel))]
        found = [unpack("announcement", row, Announcement) for row in rows]
        return tuple(
            [one for one in found if await self.delivery(one.id) is not Delivery.DELIVERED]
        )

    async def mentioned(self, channel: str, alerts: Iterable[str]) -> None:
        """Alerts that were cut off were named in a notice."""
        for part in batched(alerts, BATCH, strict=False):
            await self._drop(_cut_off(channel), [Delete(short_hash(alert)) for alert in part])

    async def _drop(self, partition: str, gone: Sequence[Delete]) -> None:
        try:
            await self._table.write(partition, gone)
        except ConflictError:  # another notice named some of them
            if len(gone) > 1:
                for one in gone:
                    await self._drop(partition, [one])

    async def beat(self, what: str, at: datetime) -> None:
        """A timer did its work."""
        await self._table.write("beats", [Put(what, {"at": at.isoformat()})])

    async def beats(self) -> dict[str, datetime]:
        """When each timer last did its work."""
        return {
            row.key: datetime.fromisoformat(str(row.columns["at"]))
            async for row in self._table.query("beats")
        }


def _cut_off(channel: str) -> str:
    return f"cut-off:{channel}"


def _delivery(row: Row | None) -> Delivery:
    state = str(row.columns.get("state")) if row else "failed"
    known = {"sent": Delivery.DELIVERED, "failed": Delivery.NEW}
    return known.get(state, Delivery.INTERRUPTED)


def _newest_first(note: Note) -> str:
    return f"{99_999_999_999 - int(note.at.timestamp()):011d}:{short_hash(note.id)}"
