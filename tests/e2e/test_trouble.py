"""Poison messages and troubled registries: recorded, told to an operator, never called missing."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from local.story.scene import readable
from shared.adapters.queue import Outgoing
from shared.adapters.store.diagnoses import PULL
from shared.adapters.tables import AzureTables, Delete, Operation, Put, Row
from shared.domain.findings import Outcome
from shared.domain.pulls import Pull
from tests.support.live import Live
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

TROUBLED = ("busy", "broken", "noise", "cut")
WEBHOOK = "*.environment.api.powerplatform.com"


@pytest.mark.parametrize("queue", ["jobs-urgent", "jobs-bulk", "alerts"])
async def test_a_message_that_is_none_of_ours_is_noted_once_and_done_with(
    live: Live, before: int, queue: str
) -> None:
    bodies = (b"", b"{}", b'{"id": 1}', b"\xff\xfe", b"[" * 5_000, b'"text"', b"x" * 200_000)
    notes = (await live.health())["notes"]
    await live.queues.send(
        queue, *(Outgoing(f"{queue}-{n}", body) for n, body in enumerate(bodies))
    )

    async def noted() -> bool:
        return bool((await live.health())["notes"] == notes + len(bodies))

    await wait_until(noted, "a note for each")
    await live.idle()
    assert await live.newest() == before, "nobody is woken for it"
    page = await live.call("GET", "/")
    assert f"{queue}-0" in page.text


async def test_a_job_that_always_fails_is_given_up_and_an_operator_hears_of_it(
    live: Live, before: int
) -> None:
    (known,) = await live.ask(image="harbour.azurecr.io/deck/helm:1.0")
    pull = msgspec.convert(known["pull"], Pull)
    async with live.tables() as tables:
        await _replace(tables, pull, _spoilt)
        await live.do("delete", image="harbour/deck/helm:1.0", by="skipper")
        card = await live.card("operator", "jobs-urgent", after=before)
        assert "gave up on 1 pulls of harbour.azurecr.io" in readable(card)
        assert "MaxDeliveryCountExceeded" in readable(card)
        await live.mail("operator", "jobs-urgent", "gave up", after=before)
        await live.idle()
        assert len(await live.cards("operator", "jobs-urgent")) == 1
        assert "MaxDeliveryCountExceeded" in (await live.call("GET", "/")).text
        await _replace(tables, pull, lambda row: Delete(row.key))
    (again,) = await live.ask(image="harbour.azurecr.io/deck/helm:1.0")
    assert again["root"]["code"] == "EXISTENCE_TAG_MISSING"
    await live.card("FAIL", "deck/helm", after=before)


async def test_a_card_that_teams_refuses_for_good_reaches_an_operator_by_mail(
    live: Live, before: int
) -> None:
    await live.do("fault", host=WEBHOOK, trouble="status", status=404)
    await live.do("delete", image="harbour/cargo/box:1.0")
    await live.mail("FAIL", "cargo/box", after=before)
    await live.mail("operator", "gave up", "alerts", after=before)
    await live.idle()
    await live.do("undo")
    await live.do("undo")
    assert not await live.cards("cargo/box")


async def test_a_registry_in_trouble_is_never_said_to_miss_an_image(
    live: Live, before: int
) -> None:
    await _trouble(live)
    for name in TROUBLED:
        await live.do("delete", image=f"{name}/net:1.0")

    async def all_wait() -> bool:
        return await live.queues.later("jobs-urgent") >= len(TROUBLED)

    await wait_until(all_wait, "every job is put back")
    for name in TROUBLED:
        (diagnosis,) = await live.ask(image=f"{name}.azurecr.io/net:1.0")
        outcomes = {one["check"]: one["outcome"] for one in diagnosis["results"]}
        assert outcomes["existence.manifest"] == Outcome.UNKNOWN
        assert max(outcomes.values()) < Outcome.FAIL
    assert await live.newest() == before, "nothing was called missing"
    await live.do("throttle", registry="busy", seconds=0)
    await live.do("clear-faults")
    for name in TROUBLED:
        card = await live.card("FAIL", f"{name}.azurecr.io/net", "1.0", after=before)
        assert "There is no tag 1.0" in readable(card)
    await live.idle()
    assert len(await live.cards("net", "There is no tag")) == len(TROUBLED)


async def _trouble(live: Live) -> None:
    await live.do("throttle", registry="busy", seconds=600)
    faults: dict[str, dict[str, Any]] = {
        "broken": {"trouble": "status", "status": 500},
        "noise": {"trouble": "garbage"},
        "cut": {"trouble": "hang-up"},
    }
    for name, fault in faults.items():
        await live.do("fault", host=f"{name}.azurecr.io", **fault)


async def _replace(tables: AzureTables, pull: Pull, changed: Callable[[Row], Operation]) -> None:
    """Change what is stored of a pull's diagnosis, as nobody should."""
    table = tables.table("diagnoses")
    row = await table.get(pull.image.registry, f"{PULL}{pull.key}")
    assert row
    await table.write(pull.image.registry, [changed(row)])


def _spoilt(row: Row) -> Operation:
    """A row whose packed columns nobody can read."""
    spoilt = {
        name: b"?" if isinstance(value, bytes) else value for name, value in row.columns.items()
    }
    return Put(row.key, spoilt)
