"""A project of its own to set up: dev.py with requirements that need no network."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE_OF = Path(getattr(sys, "_base_executable", sys.executable))
PARTS = (
    "__init__.py",
    "guard.py",
    "locking.py",
    "devtools/__init__.py",
    "devtools/interpreter.py",
    "devtools/steps.py",
)
"""What dev.py needs of `local` before anything is installed."""


@dataclass(frozen=True)
class Project:
    """A folder with dev.py in it."""

    root: Path

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start dev.py in a process group of its own."""
        return subprocess.Popen(  # noqa: S603 - dev.py itself
            [sys.executable, str(self.root / "dev.py"), *arguments],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of dev.py."""
        process = self.start(*arguments)
        out, error = process.communicate(timeout=90)
        return process.returncode, out, error

    def is_usable(self) -> bool:
        """What dev.py thinks of the .venv that is there."""
        asked = [sys.executable, "-c", "import dev; print(dev.is_usable())"]
        said = subprocess.run(  # noqa: S603 - dev.py itself
            asked, cwd=self.root, capture_output=True, text=True, check=True
        )
        return said.stdout == "True\n"


def new_project(root: Path) -> Project:
    """dev.py, what it needs of `local`, and no requirements."""
    shutil.copy(ROOT / "dev.py", root / "dev.py")
    for part in PARTS:
        target = root / "local" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "local" / part, target)
    (root / "local" / "devtools" / "__main__.py").write_text(
        "import sys; print('verb', *sys.argv[1:], sys.prefix)"
    )
    (root / "requirements.txt").touch()
    (root / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return Project(root)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A clean clone: nothing is set up."""
    return new_project(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was set up; tests leave it usable."""
    made = new_project(tmp_path_factory.mktemp("ready"))
    code, _, error = made.run("test")
    assert code == 0, error
    return made
