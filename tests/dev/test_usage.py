"""dev.py tells what it can do, on any Python, before anything is set up."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dev.conftest import ROOT, Project

PYENV = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
PYTHONS = [str(path) for path in PYENV if int(path.parts[-3].split(".")[1]) >= 9]


@pytest.mark.parametrize("asked", ["-h", "--help", "help"])
def test_help_lists_the_verbs(project: Project, asked: str) -> None:
    code, out, error = project.run(asked)
    assert (code, error) == (0, "")
    assert all(verb in out for verb in ("demo", "up", "test", "check", "bench"))


@pytest.mark.parametrize("arguments", [(), ("tset",), ("--once",)])
def test_a_wrong_verb_is_a_usage_error_that_lists_the_verbs(
    project: Project, arguments: tuple[str, ...]
) -> None:
    code, out, error = project.run(*arguments)
    assert (code, out) == (64, "")
    assert "demo" in error
    assert not (project.root / ".venv").exists()


@pytest.mark.parametrize("python", PYTHONS or [sys.executable])
def test_it_starts_on_every_python_from_3_9_on(python: str) -> None:
    answer = subprocess.run(  # noqa: S603 - dev.py itself
        [python, str(ROOT / "dev.py"), "-h"], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")
