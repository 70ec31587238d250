"""The listening socket, and the turns: read, decide, make durable, answer."""

import asyncio
import logging

from local.servicebus.amqp.connection import Connection
from local.servicebus.broker import Broker
from local.servicebus.store import StoreError

_LOGGER = logging.getLogger(__name__)

_LONGEST_WAIT_SECONDS = 1.0
"""A clock that is set, or a machine that slept, is noticed at the latest after this."""


class Server:
    """Serves a broker over plain TCP.

    Everything that clients say within one turn of the event loop is carried out, then made durable
    in one go, and only then answered.
    """

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connections: set[Connection] = set()
        self._touched: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._turn: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._halted = False

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self), host, port)
        self._schedule()
        return int(self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, finish the turn and drop all connections."""
        if self._listener is not None:
            self._listener.close()
        self._end_turn()
        self._halt()

    # See Hub

    def opened(self, connection: Connection) -> None:
        """A client connected."""
        self._connections.add(connection)

    def touch(self, connection: Connection) -> None:
        """Flush the connection at the end of this turn."""
        self._touched.add(connection)
        self._schedule()

    def closed(self, connection: Connection) -> None:
        """A client is gone; what it waited for may go to another."""
        self._connections.discard(connection)
        self._touched.discard(connection)
        self._schedule()

    # Turns

    def _schedule(self) -> None:
        if self._turn is None and not self._halted:
            self._turn = asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self) -> None:
        if self._halted:
            return
        try:
            self.broker.tick()
            self.broker.pump()
            while self._touched:
                self._touched.pop().flush()
            self._set_timer()
        except StoreError as error:
            _LOGGER.critical("the broker stops: %s", error)
            self._give_up(error)
        except Exception as mistake:
            # A mistake of ours. Without another turn the broker would be deaf, and say nothing.
            _LOGGER.critical("the broker stops", exc_info=True)
            self._give_up(mistake)
        self._turn = None

    def _give_up(self, error: Exception) -> None:
        # What could not be written must not be answered: clients send it again to the next broker.
        self.failed.set_exception(error)
        self._halt()

    def _halt(self) -> None:
        self._halted = True
        for handle in (self._turn, self._timer):
            if handle is not None:
                handle.cancel()
        for connection in list(self._connections):
            connection.abort()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.broker.next_deadline()
        if deadline is not None:
            wait = (deadline - self.broker.clock()) / 1000
            delay = min(max(wait, 0.0), _LONGEST_WAIT_SECONDS)
            self._timer = asyncio.get_running_loop().call_later(delay, self._schedule)
