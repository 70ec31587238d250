"""What one rule reads out of one attempt."""

from collections.abc import Callable

from msgspec import Struct

from shared.explain.attempts import Attempt
from shared.explain.labels import CauseLabel, Certainty


class Reading(Struct, frozen=True):
    """A cause, or several that fit alike (then ``cause`` is UNKNOWN).

    A ``weak`` one adds nothing to what another attempt of the same text tells.
    """

    cause: CauseLabel
    certainty: Certainty
    why: str
    candidates: tuple[CauseLabel, ...] = ()
    weak: bool = False


type Rule = Callable[[Attempt], Reading | None]


def sure(cause: CauseLabel, why: str) -> Reading:
    """The text names the cause."""
    return Reading(cause, Certainty.HIGH, why)


def likely(cause: CauseLabel, why: str) -> Reading:
    """The text has another, rarer explanation too."""
    return Reading(cause, Certainty.MEDIUM, why)


def guess(cause: CauseLabel, why: str) -> Reading:
    """The text fits several causes, this one by far most often."""
    return Reading(cause, Certainty.LOW, why)


def one_of(why: str, *candidates: CauseLabel, weak: bool = False) -> Reading:
    """The text fits several causes; only a live look can tell them apart."""
    return Reading(CauseLabel.UNKNOWN, Certainty.LOW, why, candidates, weak)
