"""What a compute platform is: the puller's end of a pull."""

from typing import Protocol

from msgspec import Struct

from shared.domain.diagnosis import Gap
from shared.domain.facts.base import Observation
from shared.domain.pulls import Compute, Pull


class Discovery(Struct, frozen=True):
    """The pulls that a platform has, and what of it could not be looked at.

    A gap's ``what`` is the ARM id of the cluster, site or subscription. ``subscriptions`` are the
    ids, in lower case, of those that were looked through: of others nothing may be concluded.
    """

    pulls: tuple[Pull, ...]
    gaps: tuple[Gap, ...] = ()
    subscriptions: frozenset[str] = frozenset()


class ComputePlatform(Protocol):
    """An Azure service that pulls images in order to run them."""

    compute: Compute
    resource_types: tuple[str, ...]

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        """Every pull of every workload in the subscriptions (empty: all that can be read).

        Never raises for what could not be read: that is a gap.
        """

    async def observe(self, pull: Pull) -> tuple[Observation, ...]:
        """The pull's compute end: PullIdentity, Egress, RuntimePlatforms, WorkloadState...

        Every fact that cannot be read is `Unavailable` with its reason. Facts that make no sense
        for the platform are left out.
        """
