"""What the story acts with: the app's HTTP surface, the inbox, the verbs, a clock."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from local.inbox.messages import Message
from local.stack import Stack

PATIENCE = 30.0
"""Seconds that a step may take before it counts as failed."""

type Json = dict[str, Any]


class Step(Struct, frozen=True, kw_only=True):
    """One step of the story: what should be seen, what was seen, and how long it took."""

    name: str
    expected: str
    observed: str
    ok: bool
    seconds: float


class NotSeenError(Exception):
    """What a step expected did not come about; the message says what was seen instead."""


type Act = Callable[["Scene"], Awaitable[str]]


@dataclass
class Scene:
    """A running stack, seen from outside: nothing here looks into the app."""

    stack: Stack
    http: aiohttp.ClientSession
    seen: int = 0

    async def play(self, name: str, expected: str, act: Act) -> Step:
        """Play one step; whatever goes wrong is what was observed."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                observed, ok = await act(self), True
        except TimeoutError:
            observed, ok = f"nothing of the kind within {PATIENCE:.0f} s", False
        except (NotSeenError, aiohttp.ClientError, LookupError, ValueError) as why:
            observed, ok = str(why) or type(why).__name__, False
        seconds = round(time.monotonic() - started, 3)
        return Step(name=name, expected=expected, observed=observed, ok=ok, seconds=seconds)

    async def run(self, function: str) -> None:
        """Run a timer function now, as the portal's "Test/Run" does."""
        url = f"{self.stack.url}/admin/functions/{function}"
        headers = {"x-functions-key": self.stack.keys.master_key}
        async with self.http.post(url, json={"input": ""}, headers=headers) as answer:
            answer.raise_for_status()

    async def do(self, verb: str, **arguments: object) -> Json:
        """Edit the estate, or act on a registry."""
        return await self.stack.control.do(verb, **arguments)

    async def card(self, *words: str) -> Message:
        """The next Teams card that holds all these words."""
        return await self._message("teams", words)

    async def mail(self, *words: str) -> Message:
        """The next mail that holds all these words."""
        return await self._message("smtp", words)

    async def _message(self, channel: str, words: tuple[str, ...]) -> Message:
        after = self.seen
        while True:
            found = await self.stack.inbox.messages(after, wait=5, channel=channel)
            for message in found:
                after = message.number
                if all(word in readable(message) for word in words):
                    return message

    async def settle(self) -> None:
        """Forget the messages up to now: later steps look at later ones."""
        messages = await self.stack.inbox.messages()
        self.seen = max((message.number for message in messages), default=0)

    async def ask(self, **question: str) -> list[Json]:
        """An on-demand check; its diagnoses."""
        url = f"{self.stack.url}/api/checks"
        headers = {"x-functions-key": self.stack.keys.function_keys["default"]}
        async with self.http.post(url, json=question, headers=headers) as answer:
            body = await answer.json()
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                raise NotSeenError(f"the check was answered {answer.status}: {body}")
            diagnoses: list[Json] = body["diagnoses"]
            return diagnoses


def readable(message: Message) -> str:
    """Everything that a person reads in a message; escapes of Markdown do not count."""
    card = msgspec.json.encode(message.card).decode() if message.card else ""
    whole = f"{message.subject}\n{message.text}\n{card}"
    return whole.replace("\\\\", "").replace("\u2060", "")


def headline(message: Message) -> str:
    """What a notification of a message shows."""
    return str((message.card or {}).get("fallbackText") or message.subject)


def expect(condition: bool, otherwise: str) -> None:
    """Hold a step to what it promises. Raises NotSeenError."""
    if not condition:
        raise NotSeenError(otherwise)
