"""What is read over HTTP: registries, the latest report, health."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared import bootstrap
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Registry
from shared.pipeline.services import Services
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from shared.registry.base import Registries
from shared.settings import SettingsError
from shared.web import health, overview
from tests.support.fakes import LOGIN_SERVER, REGISTRY, FakeRegistry, World
from tests.support.http import call, read
from tests.support.stories import work_off


async def sweep_through(world: World) -> None:
    await sweep(world.services)
    await work_off(world)


async def test_a_registry_says_how_its_pulls_stand(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    world.deploy("web", "shop/web:v1")
    world.lose(["shop/web:v1"])
    await sweep_through(world)

    answer = await call("registries")

    assert answer.status_code == 200
    [registry] = read(answer)["registries"]
    assert registry == {
        "registry": LOGIN_SERVER,
        "resource_id": REGISTRY.resource_id,
        "counts": {"fail": 1, "pass": 1},
    }


async def test_pulls_that_were_not_diagnosed_yet_are_waiting(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    await watch(world.services)  # discovers, and diagnoses nothing

    [registry] = read(await call("registries"))["registries"]

    assert registry["counts"] == {"waiting": 1}


@pytest.mark.usefixtures("world")
async def test_a_registry_without_pulls_is_listed() -> None:
    [registry] = read(await call("registries"))["registries"]
    assert (registry["registry"], registry["counts"]) == (LOGIN_SERVER, {})


async def test_why_pulls_could_not_be_judged_is_said_and_counted(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    world.deploy("web", "shop/web:v1")
    world.registry.blind = "the registry did not answer"
    await sweep(world.services)
    await work_off(world, past_delays=True)

    told = read(await call("registries"))

    assert told["registries"][0]["counts"] == {"unknown": 2}
    [unjudged] = told["unjudged"]
    assert unjudged["pulls"] == 2
    assert "the registry did not answer" in unjudged["reason"]
    assert unjudged["names"] == ["api", "web"]


class ManyRegistries(FakeRegistry):
    async def registries(self) -> Registries:
        known = (REGISTRY, Registry("tailwind.azurecr.io", "/t"))
        return Registries(known, (Gap("unread.azurecr.io", "no such registry could be read"),))


async def test_the_worst_registry_comes_first_and_gaps_are_told(world: World) -> None:
    world.registry = ManyRegistries()
    world.deploy("api", "shop/api:v1")
    world.lose(["shop/api:v1"])
    await sweep_through(world)

    told = read(await call("registries"))

    assert [r["registry"] for r in told["registries"]] == [LOGIN_SERVER, "tailwind.azurecr.io"]
    assert told["gaps"] == [
        {"what": "unread.azurecr.io", "reason": "no such registry could be read", "hides": True}
    ]


class SleepingRegistry(FakeRegistry):
    async def registries(self) -> Registries:
        await asyncio.Event().wait()
        raise AssertionError


async def test_that_azure_is_slow_is_a_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.registry = SleepingRegistry()
    monkeypatch.setattr(overview, "PATIENCE", 0.01)
    answer = await call("registries")
    assert answer.status_code == 200
    [gap] = read(answer)["gaps"]
    assert gap["what"] == "registries"


@pytest.mark.usefixtures("world")
async def test_before_the_first_report_there_is_none() -> None:
    answer = await call("latest_report")
    assert answer.status_code == 404
    assert "first" in read(answer)["error"]


async def test_the_newest_report_is_told(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    await sweep_through(world)
    world.clock.pass_by(days=1)
    world.lose(["shop/api:v1"])
    await sweep_through(world)

    report = read(await call("latest_report"))

    assert report["tallies"] == [{"registry": LOGIN_SERVER, "counts": {"fail": 1}}]
    assert report["complete"] is True


@pytest.fixture
def running(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The app started when the world's clock did."""
    monkeypatch.setattr(health, "PROCESS_STARTED", world.clock.at)
    return world


@pytest.mark.usefixtures("running")
async def test_a_fresh_app_is_healthy_and_its_timers_have_not_run() -> None:
    answer = await call("health")
    told = read(answer)
    assert (answer.status_code, told["ok"], told["store"]) == (200, True, "reachable")
    assert {beat["name"]: beat["pulse"] for beat in told["heartbeats"]} == {
        "watch": "not yet",
        "sweep": "not yet",
    }
    assert told["channels"] == ["fake"]


async def test_health_tells_heartbeats_notes_and_open_incidents(running: World) -> None:
    running.deploy("api", "shop/api:v1")
    running.lose(["shop/api:v1"])
    await sweep_through(running)
    await watch(running.services)
    running.clock.pass_by(minutes=3)

    told = read(await call("health"))

    assert told["open_incidents"] == 1
    assert told["notes"] == 0
    watched = next(beat for beat in told["heartbeats"] if beat["name"] == "watch")
    assert watched["pulse"] == "on time"
    assert watched["age_seconds"] == pytest.approx(180, abs=1)


async def test_a_watch_that_stopped_is_not_healthy(running: World) -> None:
    await watch(running.services)
    running.clock.pass_by(minutes=20)
    answer = await call("health")
    assert answer.status_code == 503
    watched = next(b for b in read(answer)["heartbeats"] if b["name"] == "watch")
    assert watched["pulse"] == "overdue"


async def test_a_watch_that_never_ran_is_not_healthy_for_ever(running: World) -> None:
    running.clock.pass_by(minutes=20)
    assert (await call("health")).status_code == 503


def broken_settings() -> Services:
    raise SettingsError(["set TABLES or TABLES__endpoint", "SMTP_PASSWORD = (secret): wrong"])


def broken_services() -> Services:
    raise RuntimeError("AccountKey=hunter2")


async def test_health_names_the_settings_that_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "urgent", broken_settings)
    answer = await call("health")
    assert answer.status_code == 503
    assert read(answer)["settings"] == [
        "set TABLES or TABLES__endpoint",
        "SMTP_PASSWORD = (secret): wrong",
    ]


async def test_health_answers_even_when_nothing_could_be_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "urgent", broken_services)
    answer = await call("health")
    assert answer.status_code == 503
    assert b"hunter2" not in answer.get_body()
    assert "RuntimeError" in read(answer)["store"]


class MuteTable:
    def __getattr__(self, name: str) -> Any:
        async def forever(*_: object) -> None:
            await asyncio.Event().wait()

        async def rows(*_: object) -> Any:
            await asyncio.Event().wait()
            yield

        return rows if name in {"query", "partitions"} else forever


class MuteTables:
    def table(self, name: str) -> Any:
        return MuteTable()


async def test_a_store_that_says_nothing_is_unreachable(
    running: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.tables = MuteTables()  # type: ignore[assignment]  # all that is missing is an answer
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    answer = await call("health")
    assert answer.status_code == 503
    assert read(answer)["store"] == "unreachable: TimeoutError"


async def test_the_age_of_a_heartbeat_is_that_of_its_last_run(running: World) -> None:
    await sweep_through(running)
    running.clock.pass_by(hours=5)
    told = read(await call("health"))
    swept = next(b for b in told["heartbeats"] if b["name"] == "sweep")
    assert timedelta(seconds=swept["age_seconds"]) == pytest.approx(
        timedelta(hours=5), abs=timedelta(seconds=1)
    )
