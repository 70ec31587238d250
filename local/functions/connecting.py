"""Receivers of the Service Bus SDK: opened and closed within a time, their errors sorted."""

import asyncio
import logging
from collections.abc import Awaitable

from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    MessageNotFoundError,
)

_LOG = logging.getLogger("local.functions.service_bus")

# Several tasks of the SDK may want one socket, and who reads holds it for so long. The default of
# 0.2 s would be felt when a keep-alive meets a message; less costs CPU while idle.
_SOCKET_TIMEOUT = 0.05
_OPEN_SECONDS = 20.0
_CLOSE_SECONDS = 5.0


class ConnectionBrokenError(Exception):
    """The operation did not get through; the broker may or may not have carried it out."""


class LockGoneError(Exception):
    """The message is no longer ours: its lock expired or it is settled."""


def new_client(connection_string: str) -> ServiceBusClient:
    """A client without retries: those of the SDK are not made for several tasks on a receiver."""
    return ServiceBusClient.from_connection_string(connection_string, retry_total=0)


async def open_receiver(
    client: ServiceBusClient, queue: str, prefetch: int = 0
) -> ServiceBusReceiver:
    """Open a receiver, with a connection of its own. Raises ConnectionBrokenError."""
    receiver = client.get_queue_receiver(
        queue, prefetch_count=prefetch, socket_timeout=_SOCKET_TIMEOUT
    )
    try:
        async with asyncio.timeout(_OPEN_SECONDS):
            await translated(receiver.__aenter__())
    except TimeoutError:
        await close_quietly(receiver.close())
        raise ConnectionBrokenError(f"no answer within {_OPEN_SECONDS:g} s") from None
    except BaseException:
        await close_quietly(receiver.close())
        raise
    return receiver


async def translated[T](operation: Awaitable[T]) -> T:
    """Await an operation of the SDK. Raises LockGoneError or ConnectionBrokenError."""
    try:
        return await operation
    except (MessageLockLostError, MessageAlreadySettled, MessageNotFoundError) as problem:
        raise LockGoneError(str(problem)) from problem
    except Exception as problem:
        # A torn connection surfaces as nearly anything, AttributeError included.
        raise ConnectionBrokenError(_first_line(problem)) from problem


async def close_quietly(closing: Awaitable[None]) -> None:
    """Close what may be broken already, without waiting for ever."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await closing
    except Exception as problem:  # noqa: BLE001 (it is being given up, whatever it says)
        _LOG.debug("closing: %s", problem)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
