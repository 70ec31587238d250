"""What a registry's clean-up plan means for single repositories and pulls. Pure.

The simulation itself is `shared.domain.cleanup`; this says whom it concerns, and when to look
again.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.cleanup import (
    CleanupPlan,
    CleanupTask,
    Loss,
    LossKind,
    Purge,
    RefusedError,
    parse_purge,
)
from shared.domain.cleanup.filters import Filters
from shared.domain.facts.cleanup import CleanupForecast, Ordered, Refusal

HORIZON = timedelta(days=7)
STAGES = (timedelta(days=1), timedelta(hours=2))
"""What is nearer than this is more urgent by one stage each; further away is stage 0."""
AGAIN = timedelta(minutes=30)
"""How long a pull whose loss could not be foretold is left alone."""
RUNNING = timedelta(minutes=20)
"""How long a run that is due may take before its image must be gone, or was spared."""


class SeenPlan(Struct, frozen=True):
    """A registry's plan as it could be read; ``unseen`` are tasks that may purge, unreadably."""

    plan: CleanupPlan = CleanupPlan()
    unseen: tuple[Refusal, ...] = ()

    @property
    def active(self) -> tuple[CleanupTask, ...]:
        """The tasks that are enabled."""
        return tuple(task for task in self.plan.tasks if task.enabled)


class Foreseen(Struct, frozen=True):
    """When a pull loses something first, and when that was foretold.

    ``looked`` is when it was looked at again since, and nothing could be foretold.
    """

    at: datetime
    by: str
    told: datetime
    looked: datetime | None = None


def stage(at: datetime, now: datetime) -> int:
    """How urgent it is that something will be gone at a time: 0, 1 or 2."""
    return sum(at - now <= limit for limit in STAGES)


def is_due(foreseen: Foreseen, now: datetime) -> bool:
    """Whether a pull must be looked at again: its loss came nearer by a stage, or must be over.

    What cannot be seen now is not asked for every few minutes.
    """
    if foreseen.looked is not None and now - foreseen.looked < AGAIN:
        return False
    if stage(foreseen.at, now) > stage(foreseen.at, foreseen.told):
        return True
    return foreseen.at + RUNNING <= now


@lru_cache(4096)
def visits(purge: Purge, repository: str) -> bool:
    """Whether a purge looks into a repository at all."""
    return Filters(purge).concern(repository)


def matches(purge: Purge, repository: str, tag: str) -> bool:
    """Whether a purge would look at a tag at all, however old it is and whatever is kept.

    Raises:
        RefusedError: a filter cannot be understood.

    """
    filters = Filters(purge)
    pattern = filters.tag_pattern(repository) if filters.concern(repository) else None
    return pattern is not None and pattern.search(tag) is not None


def orders(seen: SeenPlan, repository: str) -> tuple[Ordered, ...]:
    """The commands of enabled tasks that visit a repository."""
    return tuple(_orders(seen, repository))


def _orders(seen: SeenPlan, repository: str) -> Iterator[Ordered]:
    for task in seen.active:
        for command in task.commands:
            try:
                purge = parse_purge(command)
                if not purge.dry_run and visits(purge, repository):
                    yield Ordered(task.name, command, task.schedules, purge.include_locked)
            except RefusedError:
                continue  # the simulation tells it


def refusals(seen: SeenPlan, told: Iterable[str]) -> tuple[Refusal, ...]:
    """What the simulation could not foretell (``TASK: reason``), by task; empty for no task."""
    names = {task.name for task in seen.active}
    parts = [(text, *text.partition(": ")) for text in told]
    return tuple(
        Refusal(task, why) if task in names else Refusal("", text) for text, task, _, why in parts
    )


def concerns(seen: SeenPlan, repository: str) -> bool:
    """Whether anything may take something of a repository by itself."""
    refused = any(task.refused for task in seen.active)
    return bool(refused or seen.plan.retention or orders(seen, repository))


def takes_untagged(seen: SeenPlan, repository: str) -> bool:
    """Whether manifests are taken, and not tags alone: then it matters what indexes list."""
    if seen.plan.retention:
        return True
    purges = [parse_purge(one.command) for one in orders(seen, repository)]
    return any(purge.untagged or purge.untagged_only for purge in purges)


def changed(before: SeenPlan, after: SeenPlan, repository: str) -> bool:
    """Whether a change of the plan may change what becomes of a repository."""
    if before == after:
        return False
    if before.plan.retention != after.plan.retention:
        return True
    if _not_understood(before) != _not_understood(after):
        return True
    return orders(before, repository) != orders(after, repository)


def _not_understood(seen: SeenPlan) -> dict[str, tuple[str, ...]]:
    return {task.name: task.refused for task in seen.active if task.refused}


def of_pull(
    whole: CleanupForecast, tag: str, digests: Collection[str], *, by_digest: bool
) -> CleanupForecast:
    """The part of a repository's forecast that concerns one pull.

    ``digests`` are the manifest and the children that it needs; with ``by_digest`` it needs no tag.
    A trap is of a task, not of each pull that the task visits: it is the pull's where the very
    command takes something of it.
    """
    losses = tuple(one for one in whole.losses if _hits(one, tag, digests, by_digest))
    taking = {(one.by, one.command) for one in losses}
    traps = tuple(one for one in whole.traps if (one.task, one.command) in taking)
    return replace(whole, losses=losses, traps=traps)


def _hits(loss: Loss, tag: str, digests: Collection[str], by_digest: bool) -> bool:
    if loss.kind is LossKind.UNTAGGED:
        return not by_digest and loss.tag == tag
    return loss.digest in digests


def first(losses: Iterable[Loss]) -> Loss | None:
    """The loss that comes first."""
    return min(losses, key=lambda loss: loss.at, default=None)
