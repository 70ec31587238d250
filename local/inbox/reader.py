"""Reads the inbox of a running stack from another process."""

import aiohttp
import msgspec
from msgspec import Struct

from local.inbox.messages import Message


class Answer(Struct, frozen=True):
    """The body of `GET /messages`."""

    last: int
    messages: list[Message]


class Reader:
    """A client of the inbox's page."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def messages(
        self, after: int = 0, *, wait: float = 0.0, channel: str = ""
    ) -> list[Message]:
        """The messages after this number; with `wait`, up to so many seconds for the first."""
        query = {"after": str(after), "wait": str(wait), "channel": channel}
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}/messages", params=query, raise_for_status=True) as answer,
        ):
            return msgspec.json.decode(await answer.read(), type=Answer).messages
