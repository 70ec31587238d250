"""Alerts that were cut off while they were sent: named in one notice, neither repeated nor lost."""

import asyncio

import msgspec

from shared.adapters.queue import Outgoing
from shared.adapters.store.ledger import Delivery
from shared.domain.alerts import Alert, Announcement, Topic
from shared.notify.base import UnansweredError
from shared.pipeline.announce import on_alert
from shared.pipeline.cut_off import remember
from shared.pipeline.intake import on_registry_event
from shared.pipeline.sweep import sweep
from tests.support.fakes import World
from tests.support.stories import deleted, speak, work_off


async def cut_off() -> tuple[World, Outgoing]:
    """A world in which a process died while it sent the alert of a deletion; its message."""
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    (message,) = world.queue.take(world.settings.alerts_queue)
    await world.services.store.ledger.claim(announcement(message).id)
    return world, message


def announcement(message: Outgoing) -> Announcement:
    return msgspec.json.decode(message.body, type=Announcement)


async def test_it_is_named_in_a_notice_and_not_repeated() -> None:
    world, message = await cut_off()

    for _ in range(2):
        await on_alert(world.services, message.body, message.id)
        await speak(world)

    (notice,) = world.channel.heard
    assert (notice.topic, notice.maybe_repeated) == (Topic.CUT_OFF, False)
    (item,) = notice.items
    assert "[FAIL] There is no tag v1" in item
    assert "Fix: Push" in item


async def test_several_are_one_notice_that_leaves_out_what_is_no_longer_news() -> None:
    world, message = await cut_off()
    for topic in Topic.REPORT, Topic.OPERATOR:
        other = Announcement(id=topic, channel="fake", topic=topic, about="x", at=world.clock())
        await remember(world.services, other)
    await on_alert(world.services, message.body, message.id)

    await speak(world)

    (notice,) = world.channel.heard
    assert notice.headline == "2 alerts were cut off while being sent"
    assert len(notice.items) == 2, "there is no report x"
    assert await world.services.store.ledger.all_cut_off("fake") == ()


async def test_one_that_another_worker_has_sent_meanwhile_is_in_no_notice() -> None:
    world, message = await cut_off()
    await on_alert(world.services, message.body, message.id)
    await world.services.store.ledger.delivered(announcement(message).id)

    await speak(world)

    assert world.channel.heard == []


async def test_a_notice_that_is_cut_off_itself_comes_again_and_says_so() -> None:
    world, message = await cut_off()
    await on_alert(world.services, message.body, message.id)
    (notice,) = world.queue.take(world.settings.alerts_queue)
    await world.services.store.ledger.claim(announcement(notice).id)

    await on_alert(world.services, notice.body, notice.id)

    assert [alert.maybe_repeated for alert in world.channel.heard] == [True]


async def test_notices_that_are_due_at_the_same_time_name_each_alert_once() -> None:
    world, message = await cut_off()
    await on_alert(world.services, message.body, message.id)
    other = Announcement(id="o", channel="fake", topic=Topic.OPERATOR, about="x", at=world.clock())
    await remember(world.services, other)
    notices = world.queue.take(world.settings.alerts_queue)
    hear = world.channel.send

    async def slowly(alert: Alert) -> None:
        await asyncio.sleep(0)
        await hear(alert)

    world.channel.send = slowly  # type: ignore[method-assign]
    await asyncio.gather(*(on_alert(world.services, one.body, one.id) for one in notices))

    assert sorted(len(alert.items) for alert in world.channel.heard) == [2]


async def test_what_another_notice_has_named_meanwhile_does_not_make_this_one_come_again() -> None:
    world, message = await cut_off()
    await on_alert(world.services, message.body, message.id)
    (notice,) = world.queue.take(world.settings.alerts_queue)
    ledger, hear = world.services.store.ledger, world.channel.send

    async def beside_another(alert: Alert) -> None:
        await ledger.mentioned("fake", alert.cut_off)
        await hear(alert)

    world.channel.send = beside_another  # type: ignore[method-assign]
    await on_alert(world.services, notice.body, notice.id)

    assert await ledger.delivery(announcement(notice).id) is Delivery.DELIVERED


async def test_what_nobody_answered_is_named_in_a_notice_too() -> None:
    world, message = await cut_off()
    await world.services.store.ledger.not_delivered(announcement(message).id)
    world.channel.fails = [UnansweredError("timed out")]

    await on_alert(world.services, message.body, message.id)
    await speak(world)

    assert [alert.topic for alert in world.channel.heard] == [Topic.CUT_OFF]
    notes = [note async for note in world.services.store.ledger.notes()]
    assert any("timed out" in note.reason for note in notes)


async def test_a_notice_that_nobody_answered_comes_again_and_says_so() -> None:
    world, message = await cut_off()
    world.channel.fails = [UnansweredError("timed out")]
    await on_alert(world.services, message.body, message.id)

    await speak(world)

    assert [alert.maybe_repeated for alert in world.channel.heard] == [True]
