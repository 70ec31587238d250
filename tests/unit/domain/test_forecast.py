"""Whom a clean-up plan concerns, and when its losses must be looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.cleanup import (
    CleanupPlan,
    CleanupTask,
    Loss,
    LossKind,
    RetentionPolicy,
    parse_purge,
)
from shared.domain.facts.cleanup import CleanupForecast, Refusal
from shared.domain.forecast import (
    RUNNING,
    Foreseen,
    SeenPlan,
    changed,
    concerns,
    is_due,
    of_pull,
    orders,
    refusals,
    stage,
    takes_untagged,
    visits,
)

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tasks(*commands: str, enabled: bool = True, refused: tuple[str, ...] = ()) -> SeenPlan:
    task = CleanupTask("nightly", enabled, ("0 3 * * *",), commands, refused)
    return SeenPlan(CleanupPlan(tasks=(task,)))


@pytest.mark.parametrize(
    ("filters", "repository", "visited"),
    [
        ("app:.*", "app", True),
        ("app:^v1$", "app", True),
        ("app:never", "app", True),
        ("app:.*", "app2", False),
        ("app:.*", "team/app", False),
        ("app|web:.*", "app2", True),
        ("app|web:.*", "myweb", True),
        ("app|web:.*", "other", False),
        ("team/.*:v1", "team/api", True),
        (".*:.*", "anything/at/all", True),
    ],
)
def test_a_purge_visits_repositories_as_the_tool_reads_its_filter(
    filters: str, repository: str, visited: bool
) -> None:
    assert visits(parse_purge(f"acr purge --filter '{filters}' --ago 1d"), repository) is visited


def test_untagged_only_without_a_filter_visits_everything() -> None:
    assert visits(parse_purge("acr purge --untagged-only --ago 1d"), "app")


def test_a_repository_that_no_plan_concerns_needs_no_listing() -> None:
    plan = tasks("acr purge --filter 'app:.*' --ago 30d")
    assert concerns(plan, "app")
    assert not concerns(plan, "web")
    assert not concerns(SeenPlan(), "app")


def test_a_policy_and_what_is_not_understood_concern_everything() -> None:
    assert concerns(SeenPlan(CleanupPlan(retention=RetentionPolicy(7))), "web")
    assert concerns(tasks(refused=("a variable that nobody knows",)), "web")


def test_a_task_that_is_switched_off_concerns_nobody() -> None:
    assert not concerns(tasks("acr purge --filter 'app:.*' --ago 30d", enabled=False), "app")


def test_locks_are_known_to_be_defeated() -> None:
    plan = tasks("acr purge --filter 'app:.*' --ago 30d --include-locked")
    (order,) = orders(plan, "app")
    assert order.include_locked
    assert order.schedules == ("0 3 * * *",)


def test_what_indexes_list_matters_only_where_manifests_go() -> None:
    assert not takes_untagged(tasks("acr purge --filter 'app:.*' --ago 1d"), "app")
    assert takes_untagged(tasks("acr purge --filter 'app:.*' --ago 1d --untagged"), "app")
    assert takes_untagged(tasks("acr purge --filter 'app:.*' --untagged-only --ago 1d"), "app")
    assert takes_untagged(SeenPlan(CleanupPlan(retention=RetentionPolicy(7))), "app")


def test_what_cannot_be_foretold_is_told_with_its_task() -> None:
    plan = tasks("acr purge --filter 'app:.*' --ago 1d")
    found = refusals(plan, ["nightly: a secret: x", "only the first 5000 runs are foreseen"])
    assert found == (
        Refusal("nightly", "a secret: x"),
        Refusal("", "only the first 5000 runs are foreseen"),
    )


def test_a_dry_run_takes_nothing() -> None:
    assert not concerns(tasks("acr purge --filter 'app:.*' --ago 30d --dry-run"), "app")


@pytest.mark.parametrize(
    ("repository", "after", "is_changed"),
    [
        ("app", tasks("acr purge --filter 'app:.*' --ago 30d"), False),
        ("app", tasks("acr purge --filter 'app:.*' --ago 10d"), True),
        ("app", tasks("acr purge --filter 'app:.*' --ago 30d", enabled=False), True),
        ("app", SeenPlan(), True),
        ("web", SeenPlan(), False),
        ("web", tasks("acr purge --filter 'web:.*' --ago 30d"), True),
        ("web", SeenPlan(CleanupPlan(retention=RetentionPolicy(1))), True),
        ("web", tasks(refused=("?",)), True),
    ],
)
def test_only_those_whom_a_change_concerns_are_looked_at_again(
    repository: str, after: SeenPlan, is_changed: bool
) -> None:
    before = tasks("acr purge --filter 'app:.*' --ago 30d")
    assert changed(before, after, repository) is is_changed


@pytest.mark.parametrize(
    ("left", "expected"),
    [(25 * HOUR, 0), (24 * HOUR, 1), (3 * HOUR, 1), (2 * HOUR, 2), (-HOUR, 2)],
)
def test_stages(left: timedelta, expected: int) -> None:
    assert stage(NOW + left, NOW) == expected


@pytest.mark.parametrize(
    ("told", "at", "due"),
    [
        (-HOUR, 30 * HOUR, False),
        (-2 * HOUR, 23 * HOUR, True),
        (timedelta(0), 23 * HOUR, False),
        (-2 * HOUR, HOUR, True),
        (timedelta(minutes=-5), HOUR, False),
        (timedelta(minutes=-40), timedelta(minutes=-10), False),
        (timedelta(minutes=-40), -RUNNING, True),
    ],
)
def test_a_pull_is_looked_at_again_when_a_stage_is_crossed_and_when_the_run_is_over(
    told: timedelta, at: timedelta, due: bool
) -> None:
    assert is_due(Foreseen(NOW + at, "nightly", NOW + told), NOW) is due


def lost(kind: LossKind, tag: str = "", digest: str = "") -> Loss:
    return Loss(NOW, "nightly", "acr purge", "app", tag, digest, kind)


@pytest.mark.parametrize(
    ("loss", "by_digest", "hit"),
    [
        (lost(LossKind.UNTAGGED, "v1", "sha256:a"), False, True),
        (lost(LossKind.UNTAGGED, "v2", "sha256:a"), False, False),
        (lost(LossKind.UNTAGGED, "v1", "sha256:a"), True, False),
        (lost(LossKind.DELETED, "", "sha256:a"), False, True),
        (lost(LossKind.RETENTION, "", "sha256:child"), True, True),
        (lost(LossKind.DELETED, "v1", "sha256:b"), False, False),
    ],
)
def test_a_pull_loses_its_tag_and_the_manifests_that_it_needs(
    loss: Loss, by_digest: bool, hit: bool
) -> None:
    whole = CleanupForecast(until=NOW, losses=(loss,))
    found = of_pull(whole, "v1", {"sha256:a", "sha256:child"}, by_digest=by_digest)
    assert bool(found.losses) is hit
