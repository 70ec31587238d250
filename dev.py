#!/usr/bin/env python3
"""Everything a newcomer does here: `python3 dev.py demo`, `python3 dev.py test`, and so on.

Needs any Python from 3.9 on and nothing else. It finds a CPython 3.13 (or fetches one), makes
`.venv`, installs the pinned requirements, and hands the verb to `local.devtools` in there. What
is done already is not done again. All it says about that goes to standard error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from local.devtools.interpreter import BIN, SUFFIX, WINDOWS, find_python, probe
from local.devtools.steps import SetupError, run, say
from local.locking import waiting_for

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / BIN / f"python{SUFFIX}"
STAMP = VENV / "requirements.stamp"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
FETCHED = ROOT / ".local"
VERBS = {
    "demo": "start the local stack and tell the story on it; stays up ([--once] [--json])",
    "up": "start the local stack only",
    "test": "run the tests (arguments go to pytest)",
    "check": "lint, formatting, types, tests, generated docs: what must hold before a push",
    "bench": "measure, and print the figures",
    "faults": "plant every fault, and compare what the app says ([--json] [--only WORD])",
}
USAGE, FAILED, INTERRUPTED = 64, 1, 130


def main(arguments: list[str]) -> int:
    """Run one verb; the answer is the exit code."""
    verb = arguments[0] if arguments else ""
    if verb in ("-h", "--help", "help"):
        print(usage())
        return 0
    if verb not in VERBS:
        say((f"Unknown verb: {verb}\n\n" if verb else "") + usage())
        return USAGE
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not is_ready():
            set_up()
        return hand_over(arguments)
    except SetupError as why:
        say(f"\n{why}")
        return FAILED
    except OSError as why:  # a folder that cannot be written, a full disk
        say(f"\nCould not set up here: {why}")
        return FAILED
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again: it goes on from here.")
        return INTERRUPTED


def usage() -> str:
    """The verbs, one a line."""
    head = "Usage: python3 dev.py VERB [options]   (VERB -h tells its options)"
    return "\n".join([head, "", *(f"  {verb:6} {what}" for verb, what in VERBS.items())])


def is_ready() -> bool:
    """Whether .venv is complete and holds what the requirements say."""
    try:
        return PYTHON.is_file() and STAMP.read_text() == fingerprint()
    except OSError:
        return False


def fingerprint() -> str:
    """Changes when a requirement does, or the Python that .venv was made of."""
    digest = hashlib.sha256()
    for file in (*REQUIREMENTS, VENV / "pyvenv.cfg"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_usable() -> bool:
    """Whether .venv is one that requirements can be installed into, and not half made."""
    if not (VENV / "pyvenv.cfg").exists() or probe([str(PYTHON)])[0] is None:
        return False
    pip = [str(PYTHON), "-m", "pip", "--version"]
    return subprocess.run(pip, capture_output=True, check=False).returncode == 0


def set_up() -> None:
    """Make .venv and install the requirements, one dev.py at a time.

    Raises SetupError.
    """
    started = time.monotonic()
    with waiting_for(FETCHED / "setup.lock", lambda: say("Another dev.py sets up; waiting ...")):
        if is_ready():  # the one that was waited for did it
            return
        if not is_usable():
            make_venv(find_python(FETCHED))
        install()
        STAMP.write_text(fingerprint())
    say(f"Ready after {time.monotonic() - started:.0f} s.\n")


def make_venv(python: str) -> None:
    """Make .venv anew: what was half made is thrown away.

    Raises SetupError.
    """
    say(f"{'Repairing' if VENV.exists() else 'Making'} .venv with {python} ...")
    run([python, "-m", "venv", "--clear", str(VENV)], "Could not make .venv.")


def install() -> None:
    """Install the pinned requirements.

    Raises SetupError.
    """
    say("Installing the pinned requirements ...")
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    run(
        [str(PYTHON), "-m", "pip", "install", *quiet, "-r", str(REQUIREMENTS[1])],
        "Could not install the requirements. Look at the network, HTTPS_PROXY, PIP_INDEX_URL,\n"
        "PIP_CERT (a company's own certificates) and the disk, and run the command again.",
    )


def hand_over(arguments: list[str]) -> int:
    """Go on inside .venv. Where the system can, this process becomes that one."""
    os.chdir(ROOT)
    # Dozens of processes are started, and each would compile everything anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(PYTHON), "-m", "local.devtools", *arguments]
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    with subprocess.Popen(command) as verb:
        while True:
            # Ctrl-C reaches the verb too: it stops its children, and is waited for.
            with contextlib.suppress(KeyboardInterrupt):
                return verb.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
