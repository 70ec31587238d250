"""How a receiver's verdict on a delivery is carried out (part 3, section 3.4)."""

from dataclasses import dataclass
from uuid import UUID

from local.servicebus.amqp.performatives import (
    Outcome,
    error,
    field,
    outcome,
)
from local.servicebus.codec import Described, Encoded, Value
from local.servicebus.errors import BrokerError
from local.servicebus.queue import Queue

_OUTCOMES = frozenset(Outcome)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A delivery state that ends a delivery, with the fields that explain it."""

    outcome: Outcome
    fields: list[Value]


def read_verdict(state: object) -> Verdict | None:
    """The verdict in a delivery state, or None if it is none yet."""
    if not isinstance(state, Described) or not isinstance(state.descriptor, int):
        return None
    if state.descriptor not in _OUTCOMES:
        return None
    return Verdict(Outcome(state.descriptor), state.value if isinstance(state.value, list) else [])


def settle(queue: Queue, token: UUID, verdict: Verdict) -> Encoded:
    """Carry out a verdict; returns the state to answer the receiver with.

    It is the same outcome without its fields (the SDK takes an error in it for a failure of its
    own), or a rejection if the lock was lost.
    """
    try:
        _apply(queue, token, verdict)
    except BrokerError as refusal:
        return rejection(refusal)
    return outcome(verdict.outcome)


def rejection(refusal: BrokerError) -> Encoded:
    """The state of a delivery, or of a settlement, that was refused."""
    return outcome(Outcome.REJECTED, error(refusal))


def _apply(queue: Queue, token: UUID, verdict: Verdict) -> None:
    match verdict.outcome:
        case Outcome.ACCEPTED:
            queue.complete(token)
        case Outcome.REJECTED:
            queue.dead_letter(token, *_reasons(field(verdict.fields, 0)))
        case Outcome.RELEASED:
            queue.release(token)
        case Outcome.MODIFIED if _undeliverable_here(verdict):
            queue.defer(token)
        case Outcome.MODIFIED:
            # delivery-failed is not looked at: the JavaScript SDK abandons without setting it.
            queue.abandon(token)


def _undeliverable_here(verdict: Verdict) -> bool:
    return field(verdict.fields, 1) is True


def _reasons(failure: Value) -> tuple[str | None, str | None]:
    """Reason and description of a dead-lettering, out of the error in a rejected state."""
    fields = failure.value if isinstance(failure, Described) else None
    if not isinstance(fields, list):
        return None, None
    info = field(fields, 2)
    told = info if isinstance(info, dict) else {}
    reason = text(told.get("DeadLetterReason"))
    description = text(told.get("DeadLetterErrorDescription"))
    return reason, description if description is not None else text(field(fields, 1))


def text(value: Value) -> str | None:
    """A string or symbol as a plain string; anything else counts as not given."""
    return str(value) if isinstance(value, str) else None
