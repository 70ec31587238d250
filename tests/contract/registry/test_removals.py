"""Resource logs, counts and what is left elsewhere, against the local Azure."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from local.azure import actions, cleaning
from local.azure.simulator import Simulator, running
from shared.domain.facts.beside import Elsewhere, TaskRuns
from shared.domain.facts.registry import ManifestState, SoftDeleted
from shared.domain.images import Digest
from shared.domain.pulls import Registry
from shared.domain.removals import RemovalKind
from shared.registry.base import Removed
from tests.contract.registry.conftest import Azure, observing
from tests.support.requests import uncovered

ESTATE = """
subscriptions: [{name: production}, {name: secret}]
places:
  - {name: pullwatch, egress: 198.51.100.20, identity: monitor}
identities:
  - {name: monitor}
  - {name: skipper, kind: user}
workspaces: [{name: logbook}, {name: vault, subscription: secret}]
roleAssignments:
  - {principal: monitor, role: Reader, scope: subscription/production}
registries:
  - name: contoso
    sku: Premium
    diagnostics: logbook
    tasks: [{name: nightly, command: "acr purge --filter 'web:old' --ago 1d"}]
    repositories:
      - name: web
        images: [{tags: [v1, old]}, {tags: [v2], platforms: [linux/amd64, linux/arm64]}]
      - {name: api, images: [{tags: [v1]}]}
  - {name: fabrikam, diagnostics: logbook, repositories: [{name: web, images: [{tags: [v1]}]}]}
  - {name: quiet, repositories: [{name: other, images: [{tags: [v1]}]}]}
  - {name: deaf, diagnostics: vault}
  - {name: attic, policies: {softDelete: {status: Enabled, days: 7}}, repositories: [{name: web}]}
