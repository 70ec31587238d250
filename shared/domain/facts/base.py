"""What a fact is, and the bag that holds the facts about one pull."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any, Union

import msgspec
from msgspec import Struct

log = logging.getLogger(__name__)


class Fact(Struct, frozen=True, tag_field="fact", tag=True):
    """One thing observed. Subclasses are plain data, so that evidence can be stored and replayed.

    There is at most one fact of a type about one pull.
    """


class Unavailable(Struct, frozen=True, tag_field="fact", tag="unavailable"):
    """A fact that could not be observed, and why: never "fine", never "missing"."""

    kind: str
    reason: str

    @classmethod
    def of(cls, kind: type[Fact], reason: str) -> "Unavailable":
        return cls(kind.__name__, reason)


type Observation = Fact | Unavailable


class CouldNotLookError(Exception):
    """An observer was refused, throttled or cut off. The message is the reason for people."""


class MissingEvidenceError(Exception):
    """A check needs a fact that nobody could observe. The message is the reason."""


class NotAskedError(Exception):
    """A check needs a fact that makes no sense for this pull, so nobody observed it."""


class Evidence:
    """Everything observed about one pull, keyed by the type of fact."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        """Take observations; a fact beats a failure to observe it, else the later one counts."""
        self._facts: dict[str, Fact] = {}
        self._gaps: dict[str, str] = {}
        for seen in observations:
            if isinstance(seen, Unavailable):
                self._gaps[seen.kind] = seen.reason
            else:
                self._facts[type(seen).__name__] = seen

    def __getitem__[F: Fact](self, kind: type[F]) -> F:
        """The fact of a type.

        Raises:
            MissingEvidenceError: it could not be observed; the message is the reason.
            NotAskedError: observers left it out, as it makes no sense for this pull.

        """
        fact = self._facts.get(kind.__name__)
        if isinstance(fact, kind):
            return fact
        if kind.__name__ in self._gaps:
            raise MissingEvidenceError(self._gaps[kind.__name__])
        raise NotAskedError(f"{kind.__name__} does not apply to this pull")

    def get[F: Fact](self, kind: type[F]) -> F | None:
        """The fact of a type, or None where it was not observed."""
        fact = self._facts.get(kind.__name__)
        return fact if isinstance(fact, kind) else None

    @property
    def gaps(self) -> dict[str, str]:
        """What could not be observed: name of the fact, reason."""
        return {kind: why for kind, why in self._gaps.items() if kind not in self._facts}

    def to_json(self) -> bytes:
        """The evidence as a JSON array of tagged objects; `from_json` gives it back."""
        gaps = [Unavailable(kind, why) for kind, why in self.gaps.items()]
        return msgspec.json.encode([*self._facts.values(), *gaps])

    def demand(self, kinds: Iterable[type[Fact]], reason: str) -> "Evidence":
        """The same evidence, in which none of the kinds is silently absent."""
        absent = [k for k in kinds if k.__name__ not in self._facts | self._gaps]
        missing = [Unavailable.of(kind, reason) for kind in absent]
        gaps = [Unavailable(kind, why) for kind, why in self._gaps.items()]
        return Evidence([*self._facts.values(), *gaps, *missing])

    @classmethod
    def from_json(cls, data: bytes) -> "Evidence":
        """Evidence as stored. Raises msgspec.ValidationError on what was never evidence."""
        return cls(_decoder().decode(data))


async def attempt[F: Fact](kind: type[F], read: Callable[[], Awaitable[F]]) -> F | Unavailable:
    """Observe one fact. That it cannot be observed costs this fact and no other.

    Nor does an observer that falls over what it read: that is logged.
    """
    try:
        return await read()
    except CouldNotLookError as why:
        return Unavailable.of(kind, str(why))
    except Exception as error:
        log.exception("observing %s failed", kind.__name__)
        return Unavailable.of(kind, f"the observer failed: {type(error).__name__}")


@cache
def _decoder() -> msgspec.json.Decoder[list[Any]]:
    kinds: Any = (Unavailable, *_subclasses(Fact))
    return msgspec.json.Decoder(list[Union[kinds]])  # noqa: UP007 - made at run time


def _subclasses(kind: type[Fact]) -> Iterable[type[Fact]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
