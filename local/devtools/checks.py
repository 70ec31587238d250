"""`dev.py check`: what must hold before a push. Every step runs; the failed ones are named last."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the check; exit code 0 is all right."""

    name: str
    command: tuple[str, ...]


STEPS = (
    Step("lint", ("ruff", "check", ".")),
    Step("formatting", ("ruff", "format", "--check", ".")),
    Step("types", ("mypy",)),
    Step("tests", ("local.devtools", "test")),
)


def run_all(steps: Sequence[Step] = STEPS) -> int:
    """Run every step, also after one failed; 0 when all are all right, else 1."""
    failed = [step.name for step in steps if not passes(step)]
    verdict = f"FAILED: {', '.join(failed)}" if failed else "All right."
    print(f"\n{verdict}", flush=True)  # noqa: T201 - the outcome of the command
    return 1 if failed else 0


def passes(step: Step) -> bool:
    """Run one step, its output shown as it comes."""
    print(f"\n== {step.name}: {' '.join(step.command)}", flush=True)  # noqa: T201 - as above
    started = time.monotonic()
    command = [sys.executable, "-m", *step.command]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - see STEPS
    verdict = "all right" if code == 0 else f"failed with {code}"
    print(f"== {step.name}: {verdict}, {time.monotonic() - started:.0f} s", flush=True)  # noqa: T201
    return code == 0
