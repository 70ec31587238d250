"""Runs `az` and `azd`, and says what went wrong in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

TIMEOUT = 900
"""Seconds that one command may take: a deployment waits for Azure."""


class HookError(Exception):
    """The hook cannot go on. The message says why, and what to do."""


class CommandError(HookError):
    """A command failed; ``text`` is what it said."""

    def __init__(self, command: Sequence[str], text: str) -> None:
        super().__init__(f"{' '.join(command[:6])} ... failed:\n{text.strip()[-3000:]}")
        self.text = text

    @property
    def is_refusal(self) -> bool:
        """Whether the caller lacks a right: trying again does not help."""
        return "AuthorizationFailed" in self.text or "LinkedAuthorizationFailed" in self.text

    @property
    def is_absence(self) -> bool:
        """Whether what was asked for is not there."""
        return "NotFound" in self.text


def say(text: str) -> None:
    """Tell whoever watches azd."""
    print(text, flush=True)  # noqa: T201 - a command's output


def run(*command: str) -> str:
    """Run a command and give what it printed.

    Raises:
        HookError: the program is not there.
        CommandError: it failed.

    """
    program = shutil.which(command[0])
    if program is None:
        raise HookError(f"{command[0]} is not installed, or not on the PATH.")
    try:
        done = subprocess.run(  # noqa: S603 - no shell; arguments are not split
            [program, *command[1:]],
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise CommandError(command, f"It did not end within {TIMEOUT} seconds.") from None
    if done.returncode != 0:
        raise CommandError(command, done.stderr or done.stdout)
    return done.stdout


def az(*words: str) -> Any:
    """What `az` answers, as JSON; None where it answers nothing. Raises like `run`."""
    text = run("az", *words, "--only-show-errors", "--output", "json")
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        raise HookError(f"az {' '.join(words[:3])} answered no JSON: {text[:200]}") from None


def get(path: str, api_version: str, *parameters: str) -> Any:
    """Read a resource of ARM by its path, with ``NAME=VALUE`` in its query. Raises like `run`."""
    more = ("--url-parameters", *parameters) if parameters else ()
    return az("rest", "--method", "get", "--url", f"{path}?api-version={api_version}", *more)


def every(path: str, api_version: str, *parameters: str) -> Iterator[Any]:
    """Read a list of ARM, all pages of it. Raises like `run`."""
    page = get(path, api_version, *parameters)
    while page:
        yield from page.get("value") or ()
        more = page.get("nextLink")
        page = az("rest", "--method", "get", "--url", more) if more else None


def needed(name: str) -> str:
    """A value of the azd environment. Raises HookError where it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise HookError(f"{name} is not set: run `azd provision` first.")
    return value


def names(setting: str) -> list[str]:
    """A list in the azd environment, separated by commas."""
    return [part.strip() for part in os.environ.get(setting, "").split(",") if part.strip()]


def links() -> list[dict[str, Any]]:
    """The registries, as the preprovision hook found them. Raises HookError."""
    return _listed("PULLWATCH_REGISTRY_LINKS")


def linked() -> list[dict[str, Any]]:
    """Every registry that something was deployed beside, also one that is no more named.

    Raises HookError.
    """
    found = {one["id"].lower(): one for one in (*_listed("PULLWATCH_LINKED"), *links())}
    return list(found.values())


def keep(name: str, value: Any) -> None:
    """Put a value into the azd environment, as JSON. Raises HookError."""
    run("azd", "env", "set", name, json.dumps(value, separators=(",", ":")))


def _listed(name: str) -> list[dict[str, Any]]:
    try:
        return list(json.loads(os.environ.get(name, "").strip() or "[]"))
    except ValueError:
        raise HookError(f"{name} is no JSON: run `azd provision` again.") from None


def main(hook: Callable[[], None]) -> int:
    """Run a hook as a program: 0, or 1 with the reason on standard error."""
    try:
        hook()
    except HookError as why:
        print(f"\n{why}", file=sys.stderr, flush=True)  # noqa: T201 - a command's output
        return 1
    return 0
