"""A CPython 3.13 that really runs is found, wherever it is."""

import sys
from pathlib import Path

import pytest

from local.devtools import interpreter
from local.devtools.steps import SetupError
from tests.dev.conftest import MADE_OF

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="scripts of POSIX")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(script(tmp_path / "own" / "python3", "exit 1")))


def test_a_name_on_path_is_taken_when_it_runs(tmp_path: Path) -> None:
    script(tmp_path / "path" / "python3.13", "echo 'no such version' >&2; exit 1")
    script(tmp_path / "path" / "python3", f'exec {MADE_OF} "$@"')
    assert Path(interpreter.find_python(tmp_path)).samefile(MADE_OF)


def test_pyenvs_own_interpreter_is_found_behind_a_refusing_shim(tmp_path: Path) -> None:
    script(tmp_path / "path" / "python3.13", "echo 'pyenv: not set' >&2; exit 127")
    (tmp_path / "pyenv" / "versions" / "3.13.1" / "bin").mkdir(parents=True)
    (tmp_path / "pyenv" / "versions" / "3.13.1" / "bin" / "python3.13").symlink_to(MADE_OF)
    assert Path(interpreter.find_python(tmp_path)).samefile(MADE_OF)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("3 12 True /usr/bin/python3", "is Python 3.12"),
        ("3 13 False /usr/bin/pypy3", "not the usual CPython"),
    ],
)
def test_another_python_is_refused_with_the_reason(tmp_path: Path, says: str, why: str) -> None:
    found, reason = interpreter.probe([str(script(tmp_path / "python", f"echo {says}"))])
    assert found is None
    assert why in reason


def test_an_environment_answers_with_what_it_was_made_of() -> None:
    environment = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python"
    if not environment.exists():
        pytest.skip("no .venv here")
    found, _ = interpreter.probe([str(environment)])
    assert found
    assert Path(found).is_absolute()
    assert ".venv" not in found


def test_when_all_fails_the_message_tells_everything_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "path" / "python3", "echo 'broken here' >&2; exit 1")

    def no_network(home: Path) -> str:
        raise SetupError(f"no network for {home}")

    monkeypatch.setattr(interpreter, "fetch_python", no_network)
    with pytest.raises(SetupError) as failure:
        interpreter.find_python(tmp_path)
    assert all(
        text in str(failure.value) for text in ("broken here", "no network", "pyenv install")
    )
