"""A purge is told before it runs; what may be locked is spared, and what may not be is missed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from local.environment import inherited
from local.stack import Stack
from local.story.scene import headline, readable
from local.wiring import ROOT
from shared.domain.findings import Outcome
from tests.support.live import BY_HAND, Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SHOAL = Path(__file__).with_name("shoal.yaml")
SETTINGS = {**BY_HAND, "PROTECT_MODE": "lock", "PROTECT_RELEASE": "true", "DISCOVERY_MINUTES": "1"}
REEF, COVE = "reef.azurecr.io/tide/lamp:v1", "cove.azurecr.io/tide/lamp:v1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shoal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """The shoal, swept once: everything deployed is in the index, and what is coming was seen."""
    state = tmp_path_factory.mktemp("shoal")
    soon = datetime.now(UTC) + timedelta(minutes=90)
    estate = tmp_path_factory.mktemp("estate") / "shoal.yaml"
    estate.write_text(SHOAL.read_text().replace("0 3 * * *", f"{soon.minute} {soon.hour} * * *"))
    async with Live.on(Stack(state, estate=estate, settings=SETTINGS)) as running:
        await running.swept()
        yield running


async def protect(live: Live, *words: str) -> tuple[int | None, str]:
    """The command line, as the app's own identity."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared", "protect", *words),
        cwd=ROOT,
        env={**inherited(os.environ), **live.stack.env(place="pullwatch")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode() + errors.decode()


async def test_a_purge_is_foretold_then_prevented_or_seen(shoal: Live) -> None:
    foretold = readable(await shoal.card("WARN", "the task ebb will untag tide/lamp:v1", REEF))
    for said in ("beacon", "How to keep it", "--image tide/lamp:v1 --delete-enabled false", "ebb"):
        assert said in foretold
    assert "lantern" not in foretold
    report = readable(await shoal.card("Nightly report"))
    assert "Will be deleted within 7 days: 2" in report

    code, printed = await protect(shoal, "--registry", "cove")
    assert (code, printed.count("--delete-enabled false")) == (2, 2), printed
    assert "needed by lantern" in printed

    before = await shoal.newest()
    await shoal.watched()
    await shoal.card("RESOLVED", COVE, "Nothing will delete it", after=before)
    plan = (await shoal.call("GET", "/api/protection")).body
    assert {line["standing"] for line in plan["lines"] if "cove" in line["target"]["registry"]} == {
        "kept"
    }
    (missing,) = plan["missing"]
    assert missing["registry"] == "reef.azurecr.io"
    assert "metadata/write" in missing["reason"]
    assert "Nothing can be locked in reef.azurecr.io" in (await shoal.call("GET", "/")).text

    before = await shoal.newest()
    spared = await shoal.do("run-task", registry="cove", task="ebb")
    taken = await shoal.do("run-task", registry="reef", task="ebb")
    assert (spared["tags"], taken["tags"]) == ([], ["tide/lamp:v1"])
    await shoal.watched()
    gone = await shoal.card("FAIL", REEF, "beacon", after=before)
    assert "There is no tag v1" in headline(gone)
    await shoal.idle()
    assert not await shoal.cards("RESOLVED", REEF), "that it came true is no good news"
    assert not await shoal.cards("There is no tag", COVE)
    (diagnosis,) = await shoal.ask(image=COVE)
    assert diagnosis["outcome"] == Outcome.PASS
    codes = {f["code"] for r in diagnosis["results"] for f in r["findings"]}
    assert not {code for code in codes if code.endswith("FORESEEN")}
