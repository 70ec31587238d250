"""A fake `az` and `azd` on the PATH: real processes, scripted answers, every call written down."""

import json
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """#!{python}
import json, sys
from pathlib import Path
here = Path({here!r})
words = sys.argv[1:]
calls = here / "calls.jsonl"
with calls.open("a") as file:
    file.write(json.dumps([Path(sys.argv[0]).name, *words]) + "\\n")
line = " ".join(words)
for number, rule in enumerate(json.loads((here / "rules.json").read_text())):
    if rule["when"] not in line:
        continue
    used = here / f"used-{{number}}"
    count = len(used.read_text()) if used.exists() else 0
    if rule["times"] is not None and count >= rule["times"]:
        continue
    used.write_text("x" * (count + 1))
    if rule["fails"]:
        sys.stderr.write(rule["fails"])
        sys.exit(1)
    sys.stdout.write(json.dumps(rule["answer"]) if rule["answer"] is not None else "")
    sys.exit(0)
sys.stderr.write("nothing scripted for: " + line)
sys.exit(1)
"""


@dataclass
class Cli:
    """The scripted programs. The first rule whose text is in the command line answers."""

    folder: Path
    rules: list[dict[str, Any]]

    def answers(self, when: str, answer: Any = None, *, times: int | None = None) -> None:
        self._add(when=when, answer=answer, fails="", times=times)

    def fails(self, when: str, text: str, *, times: int | None = None) -> None:
        self._add(when=when, answer=None, fails=text, times=times)

    def _add(self, **rule: Any) -> None:
        self.rules.append(rule)
        (self.folder / "rules.json").write_text(json.dumps(self.rules))

    def calls(self, *words: str) -> list[list[str]]:
        """The calls with all of these words, in order."""
        file = self.folder / "calls.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [call for call in map(json.loads, lines) if all(w in " ".join(call) for w in words)]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    for name in ("az", "azd"):
        program = tmp_path / name
        program.write_text(PROGRAM.format(python=sys.executable, here=str(tmp_path)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for name in os.environ:
        if name.startswith(("PULLWATCH_", "AZURE_")):
            monkeypatch.delenv(name)
    made = Cli(tmp_path, [])
    (tmp_path / "rules.json").write_text("[]")
    return made


@pytest.fixture
def pauses() -> list[float]:
    """What would have been waited."""
    return []


@pytest.fixture
def pause(pauses: list[float]) -> Callable[[float], None]:
    return pauses.append
