"""Facts about what clean-ups are going to take: what a pull needs of it, and what is not known."""

from datetime import datetime

from msgspec import Struct

from shared.domain.cleanup import Loss, Trap
from shared.domain.facts.base import Fact


class Ordered(Struct, frozen=True):
    """A purge that concerns the pull's repository: the task, its command, and its next runs."""

    task: str
    command: str
    schedules: tuple[str, ...] = ()
    include_locked: bool = False


class FoundTrap(Struct, frozen=True):
    """A trap in a command of a task."""

    task: str
    command: str
    trap: Trap


class Refusal(Struct, frozen=True, order=True):
    """A task that purges, or may, and why it cannot be foretold what it takes."""

    task: str
    reason: str


class CleanupForecast(Fact, frozen=True, kw_only=True):
    """What tasks and policies of the registry take of this pull, simulated over its repository.

    ``losses`` are of the pull's tag, manifest and children, the first first, up to ``until``.
    ``orders`` are the commands that visit the repository; ``traps`` are those of the commands that
    take something of the pull, or of a registry's health all that there are. ``refused`` are
    purges that may take something of it; ``unseen`` are tasks of which nobody can see whether they
    purge. ``soft_delete_days`` is None where soft delete is off or nobody asked.
    Sources: ARM tasks (2019-06-01-preview), ``policies``; ``/acr/v1/{repository}``.
    """

    until: datetime
    losses: tuple[Loss, ...] = ()
    orders: tuple[Ordered, ...] = ()
    traps: tuple[FoundTrap, ...] = ()
    refused: tuple[Refusal, ...] = ()
    unseen: tuple[Refusal, ...] = ()
    soft_delete_days: int | None = None
