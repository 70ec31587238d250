"""Runs in their order, each on what the earlier ones left, and the retention policy."""

from datetime import datetime, timedelta

import pytest

from shared.domain.cleanup import (
    CleanupPlan,
    CleanupTask,
    Loss,
    LossKind,
    RegistryContents,
    RepositoryContents,
    RetentionPolicy,
    TagEntry,
    foresee,
    foretell,
    parse_purge,
)
from shared.domain.cleanup.doom import take
from shared.domain.cleanup.filters import Filters
from shared.domain.cleanup.schedule import parse_schedule, times
from shared.domain.cleanup.shelf import Shelf
from tests.unit.domain.cleanup.things import (
    DOCKER_LIST,
    LOCKED,
    NOW,
    OCI,
    ago,
    manifest,
    named,
    repository,
    tag,
)

NIGHTLY = "0 3 * * *"
NIGHT = datetime.fromisoformat("2026-11-27T03:00:00Z")
"""The first night after NOW."""


def task(name: str, *commands: str, schedule: str = NIGHTLY, enabled: bool = True) -> CleanupTask:
    return CleanupTask(name, enabled, (schedule,), commands)


def seen(
    plan: CleanupPlan, held: RepositoryContents | RegistryContents, days: float = 7
) -> list[str]:
    """Each loss as ``DAY HOUR by kind what``, in the order in which it comes."""
    return [_told(loss) for loss in foresee(plan, held, NOW, timedelta(days=days))]


def _told(loss: Loss) -> str:
    return f"{loss.at:%d %H} {loss.by} {loss.kind} {loss.tag or loss.digest}"


def of_task(*commands: str) -> CleanupPlan:
    return CleanupPlan((task("nightly", *commands),))


def test_a_loss_says_all_about_itself() -> None:
    command = "acr purge --filter app:^v1$ --ago 30d"
    held = repository("app", [tag("v1", 40, "sha256:a")])
    assert foresee(of_task(command), held, NOW) == (
        Loss(NIGHT, "nightly", command, "app", "v1", "sha256:a", LossKind.UNTAGGED),
    )


def test_tags_go_on_the_night_on_which_they_are_old_enough() -> None:
    held = repository("app", [tag("v1", 31), tag("v2", 29), tag("v3", 27.5), tag("v4", 10)])
    assert seen(of_task("acr purge --filter 'app:.*' --ago 30d"), held) == [
        "27 03 nightly untagged v1",
        "28 03 nightly untagged v2",
        "29 03 nightly untagged v3",
    ]


def test_a_tag_is_lost_once() -> None:
    plan = CleanupPlan(
        (
            task("a", "acr purge --filter 'app:.*' --ago 30d", schedule="0 4 * * *"),
            task("b", "acr purge --filter 'app:.*' --ago 30d", schedule="0 3 * * *"),
        )
    )
    assert seen(plan, named("app", "v1")) == ["27 03 b untagged v1"]


def test_keep_is_counted_anew_each_night() -> None:
    held = repository("app", [tag("new", 29), tag("old", 40)])
    assert seen(of_task("acr purge --filter 'app:.*' --ago 30d --keep 1"), held) == [
        "28 03 nightly untagged old"
    ]


def test_what_one_run_untags_a_later_one_deletes() -> None:
    plan = CleanupPlan(
        (
            task("tags", "acr purge --filter 'app:.*' --ago 30d", schedule="0 3 * * *"),
            task("manifests", "acr purge --untagged-only", schedule="0 5 * * *"),
        )
    )
    held = repository("app", [tag("v1", 40, "sha256:a")], [manifest("sha256:a", tags=["v1"])])
    assert seen(plan, held) == [
        "27 03 tags untagged v1",
        "27 05 manifests deleted sha256:a",
    ]


def test_commands_of_a_task_run_one_after_another() -> None:
    plan = of_task("acr purge --untagged-only", "acr purge --filter 'app:.*' --ago 30d")
    held = repository("app", [tag("v1", 40, "sha256:a")], [manifest("sha256:a", tags=["v1"])])
    assert seen(plan, held, 2) == [
        "27 03 nightly untagged v1",
        "28 03 nightly deleted sha256:a",
    ]


