"""The life of a message: delivered, settled, given up, expired."""

import pytest

from local.servicebus.broker import Broker
from local.servicebus.codec import Value, decode
from local.servicebus.config import QueueConfig
from local.servicebus.errors import BrokerError
from local.servicebus.message import Message, State
from local.servicebus.queue import Queue
from local.servicebus.store import MemoryStore
from tests.local.servicebus.conftest import MakeQueue
from tests.local.servicebus.support import (
    Clock,
    Consumer,
    content,
    receive,
    text_of,
    token_of,
)


def _texts(messages: list[Message]) -> list[str]:
    return [text_of(message) for message in messages]


def _reasons(queue: Queue) -> list[tuple[Value, Value]]:
    assert queue.dead_letters is not None
    found = []
    for message in queue.dead_letters.messages.values():
        properties = decode(message.content.application_properties)[0]
        assert isinstance(properties, dict)
        found.append(
            (properties.get("DeadLetterReason"), properties.get("DeadLetterErrorDescription"))
        )
    return found


def test_messages_are_delivered_in_order_and_locked(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q", lock_seconds=30))
    numbers = [queue.enqueue(content(text)) for text in "abc"]
    got = receive(queue)
    assert _texts(got) == ["a", "b", "c"]
    assert [message.sequence_number for message in got] == numbers
    assert {message.lock.until for message in got if message.lock} == {clock.now + 30_000}
    assert receive(queue) == []


def test_a_consumer_gets_no_more_than_it_wants(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    for text in "abc":
        queue.enqueue(content(text))
    assert _texts(receive(queue, 2)) == ["a", "b"]
    assert _texts(receive(queue, 2)) == ["c"]


def test_consumers_take_turns(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    first, busy, second = Consumer(), Consumer(credit=0), Consumer()
    for consumer in (first, busy, second):
        queue.consumers.add(consumer)
    for text in "abcd":
        queue.enqueue(content(text))
    queue.dispatch()
    assert (_texts(first.messages), _texts(second.messages)) == (["a", "c"], ["b", "d"])
    assert busy.messages == []


def test_a_completed_message_is_gone(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    queue.enqueue(content())
    token = token_of(receive(queue)[0])
    queue.complete(token)
    assert not queue.messages
    with pytest.raises(BrokerError, match="lock supplied is invalid"):
        queue.complete(token)


def test_receive_and_delete_leaves_nothing_behind(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    queue.enqueue(content())
    assert [message.lock for message in receive(queue, settle=True)] == [None]
    assert not queue.messages


def test_an_abandoned_message_comes_back_first_and_counts(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    for text in "ab":
        queue.enqueue(content(text))
    queue.abandon(token_of(receive(queue, 1)[0]))
    assert [(text_of(m), m.delivery_count) for m in receive(queue)] == [("a", 1), ("b", 0)]


def test_a_released_message_comes_back_as_if_it_had_not_been_delivered(
    make_queue: MakeQueue,
) -> None:
    queue = make_queue(QueueConfig("q", max_delivery_count=1))
    queue.enqueue(content())
    for _ in range(3):
        got = receive(queue)
        assert [message.delivery_count for message in got] == [0]
        queue.release(token_of(got[0]))


@pytest.mark.parametrize("by", ["abandon", "lock"])
def test_after_the_last_delivery_a_message_is_dead(
    make_queue: MakeQueue, clock: Clock, by: str
) -> None:
    queue = make_queue(QueueConfig("q", max_delivery_count=2, lock_seconds=10))
    queue.enqueue(content())
    for count in range(2):
        got = receive(queue)
        assert [message.delivery_count for message in got] == [count]
        if by == "abandon":
            queue.abandon(token_of(got[0]))
        else:
            clock.advance(10)
            queue.tick()
    assert receive(queue) == []
    text = "Message could not be consumed after 2 delivery attempts."
    assert _reasons(queue) == [("MaxDeliveryCountExceeded", text)]


def test_a_dead_letter_says_why(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    queue.enqueue(content("x"))
    queue.dead_letter(token_of(receive(queue)[0]), "Reason", "Description")
    assert not queue.messages
    assert _reasons(queue) == [("Reason", "Description")]


def test_nothing_leaves_a_dead_letter_queue_but_by_completion(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q", max_delivery_count=1, default_ttl_seconds=1))
    dead = queue.dead_letters
    assert dead is not None
    queue.enqueue(content())
    queue.dead_letter(token_of(receive(queue)[0]), None, None)
    dead.dead_letter(token_of(receive(dead)[0]), "again", None)
    for _ in range(3):
        dead.abandon(token_of(receive(dead)[0]))
    dead.complete(token_of(receive(dead)[0]))
    assert not dead.messages


def test_a_lock_expires_and_its_holder_is_told(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q", lock_seconds=10))
    queue.enqueue(content())
    old = token_of(receive(queue)[0])
    clock.advance(10)
    for settle in (queue.complete, queue.abandon, queue.renew, queue.defer, queue.release):
        with pytest.raises(BrokerError) as refused:
            settle(old)
        assert refused.value.condition == "com.microsoft:message-lock-lost"
    queue.tick()
    (again,) = receive(queue)
    assert again.delivery_count == 1
    assert token_of(again) != old


def test_a_renewed_lock_holds(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q", lock_seconds=10))
    queue.enqueue(content())
    token = token_of(receive(queue)[0])
    clock.advance(9)
    assert queue.renew(token) == clock.now + 10_000
    clock.advance(9)
    queue.tick()
    queue.complete(token)


def test_an_expired_message_is_dropped(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q"))
    queue.enqueue(content("dies", ttl_seconds=5))
    queue.enqueue(content("lives"))
    clock.advance(5)
    assert _texts(queue.peek(1, 10)) == ["lives"]
    queue.tick()
    assert _texts(receive(queue)) == ["lives"]
    assert _reasons(queue) == []


def test_an_expired_message_is_dead_where_the_queue_says_so(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q", dead_letter_on_expiration=True))
    queue.enqueue(content(ttl_seconds=5))
    clock.advance(5)
    assert receive(queue) == []
    text = "The message expired and was dead lettered."
    assert _reasons(queue) == [("TTLExpiredException", text)]


def test_the_queue_bounds_the_time_to_live(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q", default_ttl_seconds=10))
    queue.enqueue(content("long", ttl_seconds=60))
    queue.enqueue(content("none"))
    queue.enqueue(content("short", ttl_seconds=5))
    clock.advance(5)
    queue.tick()
    assert sorted(_texts(list(queue.messages.values()))) == ["long", "none"]
    clock.advance(5)
    queue.tick()
    assert not queue.messages


def test_a_locked_message_expires_only_when_it_comes_back(
    make_queue: MakeQueue, clock: Clock
) -> None:
    queue = make_queue(QueueConfig("q", lock_seconds=60, dead_letter_on_expiration=True))
    for text in ("completed", "abandoned"):
        queue.enqueue(content(text, ttl_seconds=5))
    completed, abandoned = receive(queue)
    clock.advance(6)
    queue.tick()
    queue.complete(token_of(completed))
    queue.abandon(token_of(abandoned))
    assert receive(queue) == []
    assert len(_reasons(queue)) == 1


def test_a_message_larger_than_allowed_is_refused(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q", max_message_bytes=1024))
    with pytest.raises(BrokerError, match="exceeds the limit of 1024"):
        queue.enqueue(content("x" * 1024))


def test_duplicates_are_dropped_within_the_window(make_queue: MakeQueue, clock: Clock) -> None:
    queue = make_queue(QueueConfig("q", duplicate_window_seconds=60))
    queue.enqueue(content("first", message_id="m"))
    queue.complete(token_of(receive(queue)[0]))
    clock.advance(59)
    queue.enqueue(content("dropped", message_id="m"))
    queue.enqueue(content("other", message_id="n"))
    clock.advance(1)
    queue.enqueue(content("later", message_id="m"))
    assert _texts(receive(queue)) == ["other", "later"]


def test_without_a_window_nothing_is_a_duplicate(make_queue: MakeQueue) -> None:
    queue = make_queue(QueueConfig("q"))
    for _ in range(2):
        queue.enqueue(content(message_id="m"))
    assert len(receive(queue)) == 2


def test_the_broker_counts_by_state(clock: Clock) -> None:
    broker = Broker([QueueConfig("Jobs"), QueueConfig("idle")], MemoryStore(), clock)
    queue = broker.find("jobs")
    for _ in range(4):
        queue.enqueue(content())
    queue.enqueue(content(scheduled_at=clock.now + 1000))
    dead, deferred, _locked = receive(queue, 3)
    queue.dead_letter(token_of(dead), None, None)
    queue.defer(token_of(deferred))
    counts = broker.counts()[0]
    assert (counts.name, counts.active, counts.locked) == ("Jobs", 2, 1)
    assert (counts.scheduled, counts.deferred, counts.dead_letter) == (1, 1, 1)
    assert [count.name for count in broker.counts()] == ["Jobs", "idle"]


def test_queues_are_found_in_any_case_and_unknown_ones_are_not(clock: Clock) -> None:
    broker = Broker([QueueConfig("Jobs")], MemoryStore(), clock)
    assert broker.find("JOBS/$deadletterqueue") is broker.find("jobs").dead_letters
    with pytest.raises(BrokerError) as refused:
        broker.find("nope")
    assert refused.value.condition == "amqp:not-found"


def test_the_states_have_the_numbers_of_the_service() -> None:
    assert (State.ACTIVE, State.DEFERRED, State.SCHEDULED) == (0, 1, 2)
