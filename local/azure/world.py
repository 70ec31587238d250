"""The live state of a simulated Azure: an estate that may be edited, content, time and counters."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from local.azure.clock import Clock
from local.azure.contents import lagging
from local.azure.contents.filling import fill
from local.azure.contents.model import Contents
from local.azure.contents.sweeping import sweep_retention, sweep_soft_deleted
from local.azure.faults import Faults
from local.azure.operations import Operation, Run
from local.estates.base import Resource
from local.estates.completing import data_endpoints
from local.estates.identity import Identity, RoleDefinition
from local.estates.model import Estate
from local.estates.network import Place
from local.estates.registry import Registry

HISTORY = 100_000
"""Operations remembered, for logs and metrics."""


@dataclass
class World:
    """Everything that lives. `estate` is edited in place; `contents` holds what registries store.

    Ages in the estate count back from the start of the clock.
    """

    estate: Estate
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    contents: dict[str, Contents] = field(default_factory=dict)
    """By the name of the registry."""
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(host, `METHOD /route/{parameter}`) -> how often it was asked."""
    reads: Counter[str] = field(default_factory=Counter)
    """`GET host/path?query` -> how often the very same was asked; HEAD too."""
    operations: deque[Operation] = field(default_factory=lambda: deque(maxlen=HISTORY))
    runs: list[Run] = field(default_factory=list)
    """What tasks ran, the latest last."""
    hooks: list[Callable[[Operation], None]] = field(default_factory=list)
    """Called with every operation after it was done."""

    def __post_init__(self) -> None:
        """Fill the registries."""
        for registry in self.estate.registries:
            self.contents[registry.name] = fill(registry, self.started)
            self.watch_replicas(registry)

    def now(self) -> datetime:
        """The present, in UTC."""
        return self.clock.now()

    @property
    def started(self) -> datetime:
        """What the ages of the estate count back from."""
        return self.clock.started

    def reset(self, estate: Estate) -> None:
        """Start anew with another estate; whoever listens goes on listening."""
        self.estate = estate
        self.contents.clear()
        self.operations.clear()
        self.runs.clear()
        self.__post_init__()

    def record(self, operation: Operation) -> None:
        """Remember an operation and tell whoever listens."""
        self.operations.append(operation)
        if operation.registry in self.contents:
            lagging.note(self.contents[operation.registry], operation.repository, operation.time)
        for hook in self.hooks:
            hook(operation)

    def watch_replicas(self, registry: Registry) -> None:
        """Remember how a registry was for as long as one of its replicas lags behind."""
        contents = self.contents[registry.name]
        if any(each.lag for each in registry.replications):
            lagging.begin(contents)
        else:
            contents.past.clear()

    def count(self, host: str, route: str) -> None:
        """Count a request; `route` is such as `GET /v2/{repository}/tags/list`."""
        self.requests[host, route] += 1

    def forget_requests(self) -> None:
        """Count from here on."""
        self.requests.clear()
        self.reads.clear()

    def registry(self, name: str) -> Registry:
        """A registry by its name; raises KeyError."""
        return _first(self.estate.registries, lambda each: each.name == name, name)

    def tenant_of(self, resource_id: str) -> str:
        """The tenant of the subscription that holds a resource."""
        wanted = resource_id.split("/")[2].lower()
        return next(
            (one.tenant for one in self.estate.subscriptions if one.id.lower() == wanted),
            self.estate.tenant,
        )

    def registry_at(self, host: str) -> Registry | None:
        """The registry with this login server or data endpoint."""
        wanted = host.partition(":")[0].lower()
        for each in self.estate.registries:
            if wanted == each.login_server.lower() or wanted in data_endpoints(each):
                return each
        return None

    def resource(self, arm_id: str) -> Resource | None:
        """A resource by its ARM id, upper or lower case."""
        wanted = arm_id.rstrip("/").lower()
        found = (each for each in self.estate.resources() if each.id.lower() == wanted)
        return next(found, None)

    def identity(self, key: str) -> Identity | None:
        """An identity by its name, client id, object id, or ARM id when user-assigned."""
        wanted = key.lower()
        for each in self.estate.identities:
            keys = {each.name.lower(), each.client_id.lower(), each.object_id.lower()}
            if each.kind == "managedIdentity":
                keys.add(each.id.lower())
            if wanted in keys:
                return each
        return None

    def role(self, name: str) -> RoleDefinition:
        """A role definition by its name; raises KeyError."""
        return _first(self.estate.roles, lambda each: each.name == name, name)

    def place(self, name: str) -> Place:
        """A place by its name; raises KeyError."""
        return _first(self.estate.places, lambda each: each.name == name, name)

    def run_retention(self) -> list[Operation]:
        """Let every registry's retention and soft-delete policies do their daily work."""
        done = []
        for registry in self.estate.registries:
            contents = self.contents[registry.name]
            done += sweep_retention(registry, contents, self.started, self.now())
            done += sweep_soft_deleted(registry, contents, self.now())
        for operation in done:
            self.record(operation)
        return done


def _first[T](items: list[T], wanted: Callable[[T], bool], name: str) -> T:
    found = next(filter(wanted, items), None)
    if found is None:
        raise KeyError(name)
    return found
