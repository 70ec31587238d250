"""A channel that is slow in a mass incident holds up no other."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
import pytest

from shared.domain.alerts import Announcement
from shared.notify.teams import Teams
from shared.pipeline.announce import on_alert
from shared.pipeline.intake import on_registry_event
from tests.support.fakes import FakeChannel, World
from tests.support.stories import deleted, speak, work_off
from tests.unit.pipeline.test_telling import estate


@dataclass
class Paced(FakeChannel):
    """A channel whose next turn comes after so many seconds."""

    name: ClassVar[str] = "fake"
    wait: float = 0.0

    def book(self) -> float:
        return self.wait


async def waiting(seconds: float) -> World:
    world = await estate()
    world.channel = Paced(wait=seconds)
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    return world


async def test_an_alert_whose_turn_comes_late_waits_on_the_queue() -> None:
    world = await waiting(40)
    (message,) = world.queue.take(world.settings.alerts_queue)
    await on_alert(world.services, message.body, message.id)
    assert world.channel.heard == []
    (later,) = world.queue.sent[world.settings.alerts_queue]
    assert later.due is not None
    assert (later.due - world.clock.at).total_seconds() == pytest.approx(40, abs=0.1)
    assert msgspec.json.decode(later.body, type=Announcement).booked


async def test_it_is_sent_when_its_turn_comes_and_books_no_other() -> None:
    world = await waiting(40)
    await speak(world)
    assert len(world.channel.heard) == 1


async def test_a_turn_that_comes_soon_is_waited_for() -> None:
    world = await waiting(0.01)
    await speak(world, past_delays=False)
    assert len(world.channel.heard) == 1


def test_turns_of_teams_are_a_quarter_of_a_second_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("shared.notify.teams.time.monotonic", lambda: now)
    channel = Teams("https://example.com", 5)
    assert [round(channel.book(), 2) for _ in range(3)] == [0.0, 0.26, 0.52]
    now = 200.0
    assert channel.book() == 0.0
