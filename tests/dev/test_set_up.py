"""dev.py sets itself up once, and mends what is half made."""

import os
import signal
import sys
import time

import pytest

from tests.dev.conftest import Project

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def test_the_verb_runs_inside_the_environment(ready: Project) -> None:
    code, out, _ = ready.run("test", "-k", "x y")
    assert code == 0
    assert out.split("verb ")[1].strip() == f"test -k x y {ready.root / '.venv'}"


def test_what_is_done_is_not_done_again(ready: Project) -> None:
    started = time.monotonic()
    code, _, error = ready.run("test")
    assert (code, error) == (0, "")
    assert time.monotonic() - started < 1


def test_changed_requirements_are_installed_into_the_same_environment(ready: Project) -> None:
    marker = ready.root / ".venv" / "kept"
    marker.touch()
    with (ready.root / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    code, _, error = ready.run("test")
    assert code == 0
    assert "Installing" in error
    assert "Repairing" not in error
    assert marker.exists()


@posix
@pytest.mark.parametrize(
    "missing", ["pyvenv.cfg", "bin/python3.13", "lib/python3.13/site-packages/pip"]
)
def test_an_environment_that_lacks_something_is_not_usable(ready: Project, missing: str) -> None:
    assert ready.is_usable()
    part = ready.root / ".venv" / missing
    away = part.rename(ready.root / "away")
    assert not ready.is_usable()
    away.rename(part)


def test_two_at_once_make_a_half_made_environment_anew_once(ready: Project) -> None:
    (ready.root / ".venv" / "pyvenv.cfg").unlink()
    both = [ready.start("test"), ready.start("test")]
    outs, errors = zip(*(process.communicate(timeout=90) for process in both), strict=True)
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Repairing .venv" in error for error in errors) == 1
    assert sum("waiting ..." in error for error in errors) == 1
    assert all("verb test" in out for out in outs)


@posix
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_and_what_it_started(project: Project, which: signal.Signals) -> None:
    process = project.start("test")
    assert process.stderr
    assert "Making .venv" in process.stderr.readline()
    os.kill(process.pid, which)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted" in error
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_folder_that_cannot_be_written_is_told(project: Project) -> None:
    (project.root / ".local").write_text("a file where a folder should be")
    code, _, error = project.run("test")
    assert code == 1
    assert "Could not set up here" in error
    assert ".local" in error
    assert "Traceback" not in error


def test_without_a_network_it_says_what_was_tried_and_what_to_do(ready: Project) -> None:
    requirements = ready.root / "requirements.txt"
    before = requirements.read_text()
    requirements.write_text("no-such-thing==1.0")
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    process = ready.start("test", environment=nowhere)
    _, error = process.communicate(timeout=90)
    requirements.write_text(before)
    assert process.returncode == 1
    assert "Traceback" not in error
    assert all(text in error for text in ("no-such-thing", "pip install", "HTTPS_PROXY"))
