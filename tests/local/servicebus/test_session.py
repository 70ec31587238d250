"""What a session remembers of what it delivered."""

from local.servicebus.amqp.opening import Opener
from local.servicebus.amqp.performatives import Begin
from local.servicebus.amqp.session import Session
from local.servicebus.broker import Broker
from local.servicebus.config import QueueConfig
from local.servicebus.store import MemoryStore
from tests.local.servicebus.support import Clock, content, receive, token_of


def _session(broker: Broker) -> Session:
    return Session(
        Begin(None, 0, 65536),
        0,
        Opener(broker),
        send=lambda _: None,
        keeps_up=lambda: True,
        max_frame_bytes=1024,
    )


def test_what_was_settled_through_management_is_forgotten(clock: Clock) -> None:
    broker = Broker([QueueConfig("q")], MemoryStore(), clock)
    queue, session = broker.find("q"), _session(broker)
    queue.enqueue(content("kept"))
    kept = token_of(receive(queue)[0])
    session.hold(0, queue, kept)
    for delivery_id in range(1, 5000):
        queue.enqueue(content())
        token = token_of(receive(queue)[0])
        session.hold(delivery_id, queue, token)
        queue.complete(token)
    assert len(session._unsettled) <= 1001
    assert session._unsettled[0] == (queue, kept)
