"""What the app says of itself, so that silence can be told from health."""

import json
import logging

import pytest

from shared.adapters.letters import Letter
from shared.domain.facts.base import Evidence
from shared.domain.facts.registry import RegistryProfile, RegistryUsages, Sku, Usage
from shared.pipeline import signals
from shared.pipeline.dead_letters import on_dead_letter
from shared.pipeline.report import report_overdue
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import REGISTRY, World
from tests.support.stories import work_off

Said = list[dict[str, object]]


def said(caplog: pytest.LogCaptureFixture, signal: str) -> Said:
    lines = [record.getMessage() for record in caplog.records]
    return [json.loads(line.partition(" ")[2]) for line in lines if line.split(" ")[0] == signal]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


async def test_a_timer_that_did_its_work_has_a_heartbeat(heard: pytest.LogCaptureFixture) -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await watch(world.services)
    assert said(heard, signals.HEARTBEAT) == [{"timer": "sweep"}, {"timer": "watch"}]


async def test_a_watch_that_fails_has_none(heard: pytest.LogCaptureFixture) -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    world.registry.crash = RuntimeError("down")

    async def fail(*_: object) -> None:
        raise RuntimeError("down")

    world.registry.tags = fail  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        await watch(world.services)
    assert {"timer": "watch"} not in said(heard, signals.HEARTBEAT)


async def test_a_complete_sweep_says_so(heard: pytest.LogCaptureFixture) -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    plan = await sweep(world.services)
    await work_off(world)
    (report,) = said(heard, signals.REPORT)
    assert report == {"sweep": plan.sweep, "complete": True, "missing_jobs": 0, "gaps": 0}


async def test_a_sweep_whose_jobs_stay_away_says_so_as_a_warning(
    heard: pytest.LogCaptureFixture,
) -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    world.clock.pass_by(hours=2)
    await report_overdue(world.services)
    (report,) = said(heard, signals.REPORT)
    assert (report["complete"], report["missing_jobs"]) == (False, 2)
    assert any(
        record.levelno == logging.WARNING and signals.REPORT in record.getMessage()
        for record in heard.records
    )


async def test_a_dead_letter_is_told_on_one_line(heard: pytest.LogCaptureFixture) -> None:
    world = World()
    letter = Letter('m"\n1', b"{}", "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "urgent_queue", letter)
    (line,) = said(heard, signals.DEAD_LETTER)
    assert line == {"queue": world.settings.urgent_queue, "message": 'm"\n1'}


PROFILE = RegistryProfile(
    resource_id=REGISTRY.resource_id,
    login_server="contoso.azurecr.io",
    name="contoso",
    region="westeurope",
    sku=Sku.PREMIUM,
)


def test_capacity_has_used_included_and_limit_in_bytes(heard: pytest.LogCaptureFixture) -> None:
    usages = RegistryUsages((Usage("Webhooks", 1, 500), Usage("Size", 7, 536_870_912_000)))
    signals.capacity(Evidence([PROFILE, usages]))
    (line,) = said(heard, signals.CAPACITY)
    assert line == {
        "registry": "contoso.azurecr.io",
        "used": 7,
        "included": 536_870_912_000,
        "limit": 100 * 1024**4,
    }


@pytest.mark.parametrize(
    "evidence", [[], [PROFILE], [PROFILE, RegistryUsages((Usage("Webhooks", 1, 500),))]]
)
def test_what_could_not_be_seen_has_no_capacity(
    heard: pytest.LogCaptureFixture, evidence: list[object]
) -> None:
    signals.capacity(Evidence(evidence))  # type: ignore[arg-type]
    assert said(heard, signals.CAPACITY) == []
