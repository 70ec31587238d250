"""The operations of a queue's `$management` node.

Names and shapes are those of "AMQP 1.0 in Azure Service Bus: request-response-based operations";
those on sessions and rules, which no queue here has, answer 501.
"""

from collections.abc import Callable
from uuid import UUID

from local.servicebus.amqp.requests import Request, encode_response
from local.servicebus.amqp.settlement import text
from local.servicebus.codec import Array, DecodeError, Symbol, Timestamp, Value
from local.servicebus.content import parse_content
from local.servicebus.errors import BrokerError, bad_argument
from local.servicebus.message import Message, encode_message
from local.servicebus.queue import Queue

type Body = dict[Value, Value]
type Reply = dict[str, Value]

_OK, _NO_CONTENT, _NOT_IMPLEMENTED = 200, 204, 501
_LONGS, _TIMESTAMPS = 0x81, 0x83
_PEEK_BYTES = 250_000
_RECEIVE_AND_DELETE = 0


def answer(queue: Queue, request: Request) -> bytes:
    """Carry out a request; returns the encoded response, which also tells of a refusal."""
    try:
        reply = _operation(request)(queue, _body(request))
    except BrokerError as refusal:
        return _refusal(request, refusal)
    except DecodeError as error:
        return _refusal(request, bad_argument(str(error)))
    if reply is None:
        return _response(request, _NO_CONTENT, "No Content", None)
    return _response(request, _OK, "OK", reply)


def _operation(request: Request) -> "Callable[[Queue, Body], Reply | None]":
    name = request.properties.get("operation")
    operation = _OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        text = f"The operation {name!r} is not supported."
        raise BrokerError("amqp:not-implemented", text, _NOT_IMPLEMENTED)
    return operation


def _body(request: Request) -> Body:
    if isinstance(request.body, dict):
        return request.body
    raise bad_argument("The request's body is not a map.")


def _refusal(request: Request, refusal: BrokerError) -> bytes:
    properties: dict[str, Value] = {"errorCondition": Symbol(refusal.condition)}
    return _response(request, refusal.status, refusal.description, None, properties)


def _response(
    request: Request,
    status: int,
    description: str,
    body: Reply | None,
    properties: dict[str, Value] | None = None,
) -> bytes:
    told: dict[str, Value] = {"statusCode": status, "statusDescription": description}
    return encode_response(request, told | (properties or {}), body)


def _renew_lock(queue: Queue, body: Body) -> Reply:
    ends = tuple(Timestamp(queue.renew(token)) for token in _tokens(body))
    return {"expirations": Array(_TIMESTAMPS, ends)}


def _schedule(queue: Queue, body: Body) -> Reply:
    payloads = [_payload(item) for item in _items(body, "messages")]
    contents = [parse_content(payload) for payload in payloads]
    numbers = tuple(queue.enqueue(content) for content in contents)
    return {"sequence-numbers": Array(_LONGS, numbers)}


def _cancel_scheduled(queue: Queue, body: Body) -> Reply:
    queue.cancel_scheduled(_numbers(body))
    return {}


def _peek(queue: Queue, body: Body) -> Reply | None:
    first, count = _number(body, "from-sequence-number"), _number(body, "message-count")
    found: list[Value] = []
    size = 0
    for message in queue.peek(first, count):
        payload = encode_message(message, peeked=True)
        size += len(payload)
        if found and size > _PEEK_BYTES:
            break
        found.append({"message": payload})
    return {"messages": found} if found else None


def _receive_deferred(queue: Queue, body: Body) -> Reply:
    settle = body.get("receiver-settle-mode") == _RECEIVE_AND_DELETE
    messages = queue.receive_deferred(_numbers(body), settle=settle)
    return {"messages": [_with_token(message) for message in messages]}


def _with_token(message: Message) -> Value:
    entry: dict[Value, Value] = {"message": encode_message(message)}
    if message.lock is not None:
        entry["lock-token"] = message.lock.token
    return entry


def _update_disposition(queue: Queue, body: Body) -> Reply:
    verdict = body.get("disposition-status")
    for token in _tokens(body):
        match verdict:
            case "completed":
                queue.complete(token)
            case "abandoned":
                queue.abandon(token)
            case "defered":  # the service's spelling
                queue.defer(token)
            case "suspended":
                reason = text(body.get("deadletter-reason"))
                queue.dead_letter(token, reason, text(body.get("deadletter-description")))
            case _:
                raise bad_argument(f"Unknown disposition {verdict!r}.")
    return {}


_OPERATIONS: dict[str, Callable[[Queue, Body], Reply | None]] = {
    "com.microsoft:renew-lock": _renew_lock,
    "com.microsoft:schedule-message": _schedule,
    "com.microsoft:cancel-scheduled-message": _cancel_scheduled,
    "com.microsoft:peek-message": _peek,
    "com.microsoft:receive-by-sequence-number": _receive_deferred,
    "com.microsoft:update-disposition": _update_disposition,
}


def _items(body: Body, name: str) -> list[Value]:
    value = body.get(name)
    if isinstance(value, Array):
        return list(value.items)
    if isinstance(value, list):
        return value
    raise bad_argument(f"{name} is not a list.")


def _tokens(body: Body) -> list[UUID]:
    tokens = [item for item in _items(body, "lock-tokens") if isinstance(item, UUID)]
    if not tokens:
        raise bad_argument("There are no lock tokens.")
    return tokens


def _numbers(body: Body) -> list[int]:
    return [item for item in _items(body, "sequence-numbers") if isinstance(item, int)]


def _number(body: Body, name: str) -> int:
    value = body.get(name)
    if isinstance(value, int):
        return value
    raise bad_argument(f"{name} is not a number.")


def _payload(item: Value) -> bytes:
    payload = item.get("message") if isinstance(item, dict) else None
    if isinstance(payload, bytes):
        return payload
    raise bad_argument("A message to schedule is not binary.")
