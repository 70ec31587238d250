"""Faults cost time, never truth: crashes between steps, throttling, poison, conflicts."""

import asyncio
from typing import Any

import azure.functions as func
import msgspec
import pytest

from shared.adapters.letters import Letter
from shared.adapters.store.incidents import Incidents
from shared.adapters.store.ledger import NoteKind
from shared.adapters.tables import ConflictError
from shared.domain.alerts import Topic
from shared.domain.incidents import Transition
from shared.domain.pulls import Cause, CauseKind
from shared.notify.base import DeliveryError
from shared.pipeline import announce, work
from shared.pipeline.dead_letters import on_dead_letter
from shared.pipeline.intake import on_registry_event
from shared.pipeline.jobs import shard
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import REGISTRY, START, World
from tests.support.stories import deleted, event, open_incidents, speak, work_off

DEEP = b'{"x":' * 50_000 + b"1" + b"}" * 50_000
"""JSON that no parser wants to follow."""


async def estate() -> World:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    world.lose(["team/api:v1"])
    return world


async def test_a_crash_before_the_alert_is_enqueued_is_made_good_by_the_watch() -> None:
    world = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    (job,) = world.queue.take(world.settings.urgent_queue)
    world.queue.down = True
    with pytest.raises(ConnectionError):
        await work.on_job(world.services, job.body, job.id)

    world.queue.down = False
    await watch(world.services)
    await speak(world)

    assert [a.transition for a in world.channel.heard] == [Transition.OPENED]


async def test_a_job_done_again_after_a_crash_alerts_once() -> None:
    world = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    (job,) = world.queue.take(world.settings.urgent_queue)

    for _ in range(2):
        await work.on_job(world.services, job.body, job.id)
        world.queue.seen.clear()
    await speak(world)

    assert len(world.channel.heard) == 1


async def test_an_incident_that_cannot_be_settled_costs_no_job_of_other_pulls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.deploy("api", "team/api:v1")
    world.deploy("web", "team/web:v1", 2)
    await sweep(world.services)
    await work_off(world)
    world.clock.pass_by(minutes=5)
    world.lose(["team/api:v1"])
    change, broken = Incidents.change, list[str]()

    async def fails_for_the_first(self: Incidents, one: str, decide: Any) -> Any:
        broken.append(one)
        if one == broken[0]:
            raise ValueError("a row that nobody understands")
        return await change(self, one, decide)

    monkeypatch.setattr(Incidents, "change", fails_for_the_first)
    await on_registry_event(world.services, deleted("team/api", 1))
    with pytest.raises(ValueError, match="nobody understands"):
        await work_off(world)

    world.lose(["team/web:v1"])
    await on_registry_event(world.services, deleted("team/web", 2))
    await work_off(world)
    (incident,) = await open_incidents(world)
    assert "team/web" in incident.finding.subject
    with pytest.raises(ValueError, match="nobody understands"):
        await watch(world.services)  # who tells it, as long as it lasts


async def test_a_throttled_registry_puts_the_job_back_with_growing_delays() -> None:
    world = await estate()
    world.registry.status = 429
    await on_registry_event(world.services, deleted("team/api", 1))

    delays = []
    for _ in range(3):
        ((job),) = world.queue.take(world.settings.urgent_queue)
        world.clock.at = job.due or world.clock.at
        before = world.clock.at
        await work.on_job(world.services, job.body, job.id)
        ((again),) = world.queue.sent[world.settings.urgent_queue]
        assert again.due is not None
        delays.append((again.due - before).total_seconds())

    assert all(wait <= d <= wait * 1.25 for wait, d in zip((15, 30, 60), delays, strict=True))
    families = {i.finding.code.split("_")[0] for i in await open_incidents(world)}
    assert families <= {"CAPACITY"}, "nothing was seen to be missing"


async def test_what_stays_throttled_is_given_up_as_unknown_after_the_last_attempt() -> None:
    world = await estate()
    world.registry.status = 500
    await on_registry_event(world.services, deleted("team/api", 1))

    done = await work_off(world, past_delays=True)

    assert done == world.settings.job_attempts
    assert await open_incidents(world) == ()


async def test_a_message_that_is_no_job_is_recorded_and_done_with() -> None:
    world = World()

    for n, body in enumerate((b"", b"{}", b"\xff\xfe", b'{"id": 1}', b"[" * 5000, DEEP)):
        await work.on_job(world.services, body, f"m-{n}")

    notes = [note async for note in world.services.store.ledger.notes()]
    assert {note.kind for note in notes} == {NoteKind.MESSAGE_MALFORMED}
    assert len(notes) == 6


async def test_an_alert_of_great_depth_is_recorded_and_done_with() -> None:
    world = World()
    await announce.on_alert(world.services, DEEP, "m")
    (note,) = [note async for note in world.services.store.ledger.notes()]
    assert note.kind is NoteKind.MESSAGE_MALFORMED


