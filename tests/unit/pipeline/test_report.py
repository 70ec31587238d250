"""The nightly report: complete, incomplete, and never twice."""

import msgspec
import pytest

from shared.adapters.letters import Letter
from shared.domain.alerts import Topic
from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.domain.health import said
from shared.domain.pulls import Cause, CauseKind, Job
from shared.pipeline.dead_letters import on_dead_letter
from shared.pipeline.report import report_overdue
from shared.pipeline.sweep import sweep
from shared.pipeline.work import on_job
from tests.support.fakes import START, World, pull
from tests.support.stories import speak, work_off


async def test_the_last_job_makes_the_report_and_it_is_sent_once() -> None:
    world = World()
    for n in range(250):
        world.deploy(f"w{n}", f"team/r{n % 7}:v{n}", seed=n)
    world.lose(["team/r0:v0"])

    await sweep(world.services)
    assert len(world.queue.sent[world.settings.bulk_queue]) == 3 + 1, "and the registry itself"
    await work_off(world)
    await speak(world)

    (alert,) = [a for a in world.channel.heard if a.topic is Topic.REPORT]
    assert alert.report is not None
    assert alert.report.complete
    assert sum(alert.report.counts.values()) == 250
    assert alert.report.counts["fail"] == 1
    assert alert.report.outcome is Outcome.FAIL


async def test_what_a_sweep_finds_waits_for_its_report() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    world.lose(["team/api:v1"])

    await sweep(world.services)
    await work_off(world)
    await speak(world)

    assert [alert.topic for alert in world.channel.heard] == [Topic.REPORT]
    assert world.channel.heard[0].report is not None
    assert len(world.channel.heard[0].report.lines) == 1


async def test_an_empty_estate_has_a_report_that_is_not_a_pass() -> None:
    world = World()

    await sweep(world.services)
    await work_off(world)
    await speak(world)

    (alert,) = world.channel.heard
    assert alert.report is not None
    assert alert.report.outcome is Outcome.UNKNOWN
    assert [one.outcome for one in alert.report.health] == [Outcome.PASS]


async def test_what_could_not_be_looked_at_stands_in_the_report() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    world.platform.gaps = (Gap("/subscriptions/s/clusters/dark", "403"),)

    await sweep(world.services)
    await work_off(world)
    await speak(world)

    report = world.channel.heard[0].report
    assert report is not None
    assert [gap.reason for gap in report.gaps] == ["403"]
    assert report.outcome is Outcome.UNKNOWN


async def test_a_job_that_never_comes_back_makes_the_report_incomplete() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    world.queue.take(world.settings.bulk_queue)

    await report_overdue(world.services)
    assert await speak(world) == 0
    world.clock.pass_by(minutes=world.settings.report_wait_minutes + 1)
    await report_overdue(world.services)
    await speak(world)

    (alert,) = world.channel.heard
    assert alert.report is not None
    assert (alert.report.complete, alert.report.missing_jobs) == (False, 2)


