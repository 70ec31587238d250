"""The command line of the local stack: `python -m local up`, `python -m local delete IMAGE`, ..."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import msgspec

from local.arguments import USAGE, Parser
from local.control import Control, ControlError
from local.environment import APP_PLACE, app_settings, for_clients
from local.inbox.messages import Message
from local.inbox.reader import Reader
from local.running import STATE, RunningStack, find
from local.wiring import CONTOSO, ROOT

HEAD = """Usage: python -m local [--state DIR] COMMAND [options]

The stack (DIR is .local unless given):
  up [--estate FILE]            start it, and stay until Ctrl-C
  up --without-host             the same without the app, which is left to `func start`
  demo [--once] [--json]        start it and tell the story on it
  env [--place NAME]            its environment for a client, as a shell takes it (default: laptop)
  env --for-app                 all settings of the app, likewise
  url                           where the app, the inbox and the verbs are
  inbox [--after N] [--wait S]  what Teams and mail received
  diagnose ESTATE.yaml [--json] what the app says of every workload of an estate
  show WHAT                     estate | requests | deliveries, as JSON

Edits of the running estate (COMMAND -h tells the arguments; ON is on or off; an IMAGE is
registry/repository:tag):"""


def main(words: Sequence[str]) -> int:
    """Run one command; the answer is the exit code."""
    match list(words):
        case ["--state", folder, *others]:
            return command(Path(folder), others)
        case others:
            return command(STATE, others)


def command(state: Path, words: Sequence[str]) -> int:
    """Run one command on the stack of a state folder."""
    name, *rest = words or ["-h"]
    if name in COMMANDS:
        return COMMANDS[name](state, rest)
    from local import verbs  # noqa: PLC0415 - loads the simulator, which the others do not need

    if name in ("-h", "--help", "help"):
        print(HEAD, *verbs.described(), sep="\n")
        return 0
    if verbs.is_verb(name):
        return edit(state, name, verbs.parsed(name, rest))
    print(f"python -m local: unknown command {name!r}; -h lists them", file=sys.stderr)
    return USAGE


def up(state: Path, words: Sequence[str]) -> int:
    """Start a stack, and stay until Ctrl-C."""
    from local import up as running  # noqa: PLC0415 - the other commands start without it

    parser = Parser(prog="python -m local up", description=up.__doc__)
    _add_contents(parser)
    parser.add_argument("--without-host", action="store_true", help="leave the app to `func start`")
    asked = parser.parse_args(words)
    contents = running.Contents(
        state=state, estate=asked.estate, app=asked.app, host=not asked.without_host
    )
    return running.run(contents, running.stay)


def demo(state: Path, words: Sequence[str]) -> int:
    """Start a stack and tell the story on it; then stay until Ctrl-C."""
    from local import demo as telling  # noqa: PLC0415 - as above
    from local import up as running  # noqa: PLC0415 - as above

    parser = Parser(prog="python -m local demo", description=demo.__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the story")
    parser.add_argument("--json", action="store_true", help="print the steps as JSON")
    _add_contents(parser)
    asked = parser.parse_args(words)
    contents = running.Contents(state=state, estate=asked.estate, app=asked.app, fresh=True)
    return telling.run(contents, once=asked.once, as_json=asked.json)


def diagnose(_: Path, words: Sequence[str]) -> int:
    """Print what the app says of every workload of an estate."""
    from local import diagnosing  # noqa: PLC0415 - as above

    return diagnosing.run(words)


def env(state: Path, words: Sequence[str]) -> int:
    """Print the environment with which a client meets the running estate, for `eval`."""
    parser = Parser(prog="python -m local env", description=env.__doc__)
    parser.add_argument("--place", default="laptop", help=f"where it stands; the app: {APP_PLACE}")
    parser.add_argument("--for-app", action="store_true", help="all settings of the app instead")
    asked = parser.parse_args(words)
    at = the_stack(state).addresses
    for name, value in (
        app_settings(at) if asked.for_app else for_clients(at, asked.place)
    ).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def url(state: Path, words: Sequence[str]) -> int:
    """Print where the app, the inbox and the verbs of the running stack are."""
    Parser(prog="python -m local url", description=url.__doc__).parse_args(words)
    at = the_stack(state).addresses
    print(f"{at.functions_url}\n{at.inbox_url}\n{at.control_url}")
    return 0


def inbox(state: Path, words: Sequence[str]) -> int:
    """Print what Teams and mail received."""
    parser = Parser(prog="python -m local inbox", description=inbox.__doc__)
    parser.add_argument("--after", type=int, default=0, help="only messages after this number")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait for one")
    asked = parser.parse_args(words)
    reader = Reader(the_stack(state).addresses.inbox_url)
    for message in asyncio.run(reader.messages(asked.after, wait=asked.wait)):
        print(line(message))
    return 0


def line(message: Message) -> str:
    """A message as one line; control characters of strangers are shown, not obeyed."""
    text = f"{message.number:4} {message.received:%H:%M:%S} {message.channel:5} {message.subject}"
    failed = f"  (nobody saw it: {message.failure})" if message.failure else ""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text + failed)


def show(state: Path, words: Sequence[str]) -> int:
    """Print what the simulator says about itself, as JSON."""
    parser = Parser(prog="python -m local show", description=show.__doc__)
    parser.add_argument("what", choices=("estate", "requests", "deliveries"))
    what = parser.parse_args(words).what
    answer = asyncio.run(control(state).show(what))
    print(msgspec.json.format(msgspec.json.encode(answer)).decode())
    return 0


def edit(state: Path, verb: str, arguments: dict[str, object]) -> int:
    """Carry out a verb on the running estate."""
    answer = asyncio.run(control(state).do(verb, **arguments))
    print(msgspec.json.encode(answer).decode())
    return 0


COMMANDS = {
    "up": up,
    "demo": demo,
    "diagnose": diagnose,
    "env": env,
    "url": url,
    "inbox": inbox,
    "show": show,
}


def control(state: Path) -> Control:
    """The verbs of the running stack."""
    return Control(the_stack(state).addresses.control_url)


def the_stack(state: Path) -> RunningStack:
    """The stack that runs. Raises LookupError."""
    stack = find(state)
    if stack is None:
        raise LookupError("No stack runs here. Start one: python3 dev.py up")
    return stack


def _add_contents(parser: Parser) -> None:
    parser.add_argument("--estate", type=Path, default=CONTOSO, help="YAML file of the estate")
    parser.add_argument("--app", type=Path, default=ROOT, help="folder of function_app.py")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ControlError, LookupError, aiohttp.ClientError) as why:
        print(why, file=sys.stderr)
        sys.exit(1)
