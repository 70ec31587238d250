"""`dev.py demo`: a stack, the story told on it, and what was observed at each step."""

import sys
from typing import Final

import msgspec
from msgspec import Struct

from local import up
from local.stack import Stack
from local.story import tell_story
from local.story.scene import Step


class Told(Struct, frozen=True, kw_only=True):
    """The outcome of `demo --json`."""

    ok: bool
    steps: list[Step]


NOT_STARTED: Final = Step(
    name="the stack starts",
    expected="every process is ready",
    observed="it did not start; standard error says why",
    ok=False,
    seconds=0.0,
)


def run(contents: up.Contents, *, once: bool, as_json: bool) -> int:
    """Tell the story on a new stack; the exit code: 0 when every step went as expected.

    Without `once` the stack stays up afterwards.
    """
    steps: list[Step] = []

    async def tell_it(stack: Stack) -> int:
        steps.extend(await tell_story(stack, up.tell))
        if as_json:
            print_json(steps)
        if not once:
            return await up.stay(stack)
        return 0 if all(step.ok for step in steps) else 1

    code = up.run(contents, tell_it)
    if steps:
        return code
    if as_json:
        print_json([NOT_STARTED])
    return code or 1


def print_json(steps: list[Step]) -> None:
    """The outcome on standard output, alone."""
    told = Told(ok=all(step.ok for step in steps), steps=steps)
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()
