"""`dev.py demo`: a stack, the story told on it, and what was observed at each step."""

import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec
from msgspec import Struct

from local import up
from local.stack import Stack


class Step(Struct, frozen=True, kw_only=True):
    """One step of the story: what should be seen, what was seen, and how long it took."""

    name: str
    expected: str
    observed: str
    ok: bool
    seconds: float


class Told(Struct, frozen=True, kw_only=True):
    """The outcome of `demo --json`."""

    ok: bool
    steps: list[Step]


NOT_STARTED = Told(
    ok=False,
    steps=[
        Step(
            name="the stack starts",
            expected="every process is ready",
            observed="it did not start; standard error says why",
            ok=False,
            seconds=0.0,
        )
    ],
)

type Story = Callable[[Stack], Awaitable[list[Step]]]


async def opening(stack: Stack) -> list[Step]:
    """The first step: the app runs and answers."""
    started = time.monotonic()
    async with aiohttp.ClientSession() as http, http.get(f"{stack.url}/api/health") as answer:
        status = answer.status
    return [
        Step(
            name="the app answers",
            expected="GET /api/health is answered 200",
            observed=f"it was answered {status}",
            ok=status == 200,  # noqa: PLR2004 - HTTP's OK
            seconds=round(time.monotonic() - started, 3),
        )
    ]


def run(contents: up.Contents, *, once: bool, as_json: bool, story: Story = opening) -> int:
    """Tell a story on a new stack; the exit code: 0 when every step went as expected.

    Without `once` the stack stays up afterwards.
    """
    outcomes: list[Told] = []

    async def tell_it(stack: Stack) -> int:
        steps = await story(stack)
        outcomes.append(Told(ok=all(step.ok for step in steps), steps=steps))
        show(outcomes[0], as_json=as_json)
        if not once:
            return await up.stay(stack)
        return 0 if outcomes[0].ok else 1

    code = up.run(contents, tell_it, fresh=True)
    if outcomes:
        return code
    show(NOT_STARTED, as_json=as_json)
    return code or 1


def show(told: Told, *, as_json: bool) -> None:
    """The outcome: as JSON alone on standard output, or as sentences for a person."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()
    else:
        up.tell("\n".join(sentence(step) for step in told.steps))


def sentence(step: Step) -> str:
    """A step for a person."""
    mark = "ok  " if step.ok else "FAIL"
    return f"{mark} {step.name}: {step.observed} ({step.seconds:.1f} s)"
