"""Service Bus triggers: peek-lock over the unmodified SDK, one open receiver a function.

A message goes from the socket to its function without a pause: while the function has room for
another call the receiver waits with a credit of one. It never asks for more at once, since the SDK
holds a batch back for 200 ms to see whether it grows.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from azure.servicebus import ServiceBusReceivedMessage

from local.functions.connecting import ConnectionBrokenError, LockGoneError
from local.functions.errors import StartupError
from local.functions.invoker import Invoker
from local.functions.message import message_body, message_metadata
from local.functions.receiving import Receiving
from local.functions.settings import ServiceBusOptions
from local.functions.settling import Settling
from local.functions.triggers import Function, ServiceBusTrigger
from local.functions.worker import Call

_LOG = logging.getLogger("local.functions.service_bus")

_RENEW_AHEAD = timedelta(seconds=10)
_RETRY_SECONDS = 0.5


def connection_string(function: str, trigger: ServiceBusTrigger, env: Mapping[str, str]) -> str:
    """The setting that the binding names. Raises StartupError where it is missing or no string."""
    where = f"of the serviceBusTrigger binding of function {function}"
    for name in (f"AzureWebJobs{trigger.connection}", trigger.connection):
        if name not in env:
            continue
        if "endpoint=sb://" not in env[name].lower():
            raise StartupError(f"the setting {name} (connection {where}) is no connection string")
        return env[name]
    raise StartupError(f"the setting {trigger.connection} (connection {where}) is missing")


class QueueListener:
    """Feeds the messages of one queue to one function."""

    def __init__(
        self,
        function: Function,
        trigger: ServiceBusTrigger,
        connection: str,
        options: ServiceBusOptions,
        invoker: Invoker,
    ) -> None:
        self._function = function
        self._trigger = trigger
        self._receiving = Receiving(connection, trigger.queue_name, options.prefetch_count)
        self._settling = Settling(connection, trigger.queue_name)
        self._options = options
        self._invoker = invoker
        self._room = asyncio.Semaphore(options.max_concurrent_calls)
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen; a broker that is not there yet is waited for."""
        self._listening = asyncio.create_task(self._listen())

    async def listening(self) -> None:
        """Wait until messages can arrive."""
        await self._receiving.opened()

    async def stop(self) -> None:
        """Take no more messages; those whose function runs can still be settled."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def close(self) -> None:
        """Give back messages that no function has, and close the connection."""
        await asyncio.gather(self._receiving.close(), self._settling.close())

    async def _listen(self) -> None:
        await asyncio.gather(self._settling.prepare(), self._receive())

    async def _receive(self) -> None:
        while True:
            await self._room.acquire()
            messages = await self._receiving.next()
            for message in messages:
                self._invoker.start(self._process(message))
            if not messages:
                self._room.release()

    async def _process(self, message: ServiceBusReceivedMessage) -> None:
        renewing = asyncio.create_task(self._renew(message))
        succeeded = False
        try:
            body = message_body(message, binary=self._trigger.data_type == "BINARY")
            call = Call(self._trigger.name, body, message_metadata(message))
            succeeded = (await self._invoker.invoke(self._function, call)).ok
        finally:
            self._room.release()
            renewing.cancel()
            await self._settle(message, succeeded=succeeded)

    async def _settle(self, message: ServiceBusReceivedMessage, *, succeeded: bool) -> None:
        """Complete, or abandon (it is delivered again at once), however often the broker goes."""
        if succeeded and not self._options.auto_complete_messages:
            return
        settle = self._settling.complete if succeeded else self._settling.abandon
        while True:
            try:
                async with asyncio.timeout(_seconds_left(message)):
                    await settle(message)
            except (LockGoneError, TimeoutError):
                _LOG.warning("lost the lock of message %r: it will come again", message.message_id)
            except ConnectionBrokenError as problem:
                _LOG.debug("settling %r: %s", message.message_id, problem)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            return

    async def _renew(self, message: ServiceBusReceivedMessage) -> None:
        """Keep the lock up to maxAutoLockRenewalDuration, as the .NET processor does."""
        until = datetime.now(UTC) + self._options.lock_renewal
        while datetime.now(UTC) < until:
            left = timedelta(seconds=_seconds_left(message))
            await asyncio.sleep((left - min(left / 2, _RENEW_AHEAD)).total_seconds())
            try:
                await self._settling.renew(message)
            except LockGoneError:
                return
            except ConnectionBrokenError as problem:
                _LOG.debug("renewing the lock of %r: %s", message.message_id, problem)
                await asyncio.sleep(_RETRY_SECONDS)


def _seconds_left(message: ServiceBusReceivedMessage) -> float:
    until = message.locked_until_utc
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else 0.0
