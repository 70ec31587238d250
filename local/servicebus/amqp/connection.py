"""A connection: protocol headers, SASL, open and close, and the frames of its sessions."""

import asyncio
import logging
from typing import Protocol

from local.servicebus.amqp.frames import (
    AMQP_FRAME,
    AMQP_HEADER,
    MAX_FRAME_BYTES,
    MIN_FRAME_BYTES,
    SASL_FRAME,
    SASL_HEADER,
    Frame,
    FrameReader,
    FramingError,
    encode_frame,
)
from local.servicebus.amqp.opening import Opener
from local.servicebus.amqp.performatives import (
    Begin,
    Code,
    Open,
    error,
    performative,
    read,
    read_code,
)
from local.servicebus.amqp.session import Session
from local.servicebus.broker import Broker
from local.servicebus.codec import Array, DecodeError, Symbol, UByte, UInt, UShort
from local.servicebus.errors import BrokerError

_LOGGER = logging.getLogger(__name__)

_CONTAINER = "local-servicebus"
_CHANNEL_MAX = 4999
_SYMBOLS = 0xB3
_MECHANISMS = tuple(Symbol(name) for name in ("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL"))
_SASL_OK = 0
_UNREAD_BYTES = 1024 * 1024
"""With more than this unread a client gets no further messages."""
_MAX_UNREAD_BYTES = 64 * 1024 * 1024
"""With more than this unread (answers, in the main) a client is dropped."""


class Hub(Protocol):
    """What a connection needs of the server."""

    broker: Broker

    def opened(self, connection: "Connection") -> None:
        """A client connected."""

    def touch(self, connection: "Connection") -> None:
        """Flush the connection at the end of this turn."""

    def closed(self, connection: "Connection") -> None:
        """A client is gone."""


class Connection(asyncio.Protocol):
    """One client. What it is sent is held until `flush`: by then it is true on the disk too."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._opener = Opener(hub.broker)
        self._reader = FrameReader()
        self._outgoing: list[bytes] = []
        self._sessions: dict[int, Session] = {}
        self._transport: asyncio.Transport | None = None
        self._max_frame_bytes = MIN_FRAME_BYTES
        self._keeps_up = True
        self._open = False
        self._closing = False

    # From the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream transport is needed")
        transport.set_write_buffer_limits(high=_UNREAD_BYTES)
        self._transport = transport
        self._hub.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """See asyncio.Protocol."""
        self._transport = None
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        self._hub.closed(self)

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        self._keeps_up = False

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._keeps_up = True
        self._hub.touch(self)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol. Whatever is wrong with the bytes ends this connection only."""
        self._hub.touch(self)
        try:
            for unit in self._reader.feed(data):
                if self._closing:
                    break
                self._handle(unit)
        except FramingError as invalid:
            self._fail("amqp:connection:framing-error", str(invalid))
        except DecodeError as invalid:
            self._fail("amqp:decode-error", str(invalid))
        except Exception as mistake:
            # A mistake of ours must not end the other connections.
            _LOGGER.exception("connection ends with an internal error")
            self._fail("amqp:internal-error", type(mistake).__name__)

    # To the client

    def flush(self) -> None:
        """Send everything that was held back."""
        for session in self._sessions.values():
            session.flush()
        transport, outgoing, self._outgoing = self._transport, self._outgoing, []
        if transport is None:
            return
        if outgoing:
            transport.write(b"".join(outgoing))
        if self._closing:
            transport.close()
        elif transport.get_write_buffer_size() > _MAX_UNREAD_BYTES:
            _LOGGER.warning("a client that does not read its answers is dropped")
            transport.abort()

    def abort(self) -> None:
        """End the connection at once; what was held back is never sent."""
        self._outgoing.clear()
        if self._transport is not None:
            self._transport.abort()

    def _send(self, channel: int, body: bytes, kind: int = AMQP_FRAME) -> None:
        self._outgoing.append(encode_frame(kind, channel, body))
        self._hub.touch(self)

    def _fail(self, condition: str, description: str) -> None:
        _LOGGER.info("connection ends: %s: %s", condition, description)
        if self._open:
            self._send(0, performative(Code.CLOSE, error(BrokerError(condition, description))))
        self._closing = True

    # What the client says

    def _handle(self, unit: bytes | Frame) -> None:
        if isinstance(unit, bytes):
            self._on_header(unit)
        elif unit.kind == SASL_FRAME:
            self._on_sasl(unit)
        elif unit.body:
            self._on_frame(unit)

    def _on_header(self, header: bytes) -> None:
        if header not in (SASL_HEADER, AMQP_HEADER):
            # The specification's way to say which protocol would have been right.
            self._outgoing.append(SASL_HEADER)
            self._closing = True
            return
        self._outgoing.append(header)
        if header == SASL_HEADER:
            offered = performative(Code.SASL_MECHANISMS, Array(_SYMBOLS, _MECHANISMS))
            self._send(0, offered, SASL_FRAME)

    def _on_sasl(self, frame: Frame) -> None:
        code, _ = read_code(frame.body)
        if code == Code.SASL_INIT:
            self._send(0, performative(Code.SASL_OUTCOME, UByte(_SASL_OK)), SASL_FRAME)

    def _on_frame(self, frame: Frame) -> None:
        code, position = read_code(frame.body)
        match code:
            case Code.OPEN:
                self._on_open(read(frame.body, position, Open))
            case Code.BEGIN:
                self._on_begin(frame.channel, read(frame.body, position, Begin))
            case Code.END:
                self._on_end(frame.channel)
            case Code.CLOSE:
                self._send(0, performative(Code.CLOSE))
                self._closing = True
            case _ if frame.channel in self._sessions:
                self._sessions[frame.channel].handle(code, frame.body, position)
            # pyamqp detaches its links once more after the end of their session: not an error.

    def _on_open(self, opened: Open) -> None:
        asked = MAX_FRAME_BYTES if opened.max_frame_size is None else opened.max_frame_size
        self._max_frame_bytes = max(MIN_FRAME_BYTES, min(asked, MAX_FRAME_BYTES))
        self._open = True
        # No idle time-out: the SDK's sync client only sends heartbeats while it is being called.
        limits = (UInt(MAX_FRAME_BYTES), UShort(_CHANNEL_MAX))
        self._send(0, performative(Code.OPEN, _CONTAINER, None, *limits))

    def _on_begin(self, channel: int, begin: Begin) -> None:
        if not self._open:
            raise FramingError("a begin before the open")
        if channel in self._sessions:
            self._sessions[channel].close()
        self._sessions[channel] = Session(
            begin,
            channel,
            self._opener,
            send=lambda body: self._send(channel, body),
            keeps_up=lambda: self._keeps_up,
            max_frame_bytes=self._max_frame_bytes,
        )

    def _on_end(self, channel: int) -> None:
        session = self._sessions.pop(channel, None)
        if session is not None:
            session.close()
            self._send(channel, performative(Code.END))
