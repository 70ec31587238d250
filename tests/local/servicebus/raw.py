"""An AMQP client that says exactly what a test tells it to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from local.servicebus.amqp.frames import (
    AMQP_FRAME,
    AMQP_HEADER,
    Frame,
    FrameReader,
    encode_frame,
)
from local.servicebus.amqp.performatives import Code, read_code
from local.servicebus.codec import (
    Described,
    Encoded,
    UInt,
    Value,
    decode,
    described_list,
    skip,
)

_SOURCE, _TARGET = 0x28, 0x29
_WINDOW = UInt(65536)


class RawClient:
    """One connection; what comes in is kept as (code, fields, payload)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = FrameReader()
        self._pending: list[bytes | Frame] = []

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def say(self, code: int, *fields: Value, payload: bytes = b"") -> None:
        body = described_list(code, fields) + payload
        await self.send(encode_frame(AMQP_FRAME, 0, body))

    async def begin(self) -> None:
        """Open a connection and a session."""
        await self.send(AMQP_HEADER)
        await self.say(Code.OPEN, "raw")
        await self.say(Code.BEGIN, None, UInt(0), _WINDOW, _WINDOW)
        await self.expect(Code.OPEN)
        await self.expect(Code.BEGIN)

    async def attach(self, handle: int, path: str, *, receives: bool) -> list[Value]:
        """Ask for a link; the fields of the answer."""
        source = described_list(_SOURCE, (path if receives else None,))
        target = described_list(_TARGET, (None if receives else path,))
        modes = (None, None, Encoded(source), Encoded(target))
        await self.say(Code.ATTACH, f"link-{handle}", UInt(handle), receives, *modes)
        return (await self.expect(Code.ATTACH))[0]

    async def grant(self, handle: int, credit: int) -> None:
        """Let the broker send on a link."""
        session = (UInt(0), _WINDOW, UInt(0), _WINDOW)
        await self.say(Code.FLOW, *session, UInt(handle), UInt(0), UInt(credit))

    async def next(self) -> tuple[int, list[Value], bytes]:
        """The next performative. Raises EOFError when the broker has closed."""
        while not self._pending:
            data = await asyncio.wait_for(self._reader.read(65536), 30)
            if not data:
                raise EOFError
            self._pending += self._frames.feed(data)
        unit = self._pending.pop(0)
        if isinstance(unit, bytes):
            return await self.next()
        code, position = read_code(unit.body)
        fields, _ = decode(unit.body, position)
        assert isinstance(fields, list)
        return code, fields, bytes(unit.body[skip(unit.body, position) :])

    async def expect(self, code: Code) -> tuple[list[Value], bytes]:
        """The next performative of this kind; flows in between are of no interest."""
        while True:
            found, fields, payload = await self.next()
            if found == code:
                return fields, payload
            assert found == Code.FLOW, f"{Code(found).name} instead of {code.name}: {fields}"

    async def rest(self) -> bytes:
        """Everything up to the broker's end of the connection."""
        return await asyncio.wait_for(self._reader.read(), 30)


def condition(error: Value) -> Value:
    """The condition in an encoded error."""
    assert isinstance(error, Described)
    assert isinstance(error.value, list)
    return error.value[0]


@asynccontextmanager
async def raw_client(port: int) -> AsyncGenerator[RawClient]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
