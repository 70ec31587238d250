"""Finds a CPython 3.13 that really runs, or has uv fetch one.

Standard library only, any Python from 3.9 on.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.devtools.steps import SetupError, run, say

WINDOWS = os.name == "nt"
BIN, SUFFIX = ("Scripts", ".exe") if WINDOWS else ("bin", "")

# What an interpreter must do to serve: the modules are those that some distributions leave out.
PROBE = (
    "import sys,sysconfig,venv,ensurepip,ssl,sqlite3,ctypes;"
    "ok=sys.implementation.name=='cpython' and not sysconfig.get_config_var('Py_GIL_DISABLED');"
    "print(*sys.version_info[:2],ok,getattr(sys,'_base_executable',None) or sys.executable)"
)


def find_python(home: Path) -> str:
    """The path of a CPython 3.13; one that had to be fetched lies under `home`.

    Raises SetupError: everything that was tried, and what to do.
    """
    refused = []
    for command in candidates(home):
        found, why = probe(command)
        if found:
            return found
        refused.append(f"  {' '.join(command)}: {why}")
    say("No Python 3.13 here; fetching one with uv ...")
    try:
        return fetch_python(home)
    except SetupError as why:
        tried = "\n".join(refused) or "  (nothing on PATH)"
        message = (
            f"Pullwatch needs CPython 3.13. Tried:\n{tried}\n  uv: {why}\n\n"
            "Install Python 3.13 (python.org, `pyenv install 3.13`, your system's packages),\n"
            "or let this machine reach the Internet (HTTPS_PROXY), and run the command again."
        )
        raise SetupError(message) from why


def candidates(home: Path) -> Iterator[list[str]]:
    """Commands that may be a Python 3.13, each once."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    names = ("python3.13", "python3", "python")
    paths = [Path(sys.executable)]
    paths += [folder / f"{name}{SUFFIX}" for name in names for folder in folders]
    paths += fetched(home)
    # A shim refuses when its pyenv was told another version; the interpreter itself does not.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for pattern in ("versions/3.13*", "pyenv-win/versions/3.13*"):
        for version in sorted(pyenv.glob(pattern), reverse=True):
            paths += [version / "bin" / "python3.13", version / "python.exe"]
    for path in dict.fromkeys(path.absolute() for path in paths):
        if os.path.lexists(path):
            yield [str(path)]
    if shutil.which("py"):
        yield ["py", "-3.13"]


def fetched(home: Path) -> list[Path]:
    """The interpreters that lie under `home`, as uv lays them out."""
    return sorted(home.glob("python/*/python.exe" if WINDOWS else "python/*/bin/python3.13"))


def probe(command: list[str]) -> tuple[str | None, str]:
    """The interpreter behind a command when it serves, else None and why it does not.

    For an environment it is the interpreter that the environment was made of.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - asks what it is, nothing else
            [*command, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        return None, str(why)
    if answer.returncode:
        return None, (answer.stderr.strip().splitlines() or ["does not run"])[-1]
    major, minor, serves, executable = answer.stdout.strip().split(" ", 3)
    if (major, minor) != ("3", "13"):
        return None, f"is Python {major}.{minor}"
    return (executable, "") if serves == "True" else (None, "is not the usual CPython build")


def fetch_python(home: Path) -> str:
    """A CPython 3.13 in `home`/python, fetched by uv from PyPI.

    Raises SetupError.
    """
    tool, no_uv = home / "uv", "pip could not get uv"
    if importlib.util.find_spec("pip"):
        run([sys.executable, "-m", "pip", "install", "--upgrade", "-t", str(tool), "uv"], no_uv)
        uv = tool / "bin" / f"uv{SUFFIX}"
    else:
        run([sys.executable, "-m", "venv", "--clear", str(tool)], "no environment for uv")
        run([str(tool / BIN / f"python{SUFFIX}"), "-m", "pip", "install", "uv"], no_uv)
        uv = tool / BIN / f"uv{SUFFIX}"
    run(
        [str(uv), "python", "install", "--install-dir", str(home / "python"), "3.13"],
        "uv could not get Python 3.13",
    )
    for path in fetched(home):
        found, _ = probe([str(path)])
        if found:
            return found
    raise SetupError("uv fetched a Python that does not run here")
