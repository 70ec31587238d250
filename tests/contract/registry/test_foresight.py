"""What is foretold against what the local Azure then does: tasks, policies, locks, requests."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from local.azure import actions, cleaning
from local.azure.simulator import Simulator, running
from shared.adapters.http import Lane
from shared.domain.cleanup import Attributes, LossKind
from shared.domain.facts.base import CouldNotLookError, Evidence
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.forecast import SeenPlan
from shared.domain.pulls import Registry
from shared.registry.base import NotPermittedError
from tests.contract.registry.conftest import Azure, observing
from tests.support.requests import uncovered

ESTATE = """
subscriptions: [{name: production}]
places: [{name: pullwatch, egress: 198.51.100.20, identity: monitor}]
identities: [{name: monitor}]
roles:
  - name: Locks
    actions: [Microsoft.ContainerRegistry/registries/metadata/write]
    assignableScopes: [/subscriptions/production]
roleAssignments:
  - {principal: monitor, role: Reader, scope: subscription/production}
  - {principal: monitor, role: Container Registry Repository Reader, scope: registry/tailwind}
registries:
  - name: contoso
    sku: Premium
    tasks:
      - name: nightly
        command: acr purge --filter 'worker:.*' --ago 30d --keep 2
        schedules: [0 3 * * *]
      - name: untagged
        command: acr purge --untagged-only --ago 14d --filter 'idx:.*'
        schedules: [0 4 * * *]
      - {name: by-hand, command: "acr purge --filter 'web:.*' --ago 1d"}
      - name: switched-off
        command: acr purge --filter 'web:.*' --ago 1d
        schedules: [0 5 * * *]
        status: Disabled
      - name: paused
        command: acr purge --filter 'web:.*' --ago 1d
        pausedSchedules: [0 5 * * *]
      - name: elsewhere
        file: acb.yaml
        context: https://github.com/contoso/tasks.git#main
        schedules: [0 1 * * *]
      - name: build
        dockerfile: Dockerfile
        context: https://github.com/contoso/web.git
        schedules: [0 1 * * *]
      - name: valued
        yaml: "steps:\\n  - cmd: acr purge --filter 'valued:.*' --ago {{.Values.age}}\\n"
        values: {age: 5d}
        schedules: [0 6 * * *]
    repositories:
      - name: worker
        images:
          - {tags: [v5], age: P3D}
          - {tags: [v4], age: P35D}
          - {tags: [v3], age: P48D}
          - {tags: [v2], age: P70D}
          - {tags: [v1], age: P110D, tagLocks: {v1: {deleteEnabled: false}}}
      - name: idx
        images:
          - {tags: [multi], platforms: [linux/amd64, linux/arm64], media: oci, age: P90D}
          - {name: loose, untaggedFor: P20D, age: P80D}
      - {name: web, images: [{tags: [v1], age: P70D}]}
      - {name: valued, images: [{tags: [v1], age: P70D}]}
  - name: plain
    sku: Premium
    policies: {retention: {status: Enabled, days: 7, updated: P60D}, softDelete: {status: Disabled}}
    repositories:
      - {name: app, images: [{tags: [v2], age: P3D}, {name: old, untaggedFor: P5D, age: P5D}]}
  - name: quiet
    repositories: [{name: app, images: [{tags: [v1]}]}]
  - name: tailwind
    roleAssignmentMode: AbacRepositoryPermissions
    repositories: [{name: api, images: [{tags: [v1]}]}]
