"""The protocol itself: what clients may say, and what becomes of those that talk nonsense."""

import asyncio
import os
import random
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from local.servicebus import QueueConfig, RunningBroker, running_broker
from local.servicebus.amqp.frames import AMQP_HEADER, SASL_HEADER, encode_frame
from local.servicebus.amqp.performatives import Code
from local.servicebus.codec import Described, UInt, ULong, Value, decode, described_list, encode
from local.servicebus.codec.sections import list_fields, split_message
from tests.local.servicebus.raw import RawClient, condition, raw_client
from tests.local.servicebus.support import wire

_HELD = 64 * 1024


@pytest_asyncio.fixture
async def broker() -> AsyncGenerator[RunningBroker]:
    async with running_broker([QueueConfig("q"), QueueConfig("other")]) as running:
        yield running


async def _works(broker: RunningBroker, queue: str = "other") -> None:
    """A message passes through the broker, and it does not take long."""
    async with asyncio.timeout(5), raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, queue, receives=False)
        await client.attach(1, queue, receives=True)
        await client.say(Code.TRANSFER, UInt(0), UInt(0), b"t", UInt(0), True, payload=wire("x"))
        await client.grant(1, 1)
        _, payload = await client.expect(Code.TRANSFER)
        assert payload.endswith(b"x")


async def test_a_message_goes_through(broker: RunningBroker) -> None:
    await _works(broker)


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="http"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="tls"),
        pytest.param(b"AMQP\x00\x00\x09\x01", id="amqp 0-9-1"),
        pytest.param(b"\x00" * 64, id="zeros"),
        pytest.param(b"\xff" * 64, id="ones"),
        pytest.param(AMQP_HEADER + b"\x00\x00\x00\x04\x02\x00\x00\x00", id="a frame too small"),
        pytest.param(AMQP_HEADER + b"\x7f\xff\xff\xff\x02\x00\x00\x00", id="a frame too large"),
        pytest.param(AMQP_HEADER + b"\x00\x00\x00\x08\x09\x00\x00\x00", id="a data offset outside"),
        pytest.param(AMQP_HEADER + encode_frame(0, 0, b"\x00\x53\x10"), id="an empty open"),
        pytest.param(AMQP_HEADER + encode_frame(0, 0, b"junk"), id="no performative"),
        pytest.param(SASL_HEADER + encode_frame(1, 0, b"\x00\x00\x00"), id="sasl junk"),
    ],
)
async def test_nonsense_ends_its_own_connection_only(broker: RunningBroker, garbage: bytes) -> None:
    async with raw_client(broker.port) as bystander, raw_client(broker.port) as client:
        await bystander.begin()
        await client.send(garbage)
        await client.rest()
        await bystander.attach(0, "q", receives=True)
    await _works(broker)


async def test_random_bytes_after_a_proper_start_do_no_harm(broker: RunningBroker) -> None:
    dice = random.Random(7)  # noqa: S311 - the same bytes every time
    for _ in range(100):
        async with raw_client(broker.port) as client:
            await client.begin()
            code = dice.choice([*range(0x10, 0x19), 0x41])
            body = b"\x00\x53" + bytes((code,)) + dice.randbytes(dice.randrange(40))
            await client.send(encode_frame(0, dice.randrange(2), body))
            await client.send(dice.randbytes(16))
    await _works(broker)


async def test_an_undecodable_frame_is_answered_with_the_reason(broker: RunningBroker) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.say(Code.TRANSFER, "not a handle")
        fields, _ = await client.expect(Code.CLOSE)
        assert condition(fields[0]) == "amqp:decode-error"
        with pytest.raises(EOFError):
            await client.next()


async def test_a_number_out_of_range_is_not_taken_for_one(broker: RunningBroker) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.say(Code.ATTACH, "link", ULong(2**40), True)
        fields, _ = await client.expect(Code.CLOSE)
        assert condition(fields[0]) == "amqp:decode-error"


