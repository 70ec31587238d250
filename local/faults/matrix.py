"""Tries cases on several simulators at once, each with an app of its own."""

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from local.control import ControlError
from local.faults.base import base
from local.faults.cases import Case, Miss, Result, judge
from local.faults.deployed import DeployedApp
from local.faults.survey import IMPATIENT, Ask, Seen, Surveyor, Verb
from local.processes import ProcessError

type Tell = Callable[[Result], None]

DEPLOYED: Final = "the deployed app"
EVERY_NTH: Final = 25
"""Of so many cases one is tried through the deployed app, too."""


class App(Protocol):
    """What estates are put before."""

    async def put(self, estate: str, verbs: Iterable[Verb] = ()) -> None:
        """Make this the world."""

    async def look(self, questions: Sequence[Ask] = ()) -> list[Seen]:
        """What the app says of every pull, and to questions."""


async def try_all(cases: Sequence[Case], workers: int, tell: Tell) -> list[Result]:
    """The results in the order of the cases. Raises ProcessError when nothing works at all."""
    waiting = [*enumerate(cases)][::-1]
    results: dict[int, Result] = {}

    async def work(state: Path) -> None:
        async with contextlib.AsyncExitStack() as stack:
            surveyor = await stack.enter_async_context(_surveyor(state))
            while waiting:
                number, case = waiting.pop()
                results[number] = await attempt(surveyor, case)
                tell(results[number])

    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        async with asyncio.TaskGroup() as group:
            for number in range(min(workers, len(cases))):
                group.create_task(work(Path(folder, str(number))))
    return [results[number] for number in range(len(cases))]


async def try_deployed(cases: Sequence[Case], tell: Tell) -> list[Result]:
    """The same through the whole stack, one case after the other. Raises ProcessError."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="deployed-") as folder:
        async with _deployed(Path(folder)) as app:
            for case in cases:
                result = await attempt(app, case)
                result.through = DEPLOYED
                results.append(result)
                tell(result)
    return results


def sample(cases: Sequence[Case]) -> list[Case]:
    """Some of many cases, the same ones each time."""
    return [*cases[::EVERY_NTH]]


async def attempt(surveyor: App, case: Case) -> Result:
    """Plant, look, compare. What cannot be planted is a miss of its own."""
    started = time.monotonic()
    try:
        await surveyor.put(json.dumps(case.estate()), case.verbs)
    except (LookupError, ControlError, OSError) as why:
        result = Result(case, [Miss("the fault", "planted", f"{type(why).__name__}: {why}")])
    else:
        result = judge(case, await surveyor.look(case.questions()))
    result.seconds = time.monotonic() - started
    return result


def _surveyor(state: Path) -> Surveyor:
    return Surveyor(state, _first(state), IMPATIENT)


def _deployed(state: Path) -> DeployedApp:
    return DeployedApp(state / "stack", _first(state))


def _first(state: Path) -> Path:
    state.mkdir(parents=True, exist_ok=True)
    first = state / "base.json"
    first.write_text(json.dumps(base()), encoding="utf-8")
    return first


__all__ = ["ProcessError", "attempt", "try_all"]
