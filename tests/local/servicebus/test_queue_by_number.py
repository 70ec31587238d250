"""Messages that are asked for by their number: peeked, scheduled, deferred."""

import pytest

from local.servicebus.config import QueueConfig
from local.servicebus.errors import BrokerError
from local.servicebus.message import State
from tests.local.servicebus.conftest import MakeQueue
from tests.local.servicebus.support import Clock, content, receive, text_of, token_of


def test_a_peek_shows_every_state_from_a_number_on(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q"))
    numbers = [queue.enqueue(content(text)) for text in "abc"]
    queue.enqueue(content("d", scheduled_at=clock.now + 1000))
    queue.defer(token_of(receive(queue, 1)[0]))
    receive(queue, 1)
    found = queue.peek(0, 10)
    assert [(text_of(message), message.state) for message in found] == [
        ("a", State.DEFERRED),
        ("b", State.ACTIVE),
        ("c", State.ACTIVE),
        ("d", State.SCHEDULED),
    ]
    assert [text_of(message) for message in queue.peek(numbers[1], 2)] == ["b", "c"]


def test_a_scheduled_message_appears_at_its_time_under_a_new_number(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content("later", scheduled_at=clock.now + 5000, ttl_seconds=60))
    last = queue.enqueue(content("now"))
    assert [text_of(message) for message in receive(queue)] == ["now"]
    assert queue.next_deadline() == clock.now + 5000
    clock.advance(5)
    queue.tick()
    (message,) = receive(queue)
    assert text_of(message) == "later"
    assert message.sequence_number > last > number
    assert (message.enqueued_at, message.expires_at) == (clock.now, clock.now + 60_000)


def test_a_message_scheduled_for_the_past_is_there_at_once(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q"))
    queue.enqueue(content(scheduled_at=clock.now))
    assert len(receive(queue)) == 1


def test_a_cancelled_message_never_appears(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content(scheduled_at=clock.now + 5000))
    queue.cancel_scheduled([number])
    clock.advance(5)
    queue.tick()
    assert receive(queue) == []
    with pytest.raises(BrokerError) as refused:
        queue.cancel_scheduled([number])
    assert refused.value.status == 404


def test_a_cancellation_that_names_an_unknown_message_cancels_none(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content(scheduled_at=clock.now + 5000))
    with pytest.raises(BrokerError):
        queue.cancel_scheduled([number, number + 1])
    assert len(queue.messages) == 1


def test_a_deferred_message_is_only_given_to_who_asks_for_it(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content())
    queue.defer(token_of(receive(queue)[0]))
    assert receive(queue) == []
    (message,) = queue.receive_deferred([number], settle=False)
    with pytest.raises(BrokerError):
        queue.receive_deferred([number], settle=False)
    queue.abandon(token_of(message))
    assert message.state is State.DEFERRED
    (message,) = queue.receive_deferred([number], settle=False)
    assert message.delivery_count == 2
    queue.complete(token_of(message))
    assert not queue.messages


def test_a_deferred_message_can_be_received_and_deleted(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content())
    queue.defer(token_of(receive(queue)[0]))
    assert [m.lock for m in queue.receive_deferred([number, number], settle=True)] == [None]
    assert not queue.messages


def test_a_deferred_message_expires_when_it_is_asked_for(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q", dead_letter_on_expiration=True))
    number = queue.enqueue(content(ttl_seconds=5))
    queue.defer(token_of(receive(queue)[0]))
    clock.advance(6)
    queue.tick()
    assert number in queue.messages
    with pytest.raises(BrokerError):
        queue.receive_deferred([number], settle=False)
    assert queue.dead_letters is not None
    assert number in queue.dead_letters.messages


def test_an_active_message_cannot_be_had_by_its_number(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    number = queue.enqueue(content())
    with pytest.raises(BrokerError):
        queue.receive_deferred([number], settle=False)