async def test_a_client_that_leaves_in_the_middle_of_a_message_leaves_nothing(
    broker: RunningBroker,
) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        more = (UInt(0), UInt(0), b"t", UInt(0), False, True)
        await client.say(Code.TRANSFER, *more, payload=wire("half")[:10])
    await _works(broker)
    assert broker.counts()[0].active == 0


async def test_a_message_in_many_frames_is_put_together(broker: RunningBroker) -> None:
    data = wire(os.urandom(100).hex())
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        await client.attach(1, "q", receives=True)
        for start in range(0, len(data), 50):
            more = start + 50 < len(data)
            fields = (UInt(0), UInt(0), b"t", UInt(0), False, more)
            await client.say(Code.TRANSFER, *fields, payload=data[start : start + 50])
        accepted, _ = await client.expect(Code.DISPOSITION)
        assert accepted[:4] == [True, 0, 0, True]
        await client.grant(1, 1)
        _, payload = await client.expect(Code.TRANSFER)
        assert split_message(payload).body == split_message(data).body


async def test_what_exceeds_the_limit_is_refused_and_not_kept(broker: RunningBroker) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        for part in range(10):
            fields = (UInt(0), UInt(0), b"t", UInt(0), False, part < 9)
            await client.say(Code.TRANSFER, *fields, payload=bytes(_HELD))
        rejected, _ = await client.expect(Code.DISPOSITION)
        assert condition(_rejection(rejected)) == "amqp:link:message-size-exceeded"


async def test_a_malformed_message_is_refused_and_its_connection_lives(
    broker: RunningBroker,
) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        fields = (UInt(0), UInt(0), b"t", UInt(0), False)
        await client.say(Code.TRANSFER, *fields, payload=b"no message")
        rejected, _ = await client.expect(Code.DISPOSITION)
        assert condition(_rejection(rejected)) == "amqp:decode-error"
        await client.attach(1, "q", receives=True)


def _rejection(disposition: list[Value]) -> Value:
    state = disposition[4]
    assert isinstance(state, Described)
    assert state.descriptor == 0x25
    assert isinstance(state.value, list)
    return state.value[0]


async def test_drained_credit_is_used_up_at_once(broker: RunningBroker) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        await client.attach(1, "q", receives=True)
        await client.say(Code.TRANSFER, UInt(0), UInt(0), b"t", UInt(0), True, payload=wire())
        window = UInt(65536)
        session = (UInt(0), window, UInt(1), window)
        drain = (UInt(1), UInt(0), UInt(10), None, True)
        await client.say(Code.FLOW, *session, *drain)
        await client.expect(Code.TRANSFER)
        _, fields, _ = await client.next()
        assert fields[4:9] == [1, 10, 0, 0, True]


async def test_a_range_of_deliveries_that_never_were_is_no_work(broker: RunningBroker) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        accepted = Described(0x24, [])
        await client.say(Code.DISPOSITION, True, UInt(0), UInt(2**32 - 1), False, accepted)
        await client.attach(0, "q", receives=True)


@pytest.mark.parametrize(
    ("path", "receives", "expected"),
    [
        ("nope", True, "amqp:not-found"),
        ("nope", False, "amqp:not-found"),
        ("nope/$management", True, "amqp:not-found"),
        ("q/$DeadLetterQueue", False, "amqp:not-allowed"),
    ],
)
async def test_a_refused_link_has_nothing_at_our_end(
    broker: RunningBroker, path: str, receives: bool, expected: str
) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        answer = await client.attach(3, path, receives=receives)
        assert answer[5 if receives else 6] is None
        fields, _ = await client.expect(Code.DETACH)
        assert (fields[0], condition(fields[2])) == (3, expected)


@pytest.mark.parametrize("path", ["q", "/q", "Q", "amqps://127.0.0.1:5671/q"])
async def test_a_queue_has_several_addresses(broker: RunningBroker, path: str) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        answer = await client.attach(0, path, receives=True)
        assert len(answer) == 14
        source = answer[5]
        assert isinstance(source, Described)
        assert source.value == [path]


