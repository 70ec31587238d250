"""One aiohttp session per lane, so that a sweep cannot take an urgent job's connections."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

from aiohttp import (
    BaseConnector,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)

from shared.settings import Settings

USER_AGENT = "pullwatch/0.1"


def _connector() -> BaseConnector:
    # the slots are the limit: a wait for one must not count as a time-out
    return TCPConnector(limit=0, keepalive_timeout=60)


async def bounded(response: ClientResponse, most: int) -> bytes | None:
    """The body of an answer; None where it has more than so many bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def without_netrc(session: ClientSession) -> ClientSession:
    """
    The same session, which takes proxies from the environment and no passwords.

    aiohttp's trust_env means ~/.netrc too: a password of it would go to whatever host it names,
    or to any with ``default``, and our own tokens are refused beside it.
    """
    session._get_netrc_auth = _nobody  # type: ignore[method-assign]  # noqa: SLF001 - no public way
    return session


def _nobody(host: str) -> None:
    del host


class Lane(StrEnum):
    """Urgent work and sweeps share no queue and no connections (bulkhead)."""

    URGENT = "urgent"
    BULK = "bulk"


class Http:
    """
    The outgoing connections of one lane. Proxies and certificates come from the environment.

    Nothing is opened before the first request, so it can be made outside an event loop.
    """

    def __init__(
        self,
        settings: Settings,
        lane: Lane,
        connector: Callable[[], BaseConnector] = _connector,
    ) -> None:
        """Take the lane's number of connections from the settings."""
        self.lane = lane
        self._connector = connector
        self._timeout = settings.request_timeout_seconds
        self._slots = asyncio.Semaphore(
            settings.urgent_connections if lane is Lane.URGENT else settings.bulk_connections
        )
        self._session: ClientSession | None = None

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[ClientSession]:
        """
        Wait for one of the lane's connections, then use the session for one request.

        The wait does not count against the request's time-out.
        """
        async with self._slots:
            yield self.session()

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def session(self) -> ClientSession:
        """The session itself, for a client that is given one; take a `slot` for each request."""
        if self._session is None or self._session.closed:
            self._session = without_netrc(
                ClientSession(
                    connector=self._connector(),
                    timeout=ClientTimeout(total=self._timeout),
                    cookie_jar=DummyCookieJar(),
                    headers={"User-Agent": USER_AGENT},
                    trust_env=True,
                )
            )
        return self._session
