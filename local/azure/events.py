"""Event Grid: which operations on registries make events, and their delivery to webhooks.

Payloads and silence: learn.microsoft.com event-schema-container-registry and MicrosoftDocs
container-registry-webhook-reference.md ("not triggered when a tag is deleted"). Delivery: Event
Grid delivery-and-retry.md, in no order, at least once.
"""

import asyncio
import logging
import random
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

import aiohttp

from local.azure.event_payloads import Event, Schema, event_of, from_replicas, wire
from local.azure.operations import Operation
from local.azure.replicas import lag_in
from local.azure.world import World

RETRIES: Final = (10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200)
"""Seconds before each attempt after the first. The next one, after 12 hours more, would be past
the time to live of 24 hours; so the 30 attempts that are allowed are never made."""
DROPPED_AT_ONCE: Final = frozenset({400, 401, 403, 413})
DELIVERED: Final = frozenset({200, 201, 202, 203, 204})
ANSWER_WITHIN: Final = aiohttp.ClientTimeout(total=30)
ORIGIN: Final = "eventgrid.azure.net"
VALIDATION: Final = "Microsoft.EventGrid.SubscriptionValidationEvent"

LOOK: Final = 0.05
"""Seconds between two looks at whether a replica has caught up."""

log = logging.getLogger(__name__)


class HandshakeError(RuntimeError):
    """An endpoint that did not prove that it wants events."""


@dataclass
class Subscription:
    """Who gets the events of one registry, or of all when none is named."""

    endpoint: str
    registry: str = ""
    schema: Schema = "EventGridSchema"
    types: frozenset[str] = frozenset()
    """Event types wanted; none means all."""
    name: str = "pullwatch"

    def wants(self, event: Event) -> bool:
        """Whether an event is for this subscription."""
        here = self.registry in {"", event.registry}
        return here and (not self.types or event.type in self.types)


@dataclass(frozen=True)
class Attempt:
    """What became of one attempt to deliver an event."""

    event: str
    """Id of the event."""
    endpoint: str
    number: int
    status: int | None
    """None when there was no answer."""
    outcome: Literal["delivered", "again", "dropped"]


@dataclass
class Mischief:
    """What at-least-once delivery without order may do to a subscriber."""

    duplicates: float = 0.0
    """Share of the events that are delivered twice."""
    shuffle: float = 0.0
    """Each delivery is held back for up to so many seconds."""
    per_replica: bool = False
    """Each geo-replica tells of a push too, once it has it, under an id of its own and the same
    request id, as MicrosoftDocs container-registry-geo-replication.md says of webhooks."""
    seed: int = 0


@dataclass
class EventGrid:
    """Delivers the events of a world to its subscriptions.

    `scale` shortens the retry schedule: 0.001 makes 10 seconds 10 milliseconds.
    """

    world: World
    scale: float = 1.0
    mischief: Mischief = field(default_factory=Mischief)
    subscriptions: list[Subscription] = field(default_factory=list)
    attempts: deque[Attempt] = field(default_factory=lambda: deque(maxlen=10_000))
    dead: list[Event] = field(default_factory=list)
    """Events that were given up."""

    def __post_init__(self) -> None:
        """Listen to the world."""
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(self.mischief.seed)  # noqa: S311 (disorder, not a secret)
        self.world.hooks.append(self.publish)

    def mend(self) -> None:
        """Deliver once, in time and with the pauses of Azure again; subscriptions stay."""
        self.mischief, self.scale = Mischief(), 1.0

    async def subscribe(self, subscription: Subscription) -> None:
        """Add a subscription whose endpoint passes the handshake. Raises HandshakeError."""
        try:
            if subscription.schema == "EventGridSchema":
                await self._validate_by_code(subscription)
            else:
                await self._validate_by_origin(subscription)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise HandshakeError(f"{subscription.endpoint.partition('?')[0]}: {error}") from error
        self.subscriptions.append(subscription)

    def publish(self, operation: Operation) -> None:
        """Deliver the event of an operation, if it has one, to all who want it."""
        event = event_of(self.world, operation)
        if event is None:
            return
        copies = from_replicas(self.world, event) if self.mischief.per_replica else []
        for subscription in self.subscriptions:
            for each in filter(subscription.wants, [event, *copies]):
                self._start(subscription, each)
                if self._random.random() < self.mischief.duplicates:
                    self._start(subscription, each)

    def _start(self, subscription: Subscription, event: Event) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(subscription, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop; what is on its way is lost."""
        for task in list(self._tasks):
            task.cancel()
        await self.drain()
        if self._session:
            await self._session.close()

    async def _deliver(self, subscription: Subscription, event: Event) -> None:
        await self._replicated(event)
        await asyncio.sleep(self._random.random() * self.mischief.shuffle)
        for number, pause in enumerate((*RETRIES, None), start=1):
            status = await self._attempt(subscription, event, number)
            if status in DELIVERED:
                self._note(subscription, event, number, status, "delivered")
                return
            if pause is None or status in DROPPED_AT_ONCE:
                break
            self._note(subscription, event, number, status, "again")
            await asyncio.sleep(pause * self.scale)
        self._note(subscription, event, number, status, "dropped")
        self.dead.append(event)

    async def _replicated(self, event: Event) -> None:
        """A replica tells of a push when it has it; a verb may let it catch up before."""
        begun, registry = self.world.now(), self.world.registry(event.registry)
        location = event.data.get("location", "")
        while lag_in(registry, location) > self.world.now() - begun:  # noqa: ASYNC110 - a clock
            await asyncio.sleep(LOOK)

    async def _attempt(self, subscription: Subscription, event: Event, number: int) -> int | None:
        headers = {
            "aeg-event-type": "Notification",
            "aeg-subscription-name": subscription.name.upper(),
            "aeg-delivery-count": str(number - 1),
            "aeg-data-version": "1.0",
            "aeg-metadata-version": "1",
        }
        body, content_type = wire(event, subscription.schema)
        try:
            async with self._client().post(
                subscription.endpoint, data=body, headers={**headers, "Content-Type": content_type}
            ) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("event %s not delivered: %s", event.id, error)
            return None

    def _note(
        self,
        subscription: Subscription,
        event: Event,
        number: int,
        status: int | None,
        outcome: Literal["delivered", "again", "dropped"],
    ) -> None:
        self.attempts.append(Attempt(event.id, subscription.endpoint, number, status, outcome))

    async def _validate_by_code(self, subscription: Subscription) -> None:
        code = str(uuid.uuid4())
        body = [
            {
                "id": str(uuid.uuid4()),
                "topic": subscription.registry,
                "subject": "",
                "data": {"validationCode": code},
                "eventType": VALIDATION,
                "eventTime": self.world.now().isoformat(),
                "metadataVersion": "1",
                "dataVersion": "2",
            }
        ]
        headers = {"aeg-event-type": "SubscriptionValidation"}
        async with self._client().post(
            subscription.endpoint, json=body, headers=headers
        ) as response:
            answer = await response.json(content_type=None) if response.status in DELIVERED else {}
        if not isinstance(answer, dict) or answer.get("validationResponse") != code:
            raise HandshakeError(f"{response.status}: the validation code did not come back")

    async def _validate_by_origin(self, subscription: Subscription) -> None:
        headers = {"WebHook-Request-Origin": ORIGIN}
        async with self._client().options(subscription.endpoint, headers=headers) as response:
            allowed = response.headers.get("WebHook-Allowed-Origin", "")
        if allowed not in {"*", ORIGIN}:
            raise HandshakeError(f"{response.status}: {ORIGIN} is not allowed")

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=ANSWER_WITHIN)
        return self._session
