"""`python -m local`, as a person types it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.running import RunningStack, find
from tests.local.stack.conftest import APP

ROOT = APP.parents[3]


def local(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", "--state", str(state), *words]
    return subprocess.run(  # noqa: S603 - our own module
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def up(state: Path) -> Iterator[RunningStack]:
    """A stack that somebody left running in another terminal."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "local", "--state", str(state), "up", "--app", str(APP)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    said = ""
    while "Ctrl-C stops it" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    running = find(state)
    assert running
    assert running.addresses.inbox_url in said
    yield running
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert find(state) is None
    for child in running.children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_an_edit_is_carried_out_and_undone(up: RunningStack, state: Path) -> None:
    assert up
    pushed = local(state, "push", "contoso/shop/cart:cli", "--by", "pipeline")
    assert pushed.returncode == 0, pushed.stderr
    assert json.loads(pushed.stdout)["digest"].startswith("sha256:")
    assert json.loads(local(state, "undo").stdout)["undone"] == "push"


def test_a_refusal_is_explained(up: RunningStack, state: Path) -> None:
    assert up
    refused = local(state, "untag", "contoso/shop/no-such:1")
    assert refused.returncode == 1
    assert "NAME_UNKNOWN" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_second_up_tells_where_the_first_one_is(up: RunningStack, state: Path) -> None:
    second = local(state, "up", "--app", str(APP))
    assert second.returncode == 0
    assert up.addresses.functions_url in second.stderr


def test_the_environment_is_what_a_shell_takes(up: RunningStack, state: Path) -> None:
    shown = local(state, "env", "--place", "build")
    evaluated = subprocess.run(  # noqa: S603 - our own output
        ["/bin/sh", "-c", 'eval "$1"; echo "$HTTPS_PROXY"', "sh", shown.stdout],
        capture_output=True,
        text=True,
        check=True,
    )
    assert evaluated.stdout.strip() == up.addresses.proxy_url("build")


def test_the_settings_of_the_app_are_shown_too(up: RunningStack, state: Path) -> None:
    shown = local(state, "env", "--for-app").stdout.splitlines()
    assert f"export PUBLIC_URL={up.addresses.functions_url}" in shown
    assert any(line.startswith("export SERVICE_BUS='Endpoint=sb://127.0.0.1:") for line in shown)


def test_messages_are_printed_one_a_line(up: RunningStack, state: Path) -> None:
    assert up
    local(state, "push", "contoso/shop/cart:line")
    printed = local(state, "inbox", "--wait", "20")
    assert printed.stdout.splitlines()[0].split()[2] == "teams"


def test_requests_can_be_looked_at(up: RunningStack, state: Path) -> None:
    assert up
    assert "total" in json.loads(local(state, "show", "requests").stdout)


def test_without_a_stack_it_says_how_to_start_one(tmp_path: Path) -> None:
    answer = local(tmp_path, "url")
    assert answer.returncode == 1
    assert "dev.py up" in answer.stderr


def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = local(tmp_path / "file" / "state", "up", "--app", str(APP))
    assert answer.returncode == 1
    assert f"does not run in {tmp_path / 'file' / 'state'}" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("delete",),
        ("throttle", "contoso", "--seconds", "soon"),
        ("firewall", "contoso", "shut"),
        ("env", "--plaice", "laptop"),
        ("show", "all"),
    ],
)
def test_wrong_words_exit_with_64(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = local(tmp_path, *words)
    assert answer.returncode == 64
    assert answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_help_lists_every_verb() -> None:
    answer = local(ROOT, "-h")
    assert answer.returncode == 0
    assert all(f"  {verb} " in answer.stdout for verb in ("up", "delete", "revoke", "break-dns"))
