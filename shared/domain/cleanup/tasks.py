"""ACR tasks that purge: what their YAML runs."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.domain.cleanup import templates, words
from shared.domain.cleanup.command import parse_purge, unwrap
from shared.domain.cleanup.model import CleanupTask, RefusedError
from shared.domain.cleanup.schedule import parse_schedule
from shared.domain.cleanup.yaml_text import read_yaml

LONGEST_ENCODED = 100_000
MOST_COMMANDS = 50
_HINTS = ("acr", "purge")


def read_task(
    text: str,
    *,
    name: str = "",
    enabled: bool = True,
    schedules: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> CleanupTask:
    """Read a task file's YAML, or a bare command. ``values`` are those of ``--set``.

    Steps that run something else than a purge are passed over. Never raises: what is not understood
    is in ``refused``, each with its reason.
    """
    refused: list[str] = []
    commands: list[str] = []
    try:
        for cmd in _cmds(text, values or {}):
            commands += _command(cmd, refused)
    except RefusedError as why:
        refused.append(str(why))
    if len(commands) > MOST_COMMANDS:
        refused.append(f"only {MOST_COMMANDS} of {len(commands)} commands are read")
    good = tuple(_schedules(schedules, refused))
    return CleanupTask(name, enabled, good, tuple(commands[:MOST_COMMANDS]), tuple(refused))


def read_encoded_task(
    content: str,
    *,
    encoded_values: str = "",
    name: str = "",
    enabled: bool = True,
    schedules: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> CleanupTask:
    """Read the base64 of ``encodedTaskContent`` (and of ``encodedValuesContent``, YAML itself).

    Never raises, as ``read_task``. ``values`` win over encoded ones.
    """
    try:
        text = _decoded(content)
        known = _values(_decoded(encoded_values)) if encoded_values else {}
    except RefusedError as why:
        good = tuple(_schedules(schedules, []))
        return CleanupTask(name, enabled, good, refused=(str(why),))
    known.update(values or {})
    return read_task(text, name=name, enabled=enabled, schedules=schedules, values=known)


def _decoded(content: str) -> str:
    if len(content) > LONGEST_ENCODED:
        raise RefusedError(f"the encoded task has more than {LONGEST_ENCODED} characters")
    try:
        return base64.b64decode("".join(content.split()), validate=True).decode()
    except (binascii.Error, ValueError) as why:
        raise RefusedError(f"the encoded task is no base64 of UTF-8: {why}") from why


def _values(text: str) -> dict[str, str]:
    given = read_yaml(text)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RefusedError("the task's values are no mapping")
    return {str(name): str(value) for name, value in given.items()}


def _cmds(text: str, values: Mapping[str, str]) -> Iterator[str]:
    """What each step runs. A bare command is what ``az acr run --cmd`` was given."""
    if text.strip().startswith(("acr ", "mcr.microsoft.com/", "az acr ")):
        yield text.strip()
        return
    given = read_yaml(templates.fill(text, values))
    if not isinstance(given, dict) or not isinstance(given.get("steps"), list):
        raise RefusedError("the task has no list of steps")
    aliases = _aliases(given.get("alias"))
    for step in given["steps"]:
        cmd = step.get("cmd") if isinstance(step, dict) else None
        if cmd is not None:
            yield templates.put_aliases(templates.unmark(str(cmd)), aliases)


def _aliases(given: Any) -> dict[str, str]:
    """``alias: values:`` of the file. Those of ``alias: src:`` are elsewhere."""
    if not isinstance(given, dict) or not isinstance(given.get("values"), dict):
        return {}
    return {str(name): str(value) for name, value in given["values"].items()}


def _command(cmd: str, refused: list[str]) -> Iterator[str]:
    """The command if it is a purge. Something that looks like one and is not read is refused."""
    program = cmd.split(maxsplit=1)[0] if cmd.strip() else ""
    if not all(hint in cmd for hint in _HINTS):
        if "$" in program or not templates.is_run_variable(program):
            refused.append(f"{cmd[:100]!r}: what it runs is not known here")
        return
    try:
        parse_purge(cmd)
        yield words.join(unwrap(words.split(cmd)))
    except RefusedError as why:
        refused.append(f"{cmd[:200]!r}: {why}")


def _schedules(given: Sequence[str], refused: list[str]) -> Iterator[str]:
    for text in given:
        try:
            parse_schedule(text)
            yield text
        except RefusedError as why:
            refused.append(str(why))
