"""dev.py sets itself up once, and mends what is half made."""

import os
import shutil
import signal
import sys
import time

import pytest

from tests.dev.conftest import Project, new_project

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


@pytest.mark.parametrize("missing", ["pyvenv.cfg", "bin/python3.13"])
@posix
def test_a_half_made_environment_is_made_anew(ready: Project, missing: str) -> None:
    (ready.root / ".venv" / missing).unlink()
    code, out, error = ready.run("test")
    assert code == 0
    assert "Repairing .venv" in error
    assert "verb test" in out


@posix
def test_an_environment_without_pip_is_made_anew(ready: Project) -> None:
    for package in (ready.root / ".venv").glob("lib/python3.13/site-packages/pip"):
        shutil.rmtree(package)
    (ready.root / ".venv" / "requirements.stamp").unlink()
    code, _, error = ready.run("test")
    assert code == 0
    assert "Repairing .venv" in error


def test_two_at_once_set_up_once(project: Project) -> None:
    both = [project.start("test"), project.start("test")]
    errors = [process.communicate(timeout=90)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Making .venv" in error for error in errors) == 1
    assert sum("waiting ..." in error for error in errors) == 1


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


def test_without_a_network_it_says_what_was_tried_and_what_to_do(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    project = new_project(tmp_path_factory.mktemp("offline"), ["no-such-thing==1.0"])
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    process = project.start("test", environment=nowhere)
    _, error = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "Traceback" not in error
    assert all(text in error for text in ("no-such-thing", "pip install", "HTTPS_PROXY"))
