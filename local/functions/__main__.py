"""`python -m local.functions --app DIR [--port P] [--state DIR] [--keys FILE] [--die-with-parent]`.

Prints one JSON line, `{"ready": true, "port": .., "functions": [..]}`, once everything listens;
everything else, what the app prints too, goes to stderr. SIGTERM and SIGINT stop it in order.
"""

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

from local import lifetime
from local.arguments import Parser
from local.functions.errors import StartupError
from local.functions.host import Home, start_host

_DEFAULT_PORT = 7071


def main() -> int:
    """Run a host until it is told to stop. Returns the exit code: 1 when it could not start."""
    arguments = _arguments()
    stdout, sys.stdout = sys.stdout, sys.stderr
    _log_to_stderr()
    app, state = arguments.app.resolve(), arguments.state.resolve()
    keys = (arguments.keys or state / "keys.json").resolve()
    home = Home(app=app, state=state, keys=keys, port=arguments.port)
    try:
        asyncio.run(_serve(home, stdout, die_with_parent=arguments.die_with_parent))
    except StartupError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="python -m local.functions", description=__doc__)
    parser.add_argument("--app", type=Path, required=True, help="folder of function_app.py")
    parser.add_argument("--port", type=int, default=_DEFAULT_PORT, help="0 chooses a free one")
    parser.add_argument("--state", type=Path, default=Path(".local/functions"))
    parser.add_argument("--keys", type=Path, help="key file; default: keys.json in the state")
    lifetime.add_option(parser)
    return parser.parse_args()


async def _serve(home: Home, stdout: TextIO, *, die_with_parent: bool) -> None:
    stopping = lifetime.stop_event(die_with_parent=die_with_parent)
    host = await start_host(home)
    names = [function.name for function in host.functions if not function.disabled]
    lifetime.announce({"port": host.port, "functions": names}, stdout)
    await stopping.wait()
    await host.stop()


def _log_to_stderr() -> None:
    form = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stderr)
    logging.getLogger("azure").setLevel(logging.WARNING)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    # Not sys.exit: it would wait for the threads of functions that do not end.
    os._exit(code)
