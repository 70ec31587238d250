"""Tries cases on several simulators at once, each with an app of its own."""

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local.control import ControlError
from local.faults.base import base
from local.faults.cases import Case, Miss, Result, judge
from local.faults.survey import IMPATIENT, Surveyor
from local.processes import ProcessError

type Tell = Callable[[Result], None]


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


async def attempt(surveyor: Surveyor, case: Case) -> Result:
    """Plant, look, compare. What cannot be planted is a miss of its own."""
    started = time.monotonic()
    try:
        await surveyor.put(json.dumps(case.estate()), case.verbs)
    except (LookupError, ControlError, OSError) as why:
        result = Result(case, [Miss("the fault", "planted", f"{type(why).__name__}: {why}")])
    else:
        result = judge(case, await surveyor.look())
    result.seconds = time.monotonic() - started
    return result


def _surveyor(state: Path) -> Surveyor:
    state.mkdir(parents=True)
    first = state / "base.json"
    first.write_text(json.dumps(base()), encoding="utf-8")
    return Surveyor(state, first, IMPATIENT)


__all__ = ["ProcessError", "attempt", "try_all"]
