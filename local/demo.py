"""`dev.py demo`: a stack, the story told on it, and what was observed at each step."""

import sys

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


def run(contents: up.Contents, *, once: bool, as_json: bool) -> int:
    """Tell the story on a new stack; the exit code: 0 when every step went as expected.

    Without `once` the stack stays up afterwards.
    """

    async def tell_it(stack: Stack) -> int:
        steps = await tell_story(stack, up.tell)
        ok = all(step.ok for step in steps)
        if as_json:
            print_json(Told(ok=ok, steps=steps))
        if not once:
            return await up.stay(stack)
        return 0 if ok else 1

    return up.run(contents, tell_it)


def print_json(told: Told) -> None:
    """The outcome on standard output, alone."""
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()
