"""`python -m shared protect`, and `--apply`: which locks it sets, whose it releases, what it tells.

The app itself locks nothing here (PROTECT_MODE is off): only the command line does. Each test goes
on where the one before ended.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from local.environment import app_settings, inherited
from local.stack import Stack
from local.wiring import ROOT
from shared.adapters.store import Store
from shared.domain.protection import LockState
from tests.e2e.conftest import SETTINGS
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
ESTATE = Path(__file__).with_name("locks.yaml")
LAMP, BELL = "cove.azurecr.io/tide/lamp:v1", "cove.azurecr.io/tide/bell:v1"
LOCK = "--delete-enabled false"
PATCHES = (
    "PATCH /acr/v1/{repository}/_tags/{tag}",
    "PATCH /acr/v1/{repository}/_manifests/{digest}",
)
NOTHING_LEFT, TO_DO, UNKNOWN = 0, 2, 3


@dataclass(frozen=True)
class Printed:
    """What a command said."""

    code: int | None
    text: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """Swept once and watched once: what is deployed and what is planned is in the memory."""
    state = tmp_path_factory.mktemp("locks")
    async with Live.on(Stack(state, estate=ESTATE, settings=SETTINGS)) as running:
        await running.swept()
        await running.watched()
        await running.idle()
        yield running


async def protect(live: Live, *words: str, release: bool = False) -> Printed:
    """The command line with the app's own settings, from where the app stands."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared", "protect", *words),
        cwd=ROOT,
        env={
            **inherited(os.environ),
            **app_settings(live.stack.addresses),
            **SETTINGS,
            "PROTECT_RELEASE": str(release).lower(),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert "Traceback" not in errors.decode(), errors.decode()
    return Printed(process.returncode, output.decode())


async def locks(live: Live) -> dict[str, LockState]:
    """What is written down of locks: target -> whose it is, and how far it came."""
    async with live.tables() as tables:
        kept = [one.lock async for one in Store.on(tables).locks.everything()]
    return {str(one.target): one.state for one in kept}


async def changes(live: Live, registry: str) -> int:
    """How many locks a registry was asked to change since its requests were last counted."""
    hosts = (await live.stack.control.show("requests"))["hosts"]
    return sum(hosts.get(f"{registry}.azurecr.io", {}).get(route, 0) for route in PATCHES)


async def test_the_plan_changes_nothing(live: Live) -> None:
    await live.do("reset-requests")
    printed = await protect(live)
    assert printed.code == TO_DO, printed
    assert printed.text.count(LOCK) == 4 + 1 + 2 + 2, printed
    assert "! No lock helps against the task flood of isle.azurecr.io" in printed.text
    assert f"set        {LAMP}  needed by dock/default/deployment/lantern" in printed.text
    assert [await changes(live, name) for name in ("cove", "reef", "isle")] == [0, 0, 0]
    assert await locks(live) == {}


async def test_what_cannot_be_read_is_unread_and_nothing_is_written(live: Live) -> None:
    await live.do("reset-requests")
    await live.do("unreachable", host="cove.azurecr.io", how="refused")
    for words in ((), ("--apply",)):
        printed = await protect(live, "--registry", "cove", *words)
        assert printed.code == UNKNOWN, printed
        assert f"unread     {LAMP}" in printed.text
        assert LOCK not in printed.text
        assert "locked     " not in printed.text
    await live.do("unreachable", host="cove.azurecr.io", how="fine")
    assert await changes(live, "cove") == 0
    assert await locks(live) == {}


async def test_a_plan_that_cannot_be_read_is_not_nothing_to_do(live: Live) -> None:
    await live.do("fault", host="management.azure.com", trouble="status", path="*/cove/tasks*")
    printed = await protect(live, "--registry", "cove")
    await live.do("clear-faults")
    assert printed.code == UNKNOWN, printed
    assert "? could not look at clean-ups of cove.azurecr.io" in printed.text


async def test_apply_locks_tag_manifest_and_children_and_writes_each_down(live: Live) -> None:
    printed = await protect(live, "--registry", "cove", "--apply")
    assert printed.code == NOTHING_LEFT, printed
    assert f"locked     {LAMP}  needed by dock/default/deployment/lantern" in printed.text
    assert "5 done, 0 to do or to look at" in printed.text
    kept = await locks(live)
    assert sorted(kept.values()) == [LockState.MADE] * 5 + [LockState.OTHERS]
    assert kept[LAMP] is LockState.MADE
    assert kept[BELL] is LockState.OTHERS, "somebody else locked it first"
    assert (await protect(live, "--registry", "cove")).code == NOTHING_LEFT, "a fresh look agrees"


async def test_apply_twice_is_once(live: Live) -> None:
    before = await locks(live)
    await live.do("reset-requests")
    printed = await protect(live, "--registry", "cove", "--apply")
    assert printed.code == NOTHING_LEFT, printed
    assert printed.text.strip() == "0 to do or to look at, 6 locked already or not there"
    assert await changes(live, "cove") == 0
    assert await locks(live) == before


async def test_without_the_right_it_names_it_and_what_grants_it(live: Live) -> None:
    printed = await protect(live, "--registry", "reef", "--apply")
    assert printed.code == TO_DO, printed
    assert "Microsoft.ContainerRegistry/registries/metadata/write" in printed.text
    assert "az role assignment create" in printed.text
    assert printed.text.count(LOCK) == 2, "what a person can do who may"
    assert LockState.MADE not in {s for t, s in (await locks(live)).items() if "reef" in t}
    told = json.loads((await protect(live, "--registry", "reef", "--apply", "--json")).text)
    assert [one["registry"] for one in told["missing"]] == ["reef.azurecr.io"]
    assert not any(line["done"] for line in told["lines"])


async def test_a_purge_that_undoes_locks_is_said_loudly_though_they_are_set(live: Live) -> None:
    printed = await protect(live, "--registry", "isle", "--apply")
    assert printed.code == TO_DO, "locks alone do not help"
    assert "2 done" in printed.text
    assert printed.text.startswith("! No lock helps against the task flood of isle.azurecr.io")
    assert (await live.do("run-task", registry="isle", task="flood"))["tags"] == ["tide/lamp:v1"]


async def test_what_is_locked_survives_its_purge(live: Live) -> None:
    assert (await live.do("run-task", registry="cove", task="ebb"))["tags"] == []
    assert (await live.do("run-task", registry="reef", task="ebb"))["tags"] == ["tide/lamp:v1"]


async def test_nothing_is_released_unless_that_is_asked_for(live: Live) -> None:
    await live.do("deploy", workload="dock/lantern", image="cove.azurecr.io/tide/lamp:v2")
    await live.do("deploy", workload="dock/bell", image="cove.azurecr.io/tide/lamp:v2")
    await live.swept()
    printed = await protect(live, "--registry", "cove", "--apply")
    assert printed.code == NOTHING_LEFT, printed
    assert "released" not in printed.text
    assert f"locked     {LAMP[:-1]}2  needed by " in printed.text
    assert (await locks(live))[LAMP] is LockState.MADE


async def test_only_own_locks_are_released(live: Live) -> None:
    printed = await protect(live, "--registry", "cove", "--apply", release=True)
    assert printed.code == NOTHING_LEFT, printed
    assert f"released   {LAMP}" in printed.text
    assert printed.text.count("released ") == 5
    assert BELL not in printed.text
    kept = await locks(live)
    assert {t for t in kept if "cove" in t and ":v" in t} == {f"{LAMP[:-1]}2"}
    taken = await live.do("run-task", registry="cove", task="ebb")
    assert taken["tags"] == ["tide/lamp:v1"], "the bell has the lock that it had before"
