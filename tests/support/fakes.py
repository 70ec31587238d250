"""The world as the pipeline sees it, in memory: an estate, a queue, channels, a clock."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

from msgspec.structs import replace

from shared.adapters.queue import Outgoing
from shared.adapters.store import Store
from shared.compute.base import Discovery
from shared.domain.alerts import Alert
from shared.domain.cleanup import Attributes, Loss, RepositoryContents, TagEntry
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError, Observation, Unavailable
from shared.domain.facts.beside import Elsewhere, TokenAnswers
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Neighbours,
    Reach,
    RegistryAnswer,
    RegistryError,
    RegistryProfile,
    Replications,
    Sku,
)
from shared.domain.facts.workload import (
    Egress,
    IdentityKind,
    PullIdentity,
    PullState,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.forecast import SeenPlan, of_pull
from shared.domain.images import Digest, ImageReference, Platform, parse_reference
from shared.domain.pulls import Compute, Pull, Registry, Workload
from shared.domain.removals import Removal
from shared.notify.base import DeliveryError, UnansweredError
from shared.pipeline.services import Services
from shared.registry.base import (
    NOTHING_KNOWN,
    Contents,
    NotPermittedError,
    Registries,
    Removed,
    TagListing,
)
from shared.settings import Settings
from tests.support.memory_tables import MemoryTables

LOGIN_SERVER = "contoso.azurecr.io"
REGISTRY = Registry(
    LOGIN_SERVER,
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso",
)
START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(days=365)


def digest(seed: int) -> Digest:
    """A digest that is easy to tell apart."""
    return Digest(f"sha256:{seed:064x}")


def workload(name: str) -> Workload:
    """A container app."""
    return Workload(
        f"/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/{name}",
        Compute.CONTAINER_APPS,
        name,
    )


def pull(name: str, image: str) -> Pull:
    """A container app that pulls an image of the registry."""
    return Pull(workload(name), parse_reference(f"{LOGIN_SERVER}/{image}"))


class FakeClock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def pass_by(self, **parts: float) -> None:
        self.at += timedelta(**parts)


class FakeRegistry:
    """A registry that holds tags; ``status`` other than 200 is what it answers to everything.

    ``busy`` are repositories that are throttled.
    """

    def __init__(self) -> None:
        self.tagged: dict[tuple[str, str], Digest] = {}
        self.status = 200
        self.busy: set[str] = set()
        self.blind = ""
        self.listings = 0
        self.stamps = 0
        self.pages = 1
        self.asked: list[str] = []
        self.hidden: dict[tuple[str, str], Digest] = {}
        self.logged: list[Removal] = []
        self.known: dict[Digest, ImageContent] = {}
        self.crash: Exception | None = None
        self.plan = SeenPlan()
        self.losses: list[Loss] = []
        self.plans_read = 0
        self.locked: dict[tuple[str, str], Attributes] = {}
        self.locks_read = 0
        self.may_lock = True
        self.dies_after_lock = False

    async def cleanup(self, registry: Registry) -> SeenPlan:
        assert registry == REGISTRY
        self.plans_read += 1
        if self.blind:
            raise CouldNotLookError(self.blind)
        return self.plan

    async def locks(self, registry: Registry, repository: str, reference: str) -> Attributes | None:
        assert registry == REGISTRY
        self.locks_read += 1
        if self.blind:
            raise CouldNotLookError(self.blind)
        there = reference in self.tagged.values() or (repository, reference) in self.tagged
        return self.locked.get((repository, reference), Attributes()) if there else None

    async def lock(
        self, registry: Registry, repository: str, reference: str, *, delete_enabled: bool
    ) -> None:
        assert registry == REGISTRY
        if not self.may_lock:
            raise NotPermittedError("no right to lock", ("az role assignment create",))
        before = self.locked.get((repository, reference), Attributes())
        self.locked[repository, reference] = replace(before, delete_enabled=delete_enabled)
        if self.dies_after_lock:
            raise ConnectionError("the process died")

    async def registries(self) -> Registries:
        return Registries((REGISTRY,))

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        if self.crash:
            raise self.crash
        self.known |= known
        return {pull: self._facts(pull.image) for pull in pulls}

    async def health(
        self, host: str, repository: str, in_use: Collection[str] = ()
    ) -> tuple[Observation, ...]:
        if self.crash:
            raise self.crash
        answer = Answer(reach=Reach.ANSWERED, status=self.status)
        return *self._rest(), TokenAnswers(refresh=answer, access=answer, repository=repository)

    def _facts(self, image: ImageReference) -> tuple[Observation, ...]:
        if self.blind:
            blind = Unavailable.of(CleanupForecast, self.blind)
            return (Unavailable.of(ManifestAnswer, self.blind), *self._rest(), blind)
        found = self._find(image)
        status = self.status if self.status != 200 else 200 if found else 404
        if image.repository in self.busy:
            status = 429
        errors = (RegistryError("MANIFEST_UNKNOWN", "not found"),) if status == 404 else ()
        answer = Answer(reach=Reach.ANSWERED, status=status, errors=errors)
        manifest = ManifestAnswer(answer=answer, digest=found or Digest(""), media_type="m")
        near = Neighbours(repository_exists=True, tags=tuple(t for _, t in self.tagged))
        more = (near,) if status == 404 else _content(found) if found and status == 200 else ()
        return (manifest, *self._rest(), *more, self._forecast(image))

    def _forecast(self, image: ImageReference) -> CleanupForecast:
        losses = tuple(one for one in self.losses if one.repository == image.repository)
        whole = CleanupForecast(until=START + timedelta(days=7), losses=losses)
        found = self._find(image)
        return of_pull(whole, image.tag, {found} if found else (), by_digest=bool(image.digest))

    def _find(self, image: ImageReference) -> Digest | None:
        if image.digest:
            return image.digest if image.digest in self.tagged.values() else None
        held = self.tagged | self.hidden
        return held.get((image.repository, image.tag))

    def _rest(self) -> tuple[Observation, ...]:
        return (
            RegistryProfile(
                resource_id=REGISTRY.resource_id,
                login_server=LOGIN_SERVER,
                name="contoso",
                region="westeurope",
                sku=Sku.PREMIUM,
                anonymous_pull=True,
            ),
            MonitorAccess(
                Answer(reach=Reach.ANSWERED, status=200), actions=("pull", "metadata_read")
            ),
            Replications(replicas=()),
            LoginServerAddress(LOGIN_SERVER, exists=True, addresses=("20.0.0.1",)),
            RegistryAnswer(LOGIN_SERVER, Answer(reach=Reach.ANSWERED, status=401), challenged=True),
        )

    async def catalog(self, registry: Registry) -> tuple[str, ...]:
        assert registry == REGISTRY
        if self.blind:
            raise CouldNotLookError(self.blind)
        return tuple(sorted({repository for repository, _ in self.tagged}))

    async def contents(
        self, registry: Registry, repository: str, *, bodies: bool
    ) -> RepositoryContents:
        listed = (await self.tags(registry, repository)).tags or {}
        tags = tuple(TagEntry(name, digest, LONG_AGO) for name, digest in listed.items())
        return RepositoryContents(repository, tags)

    async def tags(self, registry: Registry, repository: str) -> TagListing:
        assert registry == REGISTRY
        self.listings += 1
        if self.blind or self.status != 200:
            raise CouldNotLookError(self.blind or f"status {self.status}")
        tags = {tag: found for (repo, tag), found in self.tagged.items() if repo == repository}
        return TagListing(repository, tags or None, orphans_known=True, pages=self.pages)

    async def stamp(self, registry: Registry, repository: str) -> str:
        self.stamps += 1
        if self.blind or self.status != 200:
            raise CouldNotLookError(self.blind or f"status {self.status}")
        held = sorted((t, d) for (repo, t), d in self.tagged.items() if repo == repository)
        return str(held) if held else ""

    async def present(
        self, registry: Registry, repository: str, references: Collection[str]
    ) -> Mapping[str, Digest]:
        self.asked += sorted(references)
        if self.blind or self.status != 200:
            raise CouldNotLookError(self.blind or f"status {self.status}")
        held = self.tagged | self.hidden
        tags = {tag: found for (repo, tag), found in held.items() if repo == repository}
        known = tags | {digest: digest for digest in tags.values()}
        return {one: known[one] for one in references if one in known}

    async def elsewhere(
        self, pull: Pull, digest: Digest, *, restorable: bool = False
    ) -> tuple[Observation, ...]:
        _ = pull, restorable
        return (Elsewhere(digest=digest, here=digest in self.tagged.values()),)

    async def removals(
        self, registries: Iterable[Registry], since: datetime, until: datetime
    ) -> Removed:
        assert [*registries] == [REGISTRY]
        rows = tuple(one for one in self.logged if since <= one.at <= until)
        return Removed(rows, (), frozenset({LOGIN_SERVER}) if self.logged else frozenset())


def _content(found: Digest) -> tuple[Observation, ...]:
    """One linux/amd64 image that is all there."""
    amd64 = (Platform("linux", "amd64"),)
    return (
        ManifestState(digest=found),
        ImageContent(digest=found, media_type="m", platforms=amd64),
    )


class FakePlatform:
    """A compute platform with some pulls, all of which are permitted."""

    compute = Compute.CONTAINER_APPS
    resource_types: tuple[str, ...] = ("Microsoft.App/containerApps",)

    def __init__(self) -> None:
        self.pulls: list[Pull] = []
        self.gaps: tuple[Gap, ...] = ()
        self.subscriptions = frozenset({"s"})
        self.identity = IdentityKind.ANONYMOUS

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        assert subscriptions in {(), ("other",)}
        return Discovery(tuple(self.pulls), self.gaps, self.subscriptions)

    async def observe(self, pull: Pull) -> tuple[Observation, ...]:
        return (
            PullIdentity(kind=self.identity),
            Egress(addresses=("52.0.0.1",)),
            RuntimePlatforms((Platform("linux", "amd64"),)),
            WorkloadState(state=PullState.RUNNING, instances=1),
        )


LONGEST_ID = 128
"""Characters of a message's id that Service Bus takes."""