"""
CONTOSO = "contoso.azurecr.io"


@pytest.fixture
async def simulator(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Simulator]:
    estate = tmp_path / "removals.yaml"
    estate.write_text(ESTATE)
    async with running(estate, state) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made
        assert uncovered(made.cloud.world.requests) == set(), "infra/permissions.yaml lacks these"


@pytest.fixture
async def azure(simulator: Simulator) -> AsyncIterator[Azure]:
    async with observing(simulator) as made:
        yield made


async def removed(azure: Azure) -> Removed:
    """What was removed in the last hour, of every registry."""
    now = azure.world.now()
    known = (await azure.end.registries()).known
    return await azure.end.removals(known, now - timedelta(hours=1), now + timedelta(seconds=1))


async def registry(azure: Azure, host: str = CONTOSO) -> Registry:
    return next(one for one in (await azure.end.registries()).known if one.login_server == host)


async def test_untag_delete_and_purge_are_told_apart_with_who_did_it(azure: Azure) -> None:
    actions.untag(azure.world, "contoso/api:v1", by="skipper")
    actions.delete_manifest(azure.world, "fabrikam/web:v1", by="skipper")
    cleaning.run_task(azure.world, "contoso", "nightly")
    actions.push(azure.world, "contoso/web:v9")
    found = await removed(azure)
    assert [gap.what for gap in found.gaps] == ["resource logs of deaf.azurecr.io"]
    assert found.watched == {CONTOSO, "fabrikam.azurecr.io"}
    untagged, deleted, purged = found.removals
    assert (untagged.kind, untagged.repository, untagged.tag) == (
        RemovalKind.UNTAGGED,
        "api",
        "v1",
    )
    assert untagged.actor.startswith("skipper@")
    assert untagged.address == "203.0.113.10"
    assert (deleted.registry, deleted.kind) == ("fabrikam.azurecr.io", RemovalKind.DELETED)
    assert deleted.digest
    assert (purged.tag, purged.actor) == ("old", "task/nightly")
    assert "acrapi" in purged.user_agent


async def test_two_registries_with_one_workspace_take_one_query(azure: Azure) -> None:
    for _ in range(3):
        await removed(azure)
    assert azure.asked("api.loganalytics.io") == 3
    settings = azure.asked("management.azure.com", lambda route: "diagnosticSettings" in route)
    assert settings <= 5, "where a registry sends its logs is remembered"


async def test_what_was_refused_removed_nothing(azure: Azure) -> None:
    actions.lock(azure.world, "contoso/api:v1", delete_enabled=False)
    with pytest.raises(Exception, match="disallowed"):
        actions.untag(azure.world, "contoso/api:v1", by="skipper")
    assert (await removed(azure)).removals == ()


async def test_rows_that_lag_are_there_later(azure: Azure) -> None:
    azure.world.faults.log_lag = 600
    actions.untag(azure.world, "contoso/api:v1", by="skipper")
    assert (await removed(azure)).removals == ()
    azure.world.faults.log_lag = 0
    assert len((await removed(azure)).removals) == 1


async def test_a_workspace_that_may_not_be_read_is_a_gap_with_its_reason(azure: Azure) -> None:
    (gap,) = (await removed(azure)).gaps
    assert not gap.hides
    assert "403" in gap.reason or "not" in gap.reason.lower()


async def test_a_stamp_changes_with_whatever_is_removed_or_pushed(azure: Azure) -> None:
    contoso = await registry(azure)
    seen = [await azure.end.stamp(contoso, "web")]
    actions.untag(azure.world, "contoso/web:old")
    seen.append(await azure.end.stamp(contoso, "web"))
    actions.delete_manifest(azure.world, "contoso/web:v2")
    seen.append(await azure.end.stamp(contoso, "web"))
    actions.push(azure.world, "contoso/web:v3")
    seen.append(await azure.end.stamp(contoso, "web"))
    assert len(set(seen)) == 4
    assert await azure.end.stamp(contoso, "web") == seen[-1]
    assert await azure.end.stamp(contoso, "nothing") == ""


async def test_what_is_asked_for_one_by_one(azure: Azure) -> None:
    contoso = await registry(azure)
    found = await azure.end.present(contoso, "web", ["v1", "gone"])
    assert found.keys() == {"v1"}
    digest = found["v1"]
    assert await azure.end.present(contoso, "web", [digest, f"sha256:{0:064x}"]) == {digest: digest}
    assert await azure.end.present(contoso, "nothing", ["v1"]) == {}
    actions.lock(azure.world, "contoso/web:v1", read_enabled=False)
    assert (await azure.end.present(contoso, "web", ["v1"])).keys() == {"v1"}, "locked is there"


async def test_a_lost_manifest_is_looked_for_here_and_in_other_registries(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.registry.elsewhere.PATIENCE", 60)  # of a slow machine, too
    made = actions.import_image(azure.world, "fabrikam/web:copy", "contoso/web:v1")
    actions.untag(azure.world, "contoso/web:v1")
    pull, digest = azure.pull(f"{CONTOSO}/web:v1"), Digest(made.digest)
    told, state, _ = await azure.end.elsewhere(pull, digest)
    assert isinstance(told, Elsewhere)
    assert isinstance(state, ManifestState)
    assert (told.here, told.login_servers, told.asked) == (True, ("fabrikam.azurecr.io",), 4)
    assert state.digest == digest

    actions.delete_manifest(azure.world, f"contoso/web@{digest}")
    await asyncio.sleep(0)  # who asks later shares no answer
    told, _ = await azure.end.elsewhere(pull, digest)
    assert isinstance(told, Elsewhere)
    assert told.here is False


async def test_what_ran_is_told_with_what_is_missing(azure: Azure) -> None:
    cleaning.run_task(azure.world, "contoso", "nightly")
    cleaning.purge(azure.world, "contoso", "acr purge --filter 'api:.*' --ago 1d")
    pull = azure.pull(f"{CONTOSO}/web:old")
    *_, runs = await azure.end.elsewhere(pull, Digest(f"sha256:{7:064x}"))
    assert isinstance(runs, TaskRuns)
    assert [run.name for run in runs.runs] == ["quick run cd2", "run cd1 of the task nightly"]
    assert all(run.covers(azure.world.now()) for run in runs.runs)


async def test_what_soft_delete_holds_without_a_tag_is_found_by_its_digest(
    azure: Azure,
) -> None:
    gone = actions.import_image(azure.world, "attic/web:v1", "contoso/web:v1")
    actions.untag(azure.world, "attic/web:v1")
    actions.delete_manifest(azure.world, f"attic/web@{gone.digest}")
    pull = azure.pull("attic.azurecr.io/web:v1")
    found = await azure.end.elsewhere(pull, Digest(gone.digest))
    assert SoftDeleted(enabled=True, found=True, digest=Digest(gone.digest)) in found


async def test_what_is_left_is_asked_for_once_for_all_pulls_of_a_job(azure: Azure) -> None:
    pull, digest = azure.pull(f"{CONTOSO}/web:v1"), Digest(f"sha256:{7:064x}")
    await asyncio.gather(*(azure.end.elsewhere(pull, digest) for _ in range(20)))
    assert azure.asked("fabrikam.azurecr.io", lambda route: route.startswith("HEAD")) == 1