def test_a_task_with_several_schedules_runs_at_each() -> None:
    both = ("0 3 * * *", "0 9 * * *")
    one = CleanupTask("t", True, both, ("acr purge --filter 'app:.*' --ago 30d",))
    held = repository("app", [tag("v1", 29.25), tag("v2", 40)])
    assert seen(CleanupPlan((one,)), held) == ["27 03 t untagged v2", "27 09 t untagged v1"]


@pytest.mark.parametrize(
    "plan",
    [
        CleanupPlan(),
        CleanupPlan((task("t", "acr purge --filter 'app:.*' --ago 1d", enabled=False),)),
        CleanupPlan((CleanupTask("t", commands=("acr purge --filter 'app:.*' --ago 1d",)),)),
        of_task("acr purge --filter 'app:.*' --ago 1d --dry-run"),
        of_task("acr purge --filter 'web:.*' --ago 1d"),
        of_task(),
        of_task("acr purge --filter 'app:.*' --ago 300d"),
        CleanupPlan((task("t", "acr purge --filter 'app:.*' --ago 1d", schedule="0 0 1 1 *"),)),
    ],
)
def test_plans_that_take_nothing(plan: CleanupPlan) -> None:
    assert foretell(plan, named("app", "v1"), NOW).losses == ()
    assert foretell(plan, named("app", "v1"), NOW).refused == ()


def test_registries_are_foreseen_in_the_order_of_time() -> None:
    held = RegistryContents(
        (repository("web", [tag("v1", 40)]), repository("app", [tag("v1", 29), tag("v2", 40)]))
    )
    found = foresee(of_task("acr purge --filter '.*:.*' --ago 30d"), held, NOW)
    assert [(f"{loss.at:%d}", loss.repository, loss.tag) for loss in found] == [
        ("27", "app", "v2"),
        ("27", "web", "v1"),
        ("28", "app", "v1"),
    ]


def test_the_horizon_ends() -> None:
    held = repository("app", [tag("v1", 29), tag("v2", 20)])
    assert len(seen(of_task("acr purge --filter 'app:.*' --ago 30d"), held, 7)) == 1
    assert len(seen(of_task("acr purge --filter 'app:.*' --ago 30d"), held, 30)) == 2


class TestRefusals:
    def test_are_told_and_cost_only_themselves(self) -> None:
        plan = CleanupPlan(
            (
                task("look", "acr purge --filter 'app:x(?=y)' --ago 1d"),
                task("bad", "acr purge --filter app --ago 1d"),
                task("never", "acr purge --filter 'app:.*' --ago 1d", schedule="soon"),
                CleanupTask("odd", refused=("a reason",)),
                CleanupTask("off", enabled=False, refused=("nobody minds",)),
                task("good", "acr purge --filter 'app:v1' --ago 1d"),
            )
        )
        found = foretell(plan, named("app", "v1"), NOW)
        assert [loss.by for loss in found.losses] == ["good"]
        assert [reason.partition(":")[0] for reason in found.refused] == [
            "odd",
            "bad",
            "never",
            "look",
        ]

    def test_of_a_repository_are_told_once(self) -> None:
        held = RepositoryContents("app", (tag("v1"), TagEntry("v0")))
        found = foretell(of_task("acr purge --filter 'app:.*' --ago 1d"), held, NOW)
        assert found.losses == ()
        assert found.refused == ("nightly: app: the tag 'v0' has no lastUpdateTime",)