class FakeQueue:
    """Queues that keep what was sent, and drop an id that they have seen."""

    def __init__(self) -> None:
        self.sent: dict[str, list[Outgoing]] = {}
        self.seen: set[tuple[str, str]] = set()
        self.down = False

    async def send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        if self.down:
            raise ConnectionError("the queue is down")
        if any(len(message.id) > LONGEST_ID for message in messages):
            raise ValueError(f"message_id cannot be longer than {LONGEST_ID} characters.")
        for message in messages:
            if (queue, message.id) not in self.seen:
                self.seen.add((queue, message.id))
                self.sent.setdefault(queue, []).append(message)

    def take(self, queue: str) -> list[Outgoing]:
        """Everything that waits in a queue; it is empty afterwards."""
        return self.sent.pop(queue, [])


@dataclass
class FakeChannel:
    """A channel that keeps what it was told; ``fails`` are the errors of the next sends."""

    name: ClassVar[str] = "fake"
    heard: list[Alert] = field(default_factory=list)
    fails: list[DeliveryError | UnansweredError] = field(default_factory=list)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        _ = settings
        return cls()

    def book(self) -> float:
        return 0.0

    async def send(self, alert: Alert) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.heard.append(alert)


@dataclass
class World:
    """Everything outside, and the services over it."""

    registry: FakeRegistry = field(default_factory=FakeRegistry)
    platform: FakePlatform = field(default_factory=FakePlatform)
    queue: FakeQueue = field(default_factory=FakeQueue)
    channel: FakeChannel = field(default_factory=FakeChannel)
    clock: FakeClock = field(default_factory=FakeClock)
    tables: MemoryTables = field(default_factory=MemoryTables)
    settings: Settings = field(default_factory=lambda: Settings(service_bus="x", tables="x"))

    @property
    def services(self) -> Services:
        return Services(
            settings=self.settings,
            registry=self.registry,
            platforms=(self.platform,),
            store=Store.on(self.tables),
            queue=self.queue,
            channels=(self.channel,),
            now=self.clock,
            age=timedelta(seconds=self.settings.cache_seconds),
            anew=lambda: dataclasses.replace(self.services, age=timedelta()),
        )

    def deploy(self, name: str, image: str, seed: int = 1) -> Pull:
        """A workload whose image exists."""
        wanted = pull(name, image)
        self.platform.pulls.append(wanted)
        self.hold(image, seed)
        return wanted

    def hold(self, image: str, seed: int = 1) -> None:
        """The registry holds an image."""
        repository, _, tag = image.partition(":")
        self.registry.tagged[repository, tag] = digest(seed)

    def lose(self, images: Iterable[str]) -> None:
        """The registry loses tags without a word."""
        for image in images:
            repository, _, tag = image.partition(":")
            del self.registry.tagged[repository, tag]
