"""Messages as they arrived, in memory and as lines of JSON in a file."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
from msgspec import Struct

Channel = Literal["teams", "smtp", "acs", "webhook"]


class Letter(Struct, frozen=True, kw_only=True):
    """What a sender handed over.

    `card` is the Adaptive Card of a Teams message. `failure` says why nobody was shown anything:
    Teams accepts a request first and fails afterwards, unseen by the sender.
    """

    channel: Channel
    sender: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    card: dict[str, Any] | None = None
    failure: str = ""


class Message(Letter, frozen=True, kw_only=True):
    """A letter that arrived. `number` counts from 1 in the order of arrival.

    `monotonic_ms` is the clock of time.monotonic(), which all processes of a machine share:
    what it took from a cause to this message can be told from it.
    """

    number: int
    received: datetime
    monotonic_ms: float


class Mailbox:
    """All messages; whoever waits for one is woken when it arrives."""

    def __init__(self, messages: Sequence[Message] = (), file: Path | None = None) -> None:
        self._messages = list(messages)
        self._file = file
        self._arrived = asyncio.Condition()

    @classmethod
    def open(cls, file: Path) -> Self:
        """The mailbox kept in a file, which need not exist yet.

        A last line that was cut off, by a kill for example, is left out.
        """
        if not file.exists():
            return cls(file=file)
        whole = file.read_bytes().rpartition(b"\n")[0]
        decoder = msgspec.json.Decoder(Message)
        return cls([decoder.decode(line) for line in whole.splitlines() if line], file)

    @property
    def last(self) -> int:
        """The number of the newest message; 0 when there is none."""
        return self._messages[-1].number if self._messages else 0

    async def add(self, letter: Letter) -> Message:
        """Keep what arrived."""
        message = Message(
            **msgspec.structs.asdict(letter),
            number=self.last + 1,
            received=datetime.now(UTC),
            monotonic_ms=time.monotonic() * 1000,
        )
        async with self._arrived:
            self._messages.append(message)
            self._append(message)
            self._arrived.notify_all()
        return message

    def after(self, number: int, channel: str = "") -> list[Message]:
        """The messages after this number, of one channel or of all."""
        newer = (message for message in self._messages if message.number > number)
        return [message for message in newer if channel in ("", message.channel)]

    async def wait(self, number: int, seconds: float, channel: str = "") -> list[Message]:
        """The same, waiting until there is one; none when the time is over."""
        try:
            async with asyncio.timeout(seconds), self._arrived:
                await self._arrived.wait_for(lambda: bool(self.after(number, channel)))
        except TimeoutError:
            return []
        return self.after(number, channel)

    def _append(self, message: Message) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(message) + b"\n")
