"""``predict-purge``: what ``acr purge`` commands would take from a registry, and their traps."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from shared.cli.lint_purge import trap_lines
from shared.cli.text import clean
from shared.domain.cleanup import (
    BadContentsError,
    Doomed,
    Purge,
    RefusedError,
    RegistryContents,
    doomed_in_turn,
    lint,
    parse_contents,
    parse_purge,
    read_task,
)
from shared.domain.clock import utc

USAGE = 64
UNKNOWN = 3


class BadArgumentError(ValueError):
    """An argument that is not taken. The message names it, its value and what is accepted."""


class RefusedCommandError(BadArgumentError):
    """A command that the tool would not run, or that is not understood."""


class NotReadError(Exception):
    """A live registry could not be read. The message says why."""


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``predict-purge``."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--registry", metavar="FILE", help="its contents as JSON; - is stdin")
    source.add_argument("--login-server", metavar="NAME.azurecr.io", help="read it, as yourself")
    parser.add_argument(
        "--command",
        action="append",
        default=[],
        help="the acr purge command; several run one after another, each on what is left",
    )
    parser.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="FILE",
        help="a task file (YAML): its purges run before those of --command",
    )
    parser.add_argument("--now", default="", metavar="ISO", help="when it would run; default: now")
    parser.add_argument("--in-use", action="append", default=[], metavar="REPOSITORY")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: Namespace) -> int:
    """Predict and print. Exit code: 0, 3 if something could not be foretold, 64 wrong usage."""
    try:
        commands, unread = _commands(arguments)
        purges = [_purge(command) for command in commands]
        now = _now(arguments.now)
        contents = _contents(arguments, purges)
    except (BadArgumentError, BadContentsError) as why:
        if arguments.json and isinstance(why, RefusedCommandError):
            _print(Doomed(refused=(str(why),)))
        print(clean(str(why)), file=sys.stderr)
        return USAGE
    except NotReadError as why:
        print(clean(str(why)), file=sys.stderr)
        return UNKNOWN
    found = doomed_in_turn(purges, contents, now)
    found = replace(found, refused=(*unread, *found.refused))
    if arguments.json:
        _print(found)
    else:
        names = [repository.name for repository in contents.repositories]
        lines = [*_lines(found, now, purges), *_traps(commands, names, arguments.in_use)]
        print(clean("\n".join(lines)))
    return UNKNOWN if found.refused else 0


def _print(found: Doomed) -> None:
    answer = {"tags": found.tags, "manifests": found.manifests, "refused": found.refused}
    print(json.dumps(answer))


def _commands(arguments: Namespace) -> tuple[list[str], list[str]]:
    """The commands in their order, and what of the tasks is not understood."""
    tasks = [
        read_task(_bytes(name, "--task").decode("utf-8", "replace")) for name in arguments.task
    ]
    commands = [command for task in tasks for command in task.commands]
    unread = [reason for task in tasks for reason in task.refused]
    if not tasks and not arguments.command:
        raise BadArgumentError("one of --command and --task is needed")
    if not commands and not unread and not arguments.command:
        raise BadArgumentError(f"--task {arguments.task[0]}: no step of it purges")
    return [*commands, *arguments.command], unread


def _purge(command: str) -> Purge:
    try:
        return parse_purge(command)
    except RefusedError as why:
        raise RefusedCommandError(f"--command: {why}") from why


def _now(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        return utc(text)
    except ValueError:
        raise BadArgumentError(
            f"--now is {text[:100]!r}, and must be a time such as 2026-11-26T18:00:00Z"
        ) from None


def _contents(arguments: Namespace, purges: Sequence[Purge]) -> RegistryContents:
    if arguments.login_server:
        return _live(arguments.login_server, purges)
    try:
        return parse_contents(_bytes(arguments.registry, "--registry"))
    except BadContentsError as why:
        raise BadArgumentError(f"--registry {arguments.registry}: {why}") from why


def _live(login_server: str, purges: Sequence[Purge]) -> RegistryContents:
    # the clients of Azure take half a second to load, and a file needs none
    from shared.cli.live_contents import (  # noqa: PLC0415
        BadQuestionError,
        CouldNotLookError,
        live_contents,
    )

    try:
        return live_contents(login_server, purges)
    except BadQuestionError as why:
        raise BadArgumentError(f"--login-server: {why}") from why
    except CouldNotLookError as why:
        raise NotReadError(f"the registry could not be read: {why}") from why


def _bytes(name: str, argument: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as why:
        raise BadArgumentError(
            f"{argument} is {name!r}, which cannot be read ({why.strerror}); a file is needed"
        ) from why
    except ValueError as why:  # a NUL in the name
        raise BadArgumentError(f"{argument} is {name!r}, which is no file name") from why


def _lines(found: Doomed, now: datetime, purges: Sequence[Purge]) -> Iterator[str]:
    counts = f"{len(found.tags)} tags untagged, {len(found.manifests)} manifests deleted"
    yield f"{counts}, if it runs at {now:%Y-%m-%d %H:%M:%S} UTC"
    if any(purge.dry_run for purge in purges):
        yield "with --dry-run it only lists them"
    yield from (f"  untag   {tag}" for tag in found.tags)
    yield from (f"  delete  {manifest}" for manifest in found.manifests)
    if found.refused:
        yield ""
        yield "not foretold"
        yield from (f"  {reason}" for reason in found.refused)


def _traps(
    commands: Sequence[str], repositories: Sequence[str], in_use: Sequence[str]
) -> Iterator[str]:
    for command in commands:
        yield from trap_lines(lint(command, repositories, in_use))