"""
CONTOSO = "contoso.azurecr.io"


@pytest.fixture
async def simulator(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Simulator]:
    estate = tmp_path / "estate.yaml"
    estate.write_text(ESTATE)
    async with running(estate, state) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made
        assert uncovered(made.cloud.world.requests) == set(), "infra/permissions.yaml lacks these"


def _is_tasks(route: str) -> bool:
    return "tasks" in route.lower()


async def foretold(azure: Azure, image: str) -> CleanupForecast:
    return (await azure.see(image))[CleanupForecast]


def registry(azure: Azure, name: str = "contoso") -> Registry:
    found = azure.world.registry(name)
    return Registry(found.login_server, found.id)


async def test_what_is_foretold_is_what_the_task_then_takes(azure: Azure) -> None:
    tags = ("v1", "v2", "v3", "v4", "v5")
    seen = [await foretold(azure, f"{CONTOSO}/worker:{tag}") for tag in tags]
    doomed = [tag for tag, one in zip(tags, seen, strict=True) if one.losses]
    taken = cleaning.run_task(azure.world, "contoso", "nightly")
    assert taken.tags == [f"worker:{tag}" for tag in doomed] == ["worker:v2"]
    (loss,) = seen[1].losses
    assert (loss.by, loss.kind) == ("nightly", LossKind.UNTAGGED)
    assert loss.at.hour == 3
    assert loss.at - azure.world.now() <= timedelta(days=1)


async def test_children_of_an_index_are_known_to_be_spared(azure: Azure) -> None:
    contents = azure.world.contents["contoso"].repositories["idx"]
    loose = next(
        d for d in contents.manifests if not contents.tags_of(d) and d not in contents.children()
    )
    seen = await foretold(azure, f"{CONTOSO}/idx@{loose}")
    assert [loss.kind for loss in seen.losses] == [LossKind.DELETED]
    child = min(contents.children())
    assert (await foretold(azure, f"{CONTOSO}/idx@{child}")).losses == ()
    assert (await foretold(azure, f"{CONTOSO}/idx:multi")).losses == ()
    taken = cleaning.run_task(azure.world, "contoso", "untagged")
    assert taken.manifests == [f"idx@{loose}"]


async def test_the_retention_policy_is_foretold(azure: Azure) -> None:
    contents = azure.world.contents["plain"].repositories["app"]
    old = next(d for d in contents.manifests if not contents.tags_of(d))
    seen = await foretold(azure, f"plain.azurecr.io/app@{old}")
    assert [(one.kind, one.by) for one in seen.losses] == [(LossKind.RETENTION, "retention policy")]
    assert (await foretold(azure, "plain.azurecr.io/app:v2")).losses == ()


async def test_tasks_that_do_not_run_take_nothing_and_those_elsewhere_are_told(
    azure: Azure,
) -> None:
    seen = await foretold(azure, f"{CONTOSO}/web:v1")
    assert seen.losses == ()
    assert [one.task for one in seen.unseen] == ["elsewhere"]
    assert "acb.yaml of https://github.com/contoso/tasks.git#main" in seen.unseen[0].reason


async def test_values_of_a_task_are_filled_in(azure: Azure) -> None:
    (loss,) = (await foretold(azure, f"{CONTOSO}/valued:v1")).losses
    assert "--ago 5d" in loss.command


async def test_a_repository_that_no_plan_concerns_is_not_listed(simulator: Simulator) -> None:
    async with observing(simulator, lane=Lane.BULK) as azure:
        seen = await foretold(azure, "quiet.azurecr.io/app:v1")
        assert seen.losses == ()
        assert azure.asked("quiet.azurecr.io", lambda route: "_tags" in route) == 0
        tasks = azure.asked("management.azure.com", _is_tasks)
        assert tasks == 1, azure.routes("management.azure.com")


@pytest.mark.parametrize("lane", [Lane.BULK, Lane.URGENT])
async def test_a_repository_is_listed_once_for_everything(simulator: Simulator, lane: Lane) -> None:
    async with observing(simulator, lane=lane) as azure:
        pulls = {azure.pull(f"{CONTOSO}/worker:v{number}"): None for number in range(2, 6)}
        await azure.end.observe(pulls)
        assert azure.routes(CONTOSO)["GET /acr/v1/{repository}/_manifests"] == 1
        assert azure.routes(CONTOSO)["GET /acr/v1/{repository}/_tags"] == 1


async def test_tasks_that_may_not_be_read_are_not_no_tasks(simulator: Simulator) -> None:
    world = simulator.cloud.world
    world.estate.role_assignments = [
        one for one in world.estate.role_assignments if one.role != "Reader"
    ]
    async with observing(simulator) as azure:
        seen = await azure.see(f"{CONTOSO}/worker:v2")
        assert seen.get(CleanupForecast) is None
        assert "CleanupForecast" in seen.gaps
        with pytest.raises(CouldNotLookError):
            await azure.end.cleanup(registry(azure))


async def test_the_plan_of_a_registry_takes_one_request(azure: Azure) -> None:
    plan = await azure.end.cleanup(registry(azure))
    assert isinstance(plan, SeenPlan)
    assert {task.name for task in plan.active} == {
        "nightly", "untagged", "by-hand", "paused", "valued",
    }  # fmt: skip
    assert next(t for t in plan.active if t.name == "paused").schedules == ()
    assert azure.asked("management.azure.com", _is_tasks) == 1


async def test_locks_are_read_and_written_each_for_itself(azure: Azure) -> None:
    azure.world.estate.role_assignments += [
        type(azure.world.estate.role_assignments[0])(
            principal="monitor", role="Locks", scope=azure.world.registry("contoso").id
        )
    ]
    contoso = registry(azure)
    digest = azure.world.contents["contoso"].repositories["worker"].tags["v2"].digest
    assert await azure.end.locks(contoso, "worker", "v2") == Attributes()
    await azure.end.lock(contoso, "worker", "v2", delete_enabled=False)
    assert await azure.end.locks(contoso, "worker", "v2") == Attributes(delete_enabled=False)
    assert await azure.end.locks(contoso, "worker", digest) == Attributes()
    await azure.end.lock(contoso, "worker", digest, delete_enabled=False)
    assert await azure.end.locks(contoso, "worker", digest) == Attributes(delete_enabled=False)
    assert (await foretold(azure, f"{CONTOSO}/worker:v2")).losses == ()
    assert cleaning.run_task(azure.world, "contoso", "nightly").tags == []
    await azure.end.lock(contoso, "worker", "v2", delete_enabled=True)
    assert await azure.end.locks(contoso, "worker", "v2") == Attributes()


async def test_other_locks_stay_as_they_are(azure: Azure) -> None:
    actions.lock(azure.world, "contoso/worker:v3", write_enabled=False)
    found = await azure.end.locks(registry(azure), "worker", "v3")
    assert found == Attributes(delete_enabled=True, write_enabled=False)


async def test_what_is_not_there_has_no_locks(azure: Azure) -> None:
    assert await azure.end.locks(registry(azure), "worker", "v99") is None
    assert await azure.end.locks(registry(azure), "worker", f"sha256:{0:064x}") is None


@pytest.mark.parametrize(
    ("name", "repository", "action"),
    [
        ("contoso", "worker", "Microsoft.ContainerRegistry/registries/metadata/write"),
        ("tailwind", "api", "Microsoft.ContainerRegistry/registries/repositories/metadata/write"),
    ],
)
async def test_without_the_right_it_is_named(
    azure: Azure, name: str, repository: str, action: str
) -> None:
    with pytest.raises(NotPermittedError) as caught:
        await azure.end.lock(registry(azure, name), repository, "v1", delete_enabled=False)
    assert action in str(caught.value)
    assert any(
        "az role definition create" in one and action in one for one in caught.value.commands
    )
    assert any("az role assignment create" in one for one in caught.value.commands)


async def test_the_health_of_a_registry_tells_the_traps_of_all_its_purges(azure: Azure) -> None:
    seen = Evidence(await azure.end.health(CONTOSO, ""))[CleanupForecast]
    assert [(one.task, one.trap.code) for one in seen.traps] == [("nightly", "KEEP_AFTER_AGE")]
    assert [one.task for one in seen.unseen] == ["elsewhere"]


async def test_a_purge_of_everything_is_told_with_what_is_in_use(azure: Azure) -> None:
    seen = Evidence(await azure.end.health(CONTOSO, "", ("web", "worker")))[CleanupForecast]
    traps = {(one.task, one.trap.code): one.trap for one in seen.traps}
    assert "In use: worker." in traps["nightly", "EVERYTHING_IN_USE"].explanation
    assert ("nightly", "KEEP_AFTER_AGE") in traps


async def test_a_trap_is_told_of_the_pulls_that_it_takes_something_of(azure: Azure) -> None:
    taken = await foretold(azure, f"{CONTOSO}/worker:v2")
    assert {one.trap.code for one in taken.traps} == {"EVERYTHING_IN_USE", "KEEP_AFTER_AGE"}
    spared = await foretold(azure, f"{CONTOSO}/worker:v1")
    assert (spared.losses, spared.traps) == ((), ())
    assert spared.orders, "the purge visits it all the same"
