"""A running stack as tests see it: its HTTP surface, its queues, its inbox, its verbs.

Everything waits for a condition; nothing waits for luck.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, override

import aiohttp

from local import azurite
from local.inbox.messages import Message
from local.servicebus import connection_string
from local.stack import Stack
from local.story.scene import headline, readable
from local.wiring import QUEUES as DEPLOYED
from shared.adapters.tables import AzureTables
from tests.support.queues import Queues
from tests.support.waiting import PAUSE, patience, wait_until

BY_HAND = {"WATCH_SCHEDULE": "0 0 0 1 1 *", "SWEEP_SCHEDULE": "0 0 0 1 1 *"}
"""Settings of stacks whose timers are run by their tests only."""

type Json = dict[str, Any]


class Unsubscribed(Stack):
    """A stack whose registries tell nobody: its tests deliver the events."""

    @override
    async def subscribe(self) -> None:
        """Leave it to the tests."""


@dataclass(frozen=True)
class Answer:
    """What an HTTP function answered."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any = None


@dataclass
class Live:
    """A running stack, and what tests keep open to it."""

    stack: Stack
    queues: Queues
    http: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    @classmethod
    @asynccontextmanager
    async def on(cls, stack: Stack) -> AsyncIterator[Self]:
        """Start a stack for as long as the block lasts."""
        async with stack:
            live = cls(stack, Queues(connection_string(stack.addresses.servicebus)))
            try:
                yield live
            finally:
                await live.queues.close()
                await live.http.close()

    async def call(
        self, method: str, path: str, *, key: str | None = None, **request: Any
    ) -> Answer:
        """Call the Functions host, with the function key unless another one is given."""
        if key is None:
            key = self.stack.keys.function_keys["default"]
        headers = {"x-functions-key": key, **request.pop("headers", {})}
        url = f"{self.stack.url}{path}"
        async with self.http.request(method, url, headers=headers, **request) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            body = await answer.json() if is_json and text else None
            return Answer(answer.status, answer.headers, text, body)

    async def ask(self, **question: str) -> list[Json]:
        """An on-demand check, followed until its diagnoses are there."""
        answer = await self.call("POST", "/api/checks", json=question)
        if answer.status == 202:
            return await self.followed(answer.headers["Location"])
        assert answer.status == 200, answer
        return _diagnoses(answer)

    async def followed(self, location: str) -> list[Json]:
        """The diagnoses of a check that is answered later."""

        async def answered() -> bool:
            return (await self.call("GET", location)).status != 202

        await wait_until(answered, f"{location} was not answered")
        answer = await self.call("GET", location)
        assert answer.status == 200, answer
        return _diagnoses(answer)

    async def ask_until(self, root: str | None, **question: str) -> Json:
        """Ask until the first diagnosis has this root cause: moments old answers are reused."""
        seen: set[str | None] = set()
        async with patience(lambda: f"the root did not become {root}, but {seen}"):
            while True:
                found = (await self.ask(**question))[0]
                if (code := (found["root"] or {}).get("code")) == root:
                    return found
                seen.add(code)
                await asyncio.sleep(PAUSE)

    async def run(self, function: str) -> None:
        """Have a timer function run now, through the admin API; it may take its time."""
        path = f"/admin/functions/{function}"
        answer = await self.call("POST", path, key=self.stack.keys.master_key, json={"input": ""})
        assert answer.status == 202, answer

    async def swept(self) -> None:
        """Sweep, and wait for the report: then everything deployed is in the index."""
        after = await self.newest()
        await self.run("sweep")
        await self.card("Nightly report", after=after)
        await self.mail("Nightly report", after=after)

    async def watched(self) -> None:
        """Have the watch look once, from its beginning to its end."""
        before = _last(await self.health(), "watch")

        async def ended() -> bool:
            return _last(await self.health(), "watch") != before

        await self.run("watch")
        await wait_until(ended, "the watch did not end")

    async def health(self) -> Json:
        """What the app says of itself."""
        answer = await self.call("GET", "/api/health")
        assert isinstance(answer.body, dict), answer
        return answer.body

    async def post_event(self, event: object, **options: Any) -> Answer:
        """Deliver to the Event Grid webhook, as Event Grid does."""
        query = self.stack.event_endpoint.removeprefix(self.stack.url)
        headers = {"aeg-event-type": "Notification", **options.pop("headers", {})}
        content = {} if "data" in options else {"json": event}
        return await self.call("POST", query, key="", headers=headers, **content, **options)

    async def delivered(self, event: object) -> None:
        """Deliver until it is accepted, as Event Grid does."""

        async def accepted() -> bool:
            return (await self.post_event(event)).status == 202

        await wait_until(accepted, "the event was never accepted")

    async def do(self, verb: str, **arguments: object) -> Json:
        """Edit the estate, or act on a registry."""
        return await self.stack.control.do(verb, **arguments)

    @asynccontextmanager
    async def tables(self) -> AsyncIterator[AzureTables]:
        """What the app keeps, by the app's own adapter."""
        connection = azurite.connection_string(self.stack.addresses.tables)
        tables = AzureTables(connection=connection, credential=None)
        try:
            yield tables
        finally:
            await tables.close()

    async def newest(self) -> int:
        """The number of the newest message in the inbox: wait for what comes after it."""
        return max((message.number for message in await self.stack.inbox.messages()), default=0)

    async def card(self, *words: str, after: int = 0) -> Message:
        """The first Teams card after a message that holds all these words."""
        return await self._message("teams", words, after)

    async def mail(self, *words: str, after: int = 0) -> Message:
        """The first mail after a message that holds all these words."""
        return await self._message("smtp", words, after)

    async def cards(self, *words: str, channel: str = "teams") -> list[Message]:
        """All Teams cards up to now that hold all these words."""
        return _with(await self.stack.inbox.messages(channel=channel), words)

    async def idle(self) -> None:
        """Wait until no job and no alert is due or being worked on; later ones may wait."""

        async def empty() -> bool:
            return not await self.queues.due()

        await wait_until(empty, "the queues did not become empty")

    async def until(
        self, what: str, condition: Callable[[list[Message]], bool], after: int = 0
    ) -> list[Message]:
        """Wait until what arrived after a message is as it should be; that is the answer."""
        seen: list[Message] = []
        async with patience(
            lambda: f"{what}; seen: {len(seen)} {[headline(m) for m in seen[-9:]]}"
        ):
            while not condition(seen):
                latest = seen[-1].number if seen else after
                seen += await self.stack.inbox.messages(latest, wait=5)
        return seen

    async def _message(self, channel: str, words: tuple[str, ...], after: int) -> Message:
        def missing() -> str:
            return f"no {channel} message with {words}; seen: {[headline(m) for m in seen]}"

        seen: list[Message] = []
        async with patience(missing):
            while not (found := _with(seen, words)):
                latest = seen[-1].number if seen else after
                seen += await self.stack.inbox.messages(latest, wait=5, channel=channel)
        return found[0]


def write_queues(folder: Path, *, lock_seconds: float) -> Path:
    """A queue file like the deployed one, but with locks that a crash holds for moments only."""
    queues = [{**queue, "lock_seconds": lock_seconds} for queue in json.loads(DEPLOYED.read_text())]
    file = folder / "queues.json"
    file.write_text(json.dumps(queues))
    return file


def _with(messages: Iterable[Message], words: tuple[str, ...]) -> list[Message]:
    return [m for m in messages if all(word in readable(m) for word in words)]


def _diagnoses(answer: Answer) -> list[Json]:
    diagnoses: list[Json] = answer.body["diagnoses"]
    return diagnoses


def _last(health: Json, name: str) -> str | None:
    beats = {beat["name"]: beat["last"] for beat in health["heartbeats"]}
    last: str | None = beats[name]
    return last