@pytest.mark.parametrize("queue", ["urgent_queue", "alerts_queue"])
async def test_a_dead_letter_of_great_depth_is_told_and_done_with(queue: str) -> None:
    """One that fails comes back at once, for ever: dead letters have no dead letters."""
    world = World()
    await on_dead_letter(world.services, queue, Letter("m", DEEP, "MaxDeliveryCountExceeded"))
    assert len(world.queue.take(world.settings.alerts_queue)) == 1


@pytest.mark.parametrize(
    ("kind", "target", "noted"),
    [
        ("Microsoft.ContainerRegistry.ChartPushed", {"repository": "a"}, NoteKind.EVENT_IGNORED),
        ("Contoso.Unknown", {"repository": "a"}, NoteKind.EVENT_IGNORED),
        ("Microsoft.ContainerRegistry.ImageDeleted", {}, NoteKind.EVENT_MALFORMED),
        (
            "Microsoft.ContainerRegistry.ImageDeleted",
            {"repository": "../../x", "digest": "sha256:1"},
            NoteKind.EVENT_MALFORMED,
        ),
        (
            "Microsoft.ContainerRegistry.ImagePushed",
            {"repository": "a", "tag": "<b>" * 100},
            NoteKind.EVENT_MALFORMED,
        ),
    ],
)
async def test_events_that_are_not_acted_on_leave_a_note(
    kind: str, target: dict[str, str], noted: NoteKind
) -> None:
    world = World()

    await on_registry_event(world.services, event(kind, "s", target, "e1"))

    notes = [note async for note in world.services.store.ledger.notes()]
    assert [note.kind for note in notes] == [noted]
    assert world.queue.sent == {}


async def test_a_huge_event_makes_a_job_that_fits_into_a_message() -> None:
    world = await estate()
    huge = deleted("team/api", 1, "e" * 1_000_000).get_json()
    huge["actor"]["name"] = huge["request"]["useragent"] = "x" * 1_000_000
    told = func.EventGridEvent(
        id=huge["id"],
        data=huge,
        topic=REGISTRY.resource_id,
        subject="team/api",
        event_type="Microsoft.ContainerRegistry.ImageDeleted",
        event_time=START,
        data_version="1.0",
    )

    await on_registry_event(world.services, told)

    (job,) = world.queue.take(world.settings.urgent_queue)
    assert len(job.body) < 10_000


async def test_the_short_type_names_of_an_old_schema_are_understood() -> None:
    world = await estate()
    short = event(
        "ImageDeleted", "team/api", {"repository": "team/api", "digest": "sha256:" + "0" * 64}, "e"
    )

    await on_registry_event(world.services, short)

    assert [note async for note in world.services.store.ledger.notes()] == []


async def test_two_workers_on_the_same_pulls_lose_no_change() -> None:
    world = await estate()
    jobs = [
        *shard(world.platform.pulls, Cause(kind=CauseKind.RECHECK, at=START), "one"),
        *shard(world.platform.pulls, Cause(kind=CauseKind.RECHECK, at=START), "two"),
    ]

    await asyncio.gather(
        *(work.on_job(world.services, msgspec.json.encode(job), job.id) for job in jobs)
    )

    (incident,) = await open_incidents(world)
    assert (incident.episode, len(incident.affected)) == (1, 1)


async def test_a_table_that_always_conflicts_raises_and_the_message_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    (job,) = world.queue.take(world.settings.urgent_queue)
    table = world.tables.tables["diagnoses"]

    async def conflict(*_: object) -> None:
        raise ConflictError

    with monkeypatch.context() as patched:
        patched.setattr(table, "write", conflict)
        with pytest.raises(ConflictError):
            await work.on_job(world.services, job.body, job.id)

    await work.on_job(world.services, job.body, job.id)
    assert len(await open_incidents(world)) == 1


async def test_a_channel_that_is_down_gets_the_alert_later_and_once() -> None:
    world = await estate()
    world.channel.fails = [DeliveryError("503"), DeliveryError("503")]
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)

    await speak(world)

    assert [alert.topic for alert in world.channel.heard] == [Topic.INCIDENT]


async def test_a_permanent_refusal_goes_to_the_dead_letters() -> None:
    world = await estate()
    world.channel.fails = [DeliveryError("404: the flow is gone", permanent=True)]
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    (message,) = world.queue.take(world.settings.alerts_queue)

    with pytest.raises(announce.UndeliverableError):
        await announce.on_alert(world.services, message.body, message.id)


async def test_an_alert_that_arrived_is_not_sent_again() -> None:
    world = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    (message,) = world.queue.take(world.settings.alerts_queue)

    for _ in range(3):
        await announce.on_alert(world.services, message.body, message.id)

    assert len(world.channel.heard) == 1
