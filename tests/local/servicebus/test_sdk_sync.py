"""The unmodified azure-servicebus client (sync) against a broker in a process of its own."""

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from azure.servicebus import (
    AutoLockRenewer,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
    ServiceBusSender,
    ServiceBusSubQueue,
)
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageNotFoundError,
    MessageSizeExceededError,
)

from local.servicebus import QueueConfig, connection_string
from tests.local.servicebus.process import broker_process

pytestmark = pytest.mark.contract

_QUEUES = [
    QueueConfig("settle"),
    QueueConfig("schedule"),
    QueueConfig("iterate", lock_seconds=2),
    QueueConfig("limits"),
]


class Links:
    """Senders and receivers that are closed together: each close takes the SDK a second."""

    def __init__(self, client: ServiceBusClient) -> None:
        self._client = client
        self._open: list[ServiceBusSender | ServiceBusReceiver] = []

    def sender(self, queue: str) -> ServiceBusSender:
        sender = self._client.get_queue_sender(queue)
        self._open.append(sender)
        return sender

    def receiver(
        self,
        queue: str,
        *,
        sub_queue: ServiceBusSubQueue | None = None,
        max_wait_time: float | None = None,
        auto_lock_renewer: AutoLockRenewer | None = None,
    ) -> ServiceBusReceiver:
        receiver = self._client.get_queue_receiver(
            queue,
            sub_queue=sub_queue,
            max_wait_time=max_wait_time,
            auto_lock_renewer=auto_lock_renewer,
        )
        self._open.append(receiver)
        return receiver

    def close(self) -> None:
        with ThreadPoolExecutor(len(self._open) or 1) as threads:
            list(threads.map(lambda link: link.close(), self._open))


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Links]:
    directory: Path = tmp_path_factory.mktemp("servicebus")
    connect = ServiceBusClient.from_connection_string
    with (
        broker_process(directory, _QUEUES) as process,
        # Without retries: the SDK would look for a missing message for eleven seconds.
        connect(connection_string(process.port), retry_total=0) as client,
    ):
        links = Links(client)
        yield links
        links.close()


def _take(receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
    got: list[ServiceBusReceivedMessage] = []
    while len(got) < count:
        more = receiver.receive_messages(count - len(got), max_wait_time=10)
        assert more, f"only {len(got)} of {count} messages came"
        got += more
    return got


def test_every_way_of_settling(links: Links) -> None:
    sender, receiver = links.sender("settle"), links.receiver("settle")
    names = ("complete", "abandon", "dead", "defer")
    sender.send_messages([ServiceBusMessage(name) for name in names])
    complete, abandon, dead, defer = _take(receiver, 4)
    receiver.complete_message(complete)
    receiver.renew_message_lock(abandon)
    receiver.abandon_message(abandon)
    receiver.dead_letter_message(dead, reason="R", error_description="D")
    with pytest.raises(MessageAlreadySettled):
        receiver.complete_message(dead)
    receiver.defer_message(defer)
    (again,) = _take(receiver, 1)
    assert (str(again), again.delivery_count) == ("abandon", 1)
    receiver.complete_message(again)
    (deferred,) = receiver.receive_deferred_messages(defer.sequence_number or 0)
    receiver.complete_message(deferred)
    assert receiver.peek_messages(9, sequence_number=1) == []
    dead_letters = links.receiver("settle", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
    (found,) = _take(dead_letters, 1)
    assert (found.dead_letter_reason, found.dead_letter_error_description) == ("R", "D")


def test_scheduling_and_cancelling(links: Links) -> None:
    sender, receiver = links.sender("schedule"), links.receiver("schedule")
    now = dt.datetime.now(dt.UTC)
    (number,) = sender.schedule_messages(ServiceBusMessage("far"), now + dt.timedelta(hours=1))
    sender.schedule_messages(ServiceBusMessage("soon"), now + dt.timedelta(seconds=1))
    assert [str(message) for message in _take(receiver, 1)] == ["soon"]
    sender.cancel_scheduled_messages(number)
    with pytest.raises(MessageNotFoundError):
        sender.cancel_scheduled_messages(number)


def test_a_receiver_is_an_iterator_and_its_locks_are_renewed(links: Links) -> None:
    sender = links.sender("iterate")
    sender.send_messages([ServiceBusMessage(f"{number}") for number in range(25)])
    seen: list[tuple[str, int | None]] = []
    with AutoLockRenewer() as renewer:
        receiver = links.receiver("iterate", max_wait_time=10, auto_lock_renewer=renewer)
        for message in receiver:
            if not seen:
                time.sleep(2.5)  # longer than the lock, as slow work is
            seen.append((str(message), message.delivery_count))
            receiver.complete_message(message)
            if len(seen) == 25:
                break
    assert seen == [(f"{number}", 0) for number in range(25)]


def test_the_limit_of_the_standard_tier(links: Links) -> None:
    sender, receiver = links.sender("limits"), links.receiver("limits")
    body = bytes(range(256)) * 1000
    sender.send_messages(ServiceBusMessage(body))
    with pytest.raises(MessageSizeExceededError):
        sender.send_messages(ServiceBusMessage(b"x" * 262_144))
    (message,) = _take(receiver, 1)
    assert b"".join(message.body) == body
