"""What the use cases work with. Bootstrap makes the real ones, tests make fakes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.queue import Queue
from shared.adapters.store import Store
from shared.compute.base import ComputePlatform
from shared.domain.pulls import Compute
from shared.notify.base import Channel
from shared.registry.base import RegistryEnd
from shared.settings import Settings


async def nothing_to_close() -> None:
    """Fakes hold no connections."""


@dataclass(frozen=True)
class Services:
    """Everything outside, for one lane: urgent and bulk work share no connection.

    ``age`` is how old may be what they tell of Azure; ``anew`` makes services that know nothing.
    """

    settings: Settings
    registry: RegistryEnd
    platforms: tuple[ComputePlatform, ...]
    store: Store
    queue: Queue
    channels: tuple[Channel, ...]
    now: Callable[[], datetime]
    close: Callable[[], Awaitable[None]] = nothing_to_close
    age: timedelta = timedelta()
    anew: Callable[[], "Services"] | None = None

    def afresh(self) -> "Services":
        """Services that tell what is true now; these, where nothing is remembered anyway."""
        return self.anew() if self.anew else self

    def platform(self, compute: Compute) -> ComputePlatform | None:
        """The platform of that name, or None where it is not looked at."""
        return next((p for p in self.platforms if p.compute is compute), None)

    def channel(self, name: str) -> Channel | None:
        """The configured channel of that name, or None."""
        return next((c for c in self.channels if c.name == name), None)