async def test_a_dead_lettered_job_is_told_to_operators_and_closes_its_sweep() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    job, look = world.queue.take(world.settings.bulk_queue)
    await on_job(world.services, look.body, look.id)

    letter = Letter(job.id, job.body, "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "bulk_queue", letter)
    await speak(world)

    topics = {alert.topic for alert in world.channel.heard}
    assert topics == {Topic.REPORT, Topic.OPERATOR}
    notice = next(a.notice for a in world.channel.heard if a.topic is Topic.OPERATOR)
    assert "1 pulls of contoso.azurecr.io" in notice


async def test_a_cluster_that_cannot_be_read_keeps_its_pulls() -> None:
    world = World()
    kept = world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    world.platform.pulls = []
    world.platform.gaps = (Gap(kept.workload.id, "403"),)
    world.clock.pass_by(days=1)

    await sweep(world.services)

    assert await world.services.store.index.of_pull(kept) is not None


async def test_a_crash_before_the_report_is_announced_loses_no_report() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    look, job = reversed(world.queue.take(world.settings.bulk_queue))
    await on_job(world.services, look.body, look.id)
    world.queue.down = True
    with pytest.raises(ConnectionError):
        await on_job(world.services, job.body, job.id)

    world.queue.down = False
    await report_overdue(world.services)
    await speak(world)

    assert [alert.topic for alert in world.channel.heard] == [Topic.REPORT]


async def test_a_job_that_was_put_back_for_some_of_its_pulls_counts_them_all() -> None:
    world = World()
    for n in range(5):
        world.deploy(f"w{n}", f"team/r{n}:v1", seed=n)
    world.lose(["team/r0:v1"])
    world.registry.busy = {"team/r4"}
    await sweep(world.services)
    await work_off(world)
    assert await speak(world) == 0, "one pull is still open"

    world.registry.busy.clear()
    await work_off(world, past_delays=True)
    await speak(world)

    report = world.channel.heard[0].report
    assert report is not None
    assert report.complete
    assert report.counts["fail"] == 1
    assert sum(report.counts.values()) == 5


async def test_a_dead_lettered_check_ends_for_who_waits_for_it() -> None:
    world = World()
    asked = Job(
        id="asked:1",
        registry="contoso.azurecr.io",
        pulls=(pull("api", "team/api:v1"),),
        cause=Cause(kind=CauseKind.ASKED, at=START),
        check="1",
    )

    letter = Letter("m", msgspec.json.encode(asked), "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "urgent_queue", letter)

    requested = await world.services.store.requested.get("1")
    assert requested is not None
    assert (requested.diagnoses, requested.failed) == (None, "MaxDeliveryCountExceeded")


async def test_a_check_that_was_answered_stays_so_when_its_message_is_given_up() -> None:
    world = World()
    asked = Job(
        id="asked:1",
        registry="contoso.azurecr.io",
        pulls=(pull("api", "team/api:v1"),),
        cause=Cause(kind=CauseKind.ASKED, at=START),
        check="1",
    )
    await on_job(world.services, msgspec.json.encode(asked), "m")

    letter = Letter("m", msgspec.json.encode(asked), "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "urgent_queue", letter)

    requested = await world.services.store.requested.get("1")
    assert requested is not None
    assert requested.diagnoses
    assert not requested.failed


async def test_each_registry_is_looked_at_once_whoever_pulls_from_it() -> None:
    world = World()
    for n in range(250):
        world.deploy(f"w{n}", f"team/r{n % 7}:v{n}", seed=n)
    await sweep(world.services)
    await work_off(world)
    await speak(world)

    report = world.channel.heard[0].report
    assert report is not None
    assert [one.registry for one in report.health] == ["contoso.azurecr.io"]
    assert [one.pulls for one in report.tallies] == [250]
    assert report.outcome is Outcome.PASS


async def test_a_registry_in_trouble_is_no_failing_pull_and_no_incident() -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    job, look = world.queue.take(world.settings.bulk_queue)
    await on_job(world.services, job.body, job.id)
    world.registry.status = 403
    await on_job(world.services, look.body, look.id)
    await speak(world)

    report = world.channel.heard[0].report
    assert report is not None
    assert (report.health[0].outcome, report.outcome) == (Outcome.FAIL, Outcome.WARN)
    assert any("CONNECTIVITY_" in text for text in said(report.health[0]))
    assert report.lines == ()
    assert not [one async for one in world.services.store.incidents.everything()]


async def test_a_look_at_a_registry_that_is_given_up_is_told_as_such() -> None:
    world = World()
    await sweep(world.services)
    (look,) = world.queue.take(world.settings.bulk_queue)
    letter = Letter(look.id, look.body, "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "bulk_queue", letter)
    await speak(world)

    notice = next(a.notice for a in world.channel.heard if a.topic is Topic.OPERATOR)
    assert "a look at the registry contoso.azurecr.io" in notice
    report = next(a.report for a in world.channel.heard if a.report)
    assert not report.complete


@pytest.mark.parametrize("health", [True, False])
async def test_a_job_has_pulls_or_asks_for_the_registry(health: bool) -> None:
    world = World()
    cause = Cause(kind=CauseKind.SWEEP, at=START)
    pulls = (pull("api", "team/api:v1"),) if health else ()
    bad = Job("id", "contoso.azurecr.io", pulls, cause, health=health)
    await on_job(world.services, msgspec.json.encode(bad), "m")
    assert len([note async for note in world.services.store.ledger.notes()]) == 1