async def test_a_client_that_does_not_read_does_not_hold_up_the_others(
    broker: RunningBroker,
) -> None:
    async with raw_client(broker.port) as producer, raw_client(broker.port) as slow:
        await producer.begin()
        await slow.begin()
        await producer.attach(0, "q", receives=False)
        await slow.attach(0, "q", receives=True)
        await slow.grant(0, 100_000)
        data = wire("x" * 200_000)
        for number in range(100):
            fields = (UInt(0), UInt(number), b"t", UInt(0), False)
            await producer.say(Code.TRANSFER, *fields, payload=data)
        while (await producer.expect(Code.DISPOSITION))[0][2] != 99:
            pass
        await _works(broker, "other")
        counts = broker.counts()[0]
        assert counts.active == 100
        assert counts.locked < 100
        await _takes(broker, counts.active - counts.locked)


async def _takes(broker: RunningBroker, count: int) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=True)
        await client.grant(0, count)
        for _ in range(count):
            await client.expect(Code.TRANSFER)


async def test_many_connections_are_served_at_once(broker: RunningBroker) -> None:
    async def one(number: int) -> None:
        async with raw_client(broker.port) as client:
            await client.begin()
            await client.attach(0, "q", receives=True)
            await client.attach(1, "q", receives=False)
            fields = (UInt(1), UInt(0), b"t", UInt(0), True)
            await client.say(Code.TRANSFER, *fields, payload=wire(f"{number}"))
            await client.grant(0, 1)
            await client.expect(Code.TRANSFER)

    await asyncio.gather(*(one(number) for number in range(200)))
    assert broker.counts()[0].locked == 200


_REPLY_TO = "q/$management"


async def _request(client: RawClient, operation: str, body: Value) -> dict[Value, Value]:
    """Ask the management node; the application properties of its answer."""
    request = b"".join(
        (
            described_list(0x73, ("id", None, None, None, "reply")),
            b"\x00\x53\x74" + encode({"operation": operation}),
            b"\x00\x53\x77" + encode(body),
        )
    )
    fields = (UInt(0), UInt(0), b"t", UInt(0), True)
    await client.say(Code.TRANSFER, *fields, payload=request)
    _, payload = await client.expect(Code.TRANSFER)
    sections = split_message(payload)
    assert list_fields(sections.get(0x73))[5] == encode("id")
    properties = decode(sections.get(0x74))[0]
    assert isinstance(properties, dict)
    return properties


@pytest.mark.parametrize(
    ("operation", "body", "status", "error"),
    [
        ("renew-lock", {}, 400, "com.microsoft:argument-error"),
        ("renew-lock", None, 400, "com.microsoft:argument-error"),
        ("renew-lock", {"lock-tokens": [1]}, 400, "com.microsoft:argument-error"),
        ("peek-message", {"message-count": "1"}, 400, "com.microsoft:argument-error"),
        ("peek-message", {"from-sequence-number": -1, "message-count": -1}, 204, None),
        ("schedule-message", {"messages": [{}]}, 400, "com.microsoft:argument-error"),
        ("schedule-message", {"messages": [{"message": b"x"}]}, 400, None),
        ("cancel-scheduled-message", {"sequence-numbers": [9]}, 404, None),
        ("renew-session-lock", {}, 501, "amqp:not-implemented"),
    ],
)
async def test_a_request_that_makes_no_sense_is_answered(
    broker: RunningBroker, operation: str, body: Value, status: int, error: str | None
) -> None:
    async with raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, _REPLY_TO, receives=False)
        await client.attach(1, _REPLY_TO, receives=True)
        answer = await _request(client, f"com.microsoft:{operation}", body)
        assert answer["statusCode"] == status
        assert error is None or answer["errorCondition"] == error
