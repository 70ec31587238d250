"""Calls functions: gives each call an id, bounds its time, logs how it ended, knows what runs."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any

from local.functions.triggers import Function
from local.functions.worker import Call, Outcome, Worker, new_invocation_id

_LOG = logging.getLogger("local.functions")
_CANCEL_SECONDS = 2.0


class Invoker:
    """The one way to a function, for every trigger.

    A call that takes longer than `functionTimeout` fails; unlike in Azure the process goes on, and
    so does the thread of a function that is not async.
    """

    def __init__(self, worker: Worker, timeout: float | None) -> None:
        self._worker = worker
        self._timeout = timeout
        self._working: set[asyncio.Task[Any]] = set()

    async def invoke(self, function: Function, call: Call) -> Outcome:
        """Run a function once and log it. What it raises, or a timeout, is in the outcome."""
        invocation = new_invocation_id()
        start = time.monotonic()
        outcome = Outcome(ok=False, error="cancelled: the host is stopping")
        try:
            outcome = await self._bounded(function, invocation, call)
        finally:
            _log(function, invocation, outcome, (time.monotonic() - start) * 1000)
        return outcome

    def start[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work around a call that is to end before the host does, whoever waits for it."""
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait at most so long for the work that was started, then cancel what is left of it."""
        if not self._working:
            return
        _, left = await asyncio.wait(self._working, timeout=seconds)
        for task in left:
            task.cancel()
        if left:
            _LOG.warning("stopping with %d calls still running: cancelled", len(left))
            await asyncio.wait(left, timeout=_CANCEL_SECONDS)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _LOG.error("a call broke inside the host", exc_info=problem)

    async def _bounded(self, function: Function, invocation: str, call: Call) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._worker.invoke(function.id, invocation, call)
        except TimeoutError:
            error = f"timeout value of {self._timeout:g} s exceeded (functionTimeout of host.json)"
            return Outcome(ok=False, error=error)


def _log(function: Function, invocation: str, outcome: Outcome, milliseconds: float) -> None:
    word = "Succeeded" if outcome.ok else "Failed"
    head = f"Executed 'Functions.{function.name}' ({word}, Id={invocation}, {milliseconds:.0f}ms)"
    if outcome.ok:
        _LOG.info("%s", head)
    else:
        _LOG.error("%s\n%s", head, outcome.trace.rstrip() or outcome.error)
