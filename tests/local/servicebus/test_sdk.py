"""The unmodified azure-servicebus client (aio) finds what it expects of the service."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from azure.servicebus import (
    ServiceBusMessage,
    ServiceBusMessageState,
    ServiceBusReceiveMode,
)
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.amqp import AmqpAnnotatedMessage
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageNotFoundError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusError,
)

from local.servicebus import QueueConfig, RunningBroker, running_broker
from tests.local.servicebus.sdk import Links, take, texts

pytestmark = [pytest.mark.contract, pytest.mark.asyncio(loop_scope="module")]

_QUEUES = (
    QueueConfig("carry"),
    QueueConfig("settle", max_delivery_count=2),
    QueueConfig("dead"),
    QueueConfig("defer"),
    QueueConfig("schedule"),
    QueueConfig("expire", dead_letter_on_expiration=True),
    QueueConfig("duplicates", duplicate_window_seconds=60),
    QueueConfig("peek"),
    QueueConfig("delete"),
    QueueConfig("lock", lock_seconds=1.5),
    QueueConfig("release"),
    QueueConfig("compete"),
    QueueConfig("small", max_message_bytes=2048),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker() -> AsyncGenerator[RunningBroker]:
    async with running_broker(_QUEUES) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(broker: RunningBroker) -> AsyncGenerator[ServiceBusClient]:
    # Without retries: the SDK would try for eleven seconds to find a message that is not there.
    connect = ServiceBusClient.from_connection_string
    async with connect(broker.connection_string, retry_total=0) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def links(client: ServiceBusClient) -> AsyncGenerator[Links]:
    queues = [config.name for config in _QUEUES]
    opened = await Links.open(client, queues, dead=("settle", "dead", "defer", "expire"))
    yield opened
    await opened.close()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def test_a_message_arrives_as_it_was_sent(links: Links) -> None:
    sender, receiver = links.pair("carry")
    before = _now() - dt.timedelta(milliseconds=1)
    await sender.send_messages(
        ServiceBusMessage(
            "one",
            message_id="m1",
            subject="subject",
            correlation_id="correlation",
            content_type="application/json",
            to="to",
            reply_to="reply",
            time_to_live=dt.timedelta(hours=1),
            application_properties={"i": 1, "s": "x", "b": True, "u": uuid.UUID(int=5)},
        )
    )
    (message,) = await take(receiver, 1)
    assert (str(message), message.message_id, message.subject) == ("one", "m1", "subject")
    assert (message.to, message.reply_to) == ("to", "reply")
    assert (message.correlation_id, message.content_type) == ("correlation", "application/json")
    assert message.time_to_live == dt.timedelta(hours=1)
    expected = {b"i": 1, b"s": b"x", b"b": True, b"u": uuid.UUID(int=5)}
    assert message.application_properties == expected
    assert message.delivery_count == 0
    assert message.sequence_number is not None
    assert message.sequence_number > 0
    assert message.state is ServiceBusMessageState.ACTIVE
    assert message.enqueued_time_utc is not None
    assert before <= message.enqueued_time_utc <= _now()
    assert message.locked_until_utc is not None
    assert message.locked_until_utc > _now() + dt.timedelta(seconds=55)
    await receiver.complete_message(message)


async def test_batches_and_lists_arrive_in_order(links: Links) -> None:
    sender, receiver = links.pair("carry")
    batch = await sender.create_message_batch()
    assert batch.max_size_in_bytes == 262_144
    for number in range(10):
        batch.add_message(ServiceBusMessage(f"batch {number}", message_id=f"{number}"))
    await sender.send_messages(batch)
    await sender.send_messages(ServiceBusMessage(b"raw"))
    await sender.send_messages(AmqpAnnotatedMessage(data_body=[b"x", b"y"]))
    got = await take(receiver, 12)
    assert texts(got[:10]) == [f"batch {number}" for number in range(10)]
    assert [message.message_id for message in got[:10]] == [str(number) for number in range(10)]
    assert [list(message.body) for message in got[10:]] == [[b"raw"], [b"x", b"y"]]
    for message in got:
        await receiver.complete_message(message)
    assert await receiver.peek_messages(1) == []


async def test_an_abandoned_message_comes_back_until_it_is_dead(links: Links) -> None:
    sender, receiver = links.pair("settle")
    await sender.send_messages(ServiceBusMessage("x"))
    for count in range(2):
        (message,) = await take(receiver, 1)
        assert message.delivery_count == count
        await receiver.abandon_message(message)
    dead = links.dead("settle")
    (message,) = await take(dead, 1)
    assert message.dead_letter_reason == "MaxDeliveryCountExceeded"
    assert message.delivery_count == 2


async def test_a_dead_letter_can_be_read_from_the_sub_queue(links: Links) -> None:
    sender, receiver = links.pair("dead")
    await sender.send_messages(ServiceBusMessage("x", application_properties={"keep": "me"}))
    (message,) = await take(receiver, 1)
    description = "schema mismatch \N{LATIN SMALL LETTER E WITH ACUTE}"
    await receiver.dead_letter_message(message, reason="Bad", error_description=description)
    dead = links.dead("dead")
    (peeked,) = await dead.peek_messages(5)
    assert peeked.dead_letter_reason == "Bad"
    (message,) = await take(dead, 1)
    assert message.dead_letter_error_description == description
    assert (message.application_properties or {})[b"keep"] == b"me"
    await dead.abandon_message(message)
    (message,) = await take(dead, 1)
    assert (str(message), message.delivery_count) == ("x", 1)
    await dead.complete_message(message)
    assert await dead.peek_messages(5, sequence_number=1) == []


async def test_deferred_messages_are_received_by_number(links: Links) -> None:
    sender, receiver = links.pair("defer")
    await sender.send_messages([ServiceBusMessage(text) for text in ("a", "b", "c")])
    numbers = []
    for message in await take(receiver, 3):
        await receiver.defer_message(message)
        numbers.append(message.sequence_number or 0)
    peeked = await receiver.peek_messages(5, sequence_number=1)
    assert [message.state for message in peeked] == [ServiceBusMessageState.DEFERRED] * 3
    first, second, third = await receiver.receive_deferred_messages(numbers)
    assert texts([first, second, third]) == ["a", "b", "c"]
    await receiver.complete_message(first)
    await receiver.dead_letter_message(second, reason="R", error_description="D")
    await receiver.renew_message_lock(third)
    await receiver.abandon_message(third)
    with pytest.raises(MessageNotFoundError):
        await receiver.receive_deferred_messages(numbers[0])
    dead = links.dead("defer")
    assert [message.dead_letter_reason for message in await dead.peek_messages(5)] == ["R"]


async def test_scheduled_messages_wait_and_can_be_cancelled(links: Links) -> None:
    sender, receiver = links.pair("schedule")
    far = _now() + dt.timedelta(hours=1)
    numbers = await sender.schedule_messages([ServiceBusMessage("a"), ServiceBusMessage("b")], far)
    await sender.cancel_scheduled_messages(numbers[1])
    with pytest.raises(MessageNotFoundError):
        await sender.cancel_scheduled_messages(numbers[1])
    soon = _now() + dt.timedelta(milliseconds=700)
    await sender.send_messages(ServiceBusMessage("soon", scheduled_enqueue_time_utc=soon))
    peeked = await receiver.peek_messages(5)
    assert texts(peeked) == ["a", "soon"]
    assert {message.state for message in peeked} == {ServiceBusMessageState.SCHEDULED}
    (message,) = await take(receiver, 1)
    assert str(message) == "soon"
    assert _now() >= soon
    assert message.scheduled_enqueue_time_utc is not None
    assert message.enqueued_time_utc is not None
    assert message.enqueued_time_utc >= soon - dt.timedelta(milliseconds=1)


async def test_an_expired_message_is_dead(links: Links) -> None:
    sender, _ = links.pair("expire")
    dead = links.dead("expire")
    short = dt.timedelta(milliseconds=1)
    await sender.send_messages(ServiceBusMessage("lives"))
    await sender.send_messages(ServiceBusMessage("dies", time_to_live=short))
    (message,) = await take(dead, 1)
    assert (str(message), message.dead_letter_reason) == ("dies", "TTLExpiredException")


async def test_duplicates_are_dropped_also_within_a_batch(links: Links) -> None:
    sender, receiver = links.pair("duplicates")
    for text in ("first", "again"):
        await sender.send_messages(ServiceBusMessage(text, message_id="same"))
    pairs = (("a", "x"), ("b", "x"), ("c", "y"))
    await sender.send_messages([ServiceBusMessage(text, message_id=name) for text, name in pairs])
    assert texts(await take(receiver, 3)) == ["first", "a", "c"]
    assert len(await receiver.peek_messages(9, sequence_number=1)) == 3


async def test_a_peek_takes_nothing_and_goes_on_where_it_ended(links: Links) -> None:
    sender, receiver = links.pair("peek")
    await sender.send_messages([ServiceBusMessage(f"{number}") for number in range(30)])
    first = await receiver.peek_messages(10)
    second = await receiver.peek_messages(100)
    assert texts(first + second) == [f"{number}" for number in range(30)]
    number = first[4].sequence_number or 0
    assert texts(await receiver.peek_messages(2, sequence_number=number)) == ["4", "5"]
    assert len(await take(receiver, 30)) == 30


async def test_receive_and_delete_needs_no_settling(
    links: Links, client: ServiceBusClient, broker: RunningBroker
) -> None:
    sender, _ = links.pair("delete")
    await sender.send_messages([ServiceBusMessage(f"{number}") for number in range(5)])
    mode = ServiceBusReceiveMode.RECEIVE_AND_DELETE
    async with client.get_queue_receiver("delete", receive_mode=mode) as receiver:
        assert len(await take(receiver, 5)) == 5
    counts = {count.name: count for count in broker.counts()}
    assert (counts["delete"].active, counts["delete"].locked) == (0, 0)


async def test_a_lock_can_be_renewed_until_it_is_lost(links: Links) -> None:
    sender, receiver = links.pair("lock")
    await sender.send_messages(ServiceBusMessage("x"))
    (message,) = await take(receiver, 1)
    first = message.locked_until_utc
    await asyncio.sleep(0.05)
    renewed = await receiver.renew_message_lock(message)
    assert first is not None
    assert renewed > first
    (again,) = await take(receiver, 1)
    assert again.delivery_count == 1
    # The SDK looks at the clock before it asks: make it ask.
    message._expiry = _now() + dt.timedelta(hours=1)
    with pytest.raises(MessageLockLostError):
        await receiver.complete_message(message)
    message._settled = False
    with pytest.raises(MessageLockLostError):
        await receiver.renew_message_lock(message)
    await receiver.complete_message(again)


async def test_a_closed_receiver_gives_back_what_it_had_fetched(
    links: Links, client: ServiceBusClient
) -> None:
    sender, receiver = links.pair("release")
    await sender.send_messages([ServiceBusMessage(f"{number}") for number in range(20)])
    async with client.get_queue_receiver("release", prefetch_count=15) as greedy:
        (message,) = await take(greedy, 1)
        await greedy.complete_message(message)
    got = await take(receiver, 19)
    assert {message.delivery_count for message in got} == {0}


async def test_competing_receivers_get_each_message_once(
    links: Links, client: ServiceBusClient
) -> None:
    sender, _ = links.pair("compete")
    await sender.send_messages([ServiceBusMessage(f"{number}") for number in range(200)])
    seen: list[list[str]] = [[], [], []]

    async def work(mine: list[str]) -> None:
        async with client.get_queue_receiver("compete", max_wait_time=1) as receiver:
            async for message in receiver:
                mine.append(str(message))
                await receiver.complete_message(message)

    await asyncio.gather(*(work(mine) for mine in seen))
    everything = [text for mine in seen for text in mine]
    assert sorted(everything, key=int) == [f"{number}" for number in range(200)]
    assert all(seen)


async def test_what_is_too_large_is_refused(links: Links) -> None:
    sender, receiver = links.pair("small")
    batch = await sender.create_message_batch(max_size_in_bytes=2048)
    batch.add_message(ServiceBusMessage("fits"))
    with pytest.raises(MessageSizeExceededError):
        await sender.send_messages(ServiceBusMessage("x" * 3000))
    await sender.send_messages(batch)
    assert texts(await take(receiver, 1)) == ["fits"]


async def test_an_unknown_queue_is_not_found(client: ServiceBusClient) -> None:
    sending = client.get_queue_sender("nope").send_messages(ServiceBusMessage("x"))
    receiving = client.get_queue_receiver("nope").receive_messages(max_wait_time=30)
    refused = await asyncio.gather(sending, receiving, return_exceptions=True)
    assert [type(error) for error in refused] == [MessagingEntityNotFoundError] * 2


async def test_a_queue_without_sessions_has_no_session_receivers(
    client: ServiceBusClient,
) -> None:
    with pytest.raises(ServiceBusError, match="does not require sessions"):
        await client.get_queue_receiver("carry", session_id="s").receive_messages(max_wait_time=30)
