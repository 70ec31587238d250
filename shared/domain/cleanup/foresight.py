"""What tasks and the retention policy will take within a horizon, run after run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.cleanup.command import parse_purge
from shared.domain.cleanup.doom import Taken, cutoff_of, take
from shared.domain.cleanup.filters import Filters
from shared.domain.cleanup.model import (
    CleanupPlan,
    Loss,
    LossKind,
    Purge,
    RefusedError,
    RegistryContents,
    RepositoryContents,
    RetentionPolicy,
)
from shared.domain.cleanup.retention import Retention
from shared.domain.cleanup.schedule import parse_schedule, times
from shared.domain.cleanup.shelf import Shelf

HORIZON = timedelta(days=7)
LONGEST_HORIZON = timedelta(days=400)
MOST_RUNS = 5_000


class Run(Struct, frozen=True):
    """A command of a task that will run, ready to be simulated."""

    task: str
    command: str
    purge: Purge
    filters: Filters
    schedules: tuple[str, ...]


class Foresight(Struct, frozen=True):
    """The losses in time order, and the reasons why something could not be foreseen."""

    losses: tuple[Loss, ...] = ()
    refused: tuple[str, ...] = ()


def foresee(
    plan: CleanupPlan,
    contents: RepositoryContents | RegistryContents,
    now: datetime,
    horizon: timedelta = HORIZON,
) -> tuple[Loss, ...]:
    """Every tag's and manifest's first loss up to now + horizon, in time order.

    What the retention policy has due already is lost now. Each run finds what the earlier ones
    left. Nothing new is pushed meanwhile, and a manifest's time does not change when its tag goes
    [not known of ACR]. Never raises; ``foretell`` also tells what was refused.
    """
    return foretell(plan, contents, now, horizon).losses


def foretell(
    plan: CleanupPlan,
    contents: RepositoryContents | RegistryContents,
    now: datetime,
    horizon: timedelta = HORIZON,
) -> Foresight:
    """As ``foresee``, with what could not be foreseen: tasks, schedules, filters, repositories."""
    refused = [f"{task.name}: {why}" for task in plan.tasks if task.enabled for why in task.refused]
    runs = [*_runs(plan, refused)]
    until = now + min(horizon, LONGEST_HORIZON)
    future = _Future(plan.retention, runs, _calendar(runs, now, until, refused), (now, until))
    repositories = contents.repositories if isinstance(contents, RegistryContents) else (contents,)
    losses = [loss for repository in repositories for loss in future.of(repository, refused)]
    return Foresight(tuple(sorted(losses, key=_order)), tuple(dict.fromkeys(refused)))


def _order(loss: Loss) -> tuple[datetime, str, bool, str, str]:
    """By time; of one run tags come before manifests."""
    return loss.at, loss.repository, not loss.tag, loss.tag, loss.digest


def _runs(plan: CleanupPlan, refused: list[str]) -> Iterator[Run]:
    """What will run for good: not what is disabled, has no schedule, or is a ``--dry-run``."""
    for task in plan.tasks:
        if not task.enabled or not task.schedules:
            continue
        for command in task.commands:
            try:
                purge = parse_purge(command)
                if not purge.dry_run:
                    yield Run(task.name, command, purge, Filters(purge), task.schedules)
            except RefusedError as why:
                refused.append(f"{task.name}: {why}")


def _calendar(
    runs: list[Run], now: datetime, until: datetime, refused: list[str]
) -> list[tuple[datetime, int]]:
    """When which run happens. A task's commands run one after another, at its time."""
    happenings: set[tuple[datetime, int]] = set()
    for index, run in enumerate(runs):
        for text in run.schedules:
            try:
                happenings.update((at, index) for at in times(parse_schedule(text), now, until))
            except RefusedError as why:
                refused.append(f"{run.task}: {why}")
    if len(happenings) > MOST_RUNS:
        refused.append(f"only the first {MOST_RUNS} of {len(happenings)} runs are foreseen")
    return sorted(happenings)[:MOST_RUNS]


class _Future:
    """The runs to come, simulated on one repository after another."""

    def __init__(
        self,
        policy: RetentionPolicy | None,
        runs: list[Run],
        calendar: list[tuple[datetime, int]],
        span: tuple[datetime, datetime],
    ) -> None:
        self._policy, self._runs, self._calendar = policy, runs, calendar
        self._now, self._until = span

    def of(self, repository: RepositoryContents, refused: list[str]) -> Iterator[Loss]:
        """A repository's losses. What no filter concerns costs nothing."""
        concerning = {i for i, run in enumerate(self._runs) if run.filters.concern(repository.name)}
        if not concerning and not self._policy:
            return
        shelf = Shelf(repository)
        retention = Retention(self._policy, shelf, (self._now, self._until))
        quiet: dict[int, tuple[int, datetime | None]] = {}
        for at, index in self._calendar:
            if index not in concerning or _is_quiet(self._runs[index], quiet.get(index), shelf, at):
                continue
            yield from retention.losses(at)
            try:
                yield from self._run(index, at, shelf, retention)
            except RefusedError as why:
                refused.append(f"{self._runs[index].task}: {repository.name}: {why}")
                concerning.discard(index)
            quiet[index] = shelf.version, shelf.next_time(cutoff_of(self._runs[index].purge, at))
        yield from retention.losses(self._until, include=True)

    def _run(self, index: int, at: datetime, shelf: Shelf, retention: Retention) -> Iterator[Loss]:
        run, before = self._runs[index], shelf.version
        taken = take(run.purge, run.filters, shelf, at)
        if shelf.version != before:
            yield from _losses(run, shelf.name, at, taken)
            retention.untagged(taken.tags, at)


def _is_quiet(
    run: Run, seen: tuple[int, datetime | None] | None, shelf: Shelf, at: datetime
) -> bool:
    """Whether the run finds what it found last time: nothing went, nothing became old enough.

    The retention policy may have taken something since; that only leaves less to find.
    """
    if seen is None or seen[0] != shelf.version:
        return False
    return seen[1] is None or cutoff_of(run.purge, at) <= seen[1]


def _losses(run: Run, repository: str, at: datetime, taken: Taken) -> Iterator[Loss]:
    for tag in taken.tags:
        yield Loss(at, run.task, run.command, repository, tag.name, tag.digest, LossKind.UNTAGGED)
    for manifest in taken.manifests:
        yield Loss(at, run.task, run.command, repository, "", manifest.digest, LossKind.DELETED)
