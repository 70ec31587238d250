"""The same cases through the deployed app: the Functions host, its queue and its tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from local.diagnosing import look_deployed
from local.estates.loader import load
from local.faults.survey import IMPATIENT, Ask, Seen, Verb
from local.stack import Stack

SETTINGS = {**IMPATIENT, "CACHE_SECONDS": "0"}
"""What was read of one estate is not true of the next."""


class DeployedApp:
    """A whole stack whose estate is changed from case to case. Entering raises ProcessError."""

    def __init__(self, state: Path, estate: Path) -> None:
        self._file = estate
        self._stack = Stack(state, estate=estate, settings=SETTINGS)

    async def __aenter__(self) -> Self:
        """Start the stack."""
        await self._stack.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self._stack.__aexit__(kind, error, trace)

    async def put(self, estate: str, verbs: Iterable[Verb] = ()) -> None:
        """Make this the world: an estate as YAML, then verbs. Raises ControlError."""
        self._file.write_text(estate, encoding="utf-8")
        await self._stack.control.do("reset")
        # a registry's token outlives the rights for which it was given: in another world it is new
        await self._stack.kill("functions")
        await self._stack.start("functions")
        for verb in verbs:
            await self._stack.control.do(verb.name, **verb.arguments)

    async def look(self, questions: Sequence[Ask] = ()) -> list[Seen]:
        """What the app says of every pull after a sweep, and to questions. Raises ProcessError."""
        return await look_deployed(self._stack, load(self._file), questions)
