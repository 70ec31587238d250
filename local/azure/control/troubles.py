"""Verbs on troubles: hosts, DNS, certificates, lag, the delivery of events."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from local.azure import replicas
from local.azure.control.verbs import Arguments, Desk, Host, RegistryName, verb
from local.azure.events import Subscription
from local.azure.faults import Fault


class NameArguments(Arguments, frozen=True):
    """A host or pattern, and what its resolution does; `fine` ends it."""

    host: Host
    how: Literal["servfail", "nxdomain", "timeout", "fine"] = "servfail"


class ReachArguments(Arguments, frozen=True):
    """A host or pattern, and what connecting does; `fine` ends it."""

    host: Host
    how: Literal["refused", "timeout", "denied", "fine"] = "timeout"


class CertificateArguments(Arguments, frozen=True):
    """A host, and what is wrong with its certificate; `fine` ends it."""

    host: Host
    how: Literal["expired", "untrusted", "wrong-name", "fine"] = "untrusted"


class FaultArguments(Arguments, frozen=True):
    """What a host answers instead of the truth; `times` limits it."""

    host: Host
    trouble: Literal["status", "garbage", "slow", "hang-up"]
    path: str = "*"
    status: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    times: int | None = None


class LagArguments(Arguments, frozen=True):
    """Seconds that Azure lags behind itself."""

    seconds: float


class ReplicaArguments(Arguments, frozen=True):
    """A geo-replica, and how many seconds it lags behind; 0 lets it catch up."""

    registry: RegistryName
    location: Annotated[str, Meta(description="the region of a replica")]
    seconds: Annotated[float, Meta(ge=0, description="a number of seconds")] = 0.0


class UndocumentedArguments(Arguments, frozen=True):
    """Operations that shall make events; all others of these make none."""

    told: tuple[Literal["retention", "restore", "import"], ...] = ()


class SubscribeArguments(Arguments, frozen=True):
    """Where events go, of one registry or of all."""

    url: str
    registry: RegistryName = ""
    schema: Literal["EventGridSchema", "CloudEventSchemaV1_0"] = "EventGridSchema"


class DeliveryArguments(Arguments, frozen=True):
    """What deliveries suffer: shares, seconds, and a factor on the pauses between retries."""

    duplicates: Annotated[float, Meta(description="share of the events that come twice")] = 0.0
    shuffle: Annotated[float, Meta(description="seconds that each may be held back")] = 0.0
    per_replica: bool = False
    scale: Annotated[float, Meta(description="factor on the pauses between attempts")] = 1.0


@verb("break-dns", NameArguments)
def break_dns(desk: Desk, asked: NameArguments) -> None:
    """Let a name not resolve, or mend it."""
    names = desk.cloud.world.faults.names
    if asked.how == "fine":
        names.pop(asked.host, None)
    else:
        names[asked.host] = asked.how


@verb("unreachable", ReachArguments)
def unreachable(desk: Desk, asked: ReachArguments) -> None:
    """Let a host not be reached, or mend it."""
    hosts = desk.cloud.world.faults.unreachable
    if asked.how == "fine":
        hosts.pop(asked.host, None)
    else:
        hosts[asked.host] = asked.how


@verb("certificate", CertificateArguments, edits=False)
def certificate(desk: Desk, asked: CertificateArguments) -> None:
    """Spoil the certificate of a host, or mend it."""
    spoilt = desk.cloud.authority.spoilt
    if asked.how == "fine":
        spoilt.pop(asked.host.lower(), None)
    else:
        spoilt[asked.host.lower()] = asked.how


@verb("fault", FaultArguments)
def fault(desk: Desk, asked: FaultArguments) -> None:
    """Let a host answer with a status, garbage, late, or not at all."""
    desk.cloud.world.faults.wire.append(
        Fault(
            host=asked.host,
            trouble=asked.trouble,
            path=asked.path,
            status=asked.status,
            retry_after=asked.retry_after,
            seconds=asked.seconds,
            times=asked.times,
        )
    )


@verb("clear-faults", Arguments)
def clear_faults(desk: Desk, _: Arguments) -> None:
    """Let every host work again, with good certificates."""
    desk.cloud.world.faults.clear()
    desk.cloud.authority.spoilt.clear()


@verb("graph-lag", LagArguments)
def graph_lag(desk: Desk, asked: LagArguments) -> None:
    """Let Resource Graph show rows that are so many seconds old."""
    desk.cloud.world.faults.graph_lag = asked.seconds


@verb("log-lag", LagArguments)
def log_lag(desk: Desk, asked: LagArguments) -> None:
    """Let Log Analytics show only what is so many seconds old."""
    desk.cloud.world.faults.log_lag = asked.seconds


@verb("replica-lag", ReplicaArguments)
def replica_lag(desk: Desk, asked: ReplicaArguments) -> None:
    """Let a geo-replica show changes of its registry late, to the places in its region."""
    lag = timedelta(seconds=asked.seconds)
    replicas.lag_behind(desk.cloud.world, asked.registry, asked.location, lag)


@verb("undocumented-events", UndocumentedArguments)
def undocumented_events(desk: Desk, asked: UndocumentedArguments) -> None:
    """Let retention, restore or import make events, of which no document says whether they do."""
    desk.cloud.world.faults.told = frozenset(asked.told)


@verb("subscribe", SubscribeArguments, edits=False)
async def subscribe(desk: Desk, asked: SubscribeArguments) -> None:
    """Send events to an endpoint, which must pass the handshake."""
    if asked.registry:
        desk.cloud.world.registry(asked.registry)
    await desk.events.subscribe(
        Subscription(endpoint=asked.url, registry=asked.registry, schema=asked.schema)
    )


@verb("deliveries", DeliveryArguments, edits=False)
def deliveries(desk: Desk, asked: DeliveryArguments) -> None:
    """Let events come twice, out of order, from every geo-replica, or be retried faster."""
    desk.events.mischief.duplicates = asked.duplicates
    desk.events.mischief.shuffle = asked.shuffle
    desk.events.mischief.per_replica = asked.per_replica
    desk.events.scale = asked.scale