class TestRetention:
    def seen(
        self, held: RepositoryContents, policy: RetentionPolicy, days: float = 10
    ) -> list[str]:
        return seen(CleanupPlan(retention=policy), held, days)

    def test_untagged_docker_manifests_go_days_after(self) -> None:
        held = repository("app", [], [manifest("a", 5), manifest("b", 9), manifest("c", 1)])
        assert self.seen(held, RetentionPolicy(7), 3) == [
            "26 12 retention policy retention b",
            "28 12 retention policy retention a",
        ]

    @pytest.mark.parametrize("kind", [OCI, "application/vnd.oci.image.index.v1+json", ""])
    def test_other_kinds_stay(self, kind: str) -> None:
        assert (
            self.seen(repository("app", [], [manifest("a", kind=kind)]), RetentionPolicy(0)) == []
        )

    def test_so_do_tagged_locked_and_timeless_ones(self) -> None:
        held = repository(
            "app",
            [tag("v1", 5, "a")],
            [manifest("a"), manifest("b", lock=LOCKED), manifest("c", None)],
        )
        assert self.seen(held, RetentionPolicy(0)) == []

    def test_what_was_untagged_before_the_policy_stays(self) -> None:
        held = repository("app", [], [manifest("a", 50), manifest("b", 20)])
        assert self.seen(held, RetentionPolicy(7, ago(30))) == [
            "26 12 retention policy retention b"
        ]

    def test_it_takes_what_a_run_untagged_days_later(self) -> None:
        plan = CleanupPlan(
            (task("nightly", "acr purge --filter 'app:.*' --ago 30d"),), RetentionPolicy(2)
        )
        held = repository("app", [tag("v1", 40, "a")], [manifest("a", tags=["v1"])])
        assert seen(plan, held) == [
            "27 03 nightly untagged v1",
            "29 03 retention policy retention a",
        ]

    def test_at_once_with_no_days(self) -> None:
        plan = CleanupPlan(
            (task("nightly", "acr purge --filter 'app:.*' --ago 30d"),), RetentionPolicy(0)
        )
        held = repository("app", [tag("v1", 40, "a")], [manifest("a", tags=["v1"])])
        assert seen(plan, held) == [
            "27 03 nightly untagged v1",
            "27 03 retention policy retention a",
        ]

    def test_not_while_another_tag_stays(self) -> None:
        plan = CleanupPlan(
            (task("nightly", "acr purge --filter 'app:^v1$' --ago 30d"),), RetentionPolicy(0)
        )
        held = repository("app", [tag("v1", 40, "a"), tag("v2", 40, "a")], [manifest("a")])
        assert seen(plan, held) == ["27 03 nightly untagged v1"]

    def test_the_first_that_takes_it_counts(self) -> None:
        plan = CleanupPlan((task("nightly", "acr purge --untagged-only"),), RetentionPolicy(30))
        held = repository("app", [], [manifest("a", 1), manifest("b", 29.9)])
        assert seen(plan, held) == [
            "26 14 retention policy retention b",
            "27 03 nightly deleted a",
        ]

    def test_children_of_a_list_that_stays_are_spared(self) -> None:
        held = repository(
            "app",
            [tag("v1", 5, "i")],
            [manifest("i", kind=DOCKER_LIST, children=["c"]), manifest("c")],
        )
        assert self.seen(held, RetentionPolicy(0)) == []

    def test_and_go_with_one_that_goes(self) -> None:
        held = repository(
            "app", [], [manifest("i", kind=DOCKER_LIST, children=["c"]), manifest("c")]
        )
        assert self.seen(held, RetentionPolicy(0)) == [
            "26 12 retention policy retention c",
            "26 12 retention policy retention i",
        ]


def test_runs_that_find_nothing_new_change_nothing() -> None:
    """A run each minute tells the same as one that is simulated at every single time."""
    held = repository(
        "app",
        [tag(f"v{at}", 30 - at / 300, f"d{at}") for at in range(60)],
        [manifest(f"d{at}", 30 - at / 300, tags=[f"v{at}"]) for at in range(60)],
    )
    command = "acr purge --filter 'app:.*' --ago 30d --untagged --keep 2"
    often = foresee(CleanupPlan((task("t", command, schedule="*/7 * * * *"),)), held, NOW)
    assert len(often) > 100
    assert often == _one_by_one(command, held)


def _one_by_one(command: str, held: RepositoryContents) -> tuple[Loss, ...]:
    purge, shelf, losses = parse_purge(command), Shelf(held), list[Loss]()
    for at in times(parse_schedule("*/7 * * * *"), NOW, NOW + timedelta(days=7)):
        taken = take(purge, Filters(purge), shelf, at)
        losses += [
            Loss(at, "t", command, "app", t.name, t.digest, LossKind.UNTAGGED) for t in taken.tags
        ]
        losses += [
            Loss(at, "t", command, "app", "", m.digest, LossKind.DELETED) for m in taken.manifests
        ]
    return tuple(sorted(losses, key=lambda loss: (loss.at, not loss.tag, loss.tag, loss.digest)))
