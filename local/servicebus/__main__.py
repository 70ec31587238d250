"""`python -m local.servicebus --queues FILE.json`: a broker as a process of its own.

Prints one line of JSON when it is ready, `{"ready": true, "port": N}` (and `"status_port"` if one
was asked for), and ends in good order on SIGTERM, on SIGINT and, with `--die-with-parent`, when its
standard input is closed. Exits with 1, and says why on standard error, when it cannot go on.
"""

import argparse
import asyncio
import logging
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from local import lifetime
from local.arguments import Parser
from local.servicebus.config import QueueConfig, load_queues
from local.servicebus.running import RunningBroker, running_broker
from local.servicebus.store import StoreError


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="python -m local.servicebus", description=__doc__)
    parser.add_argument("--port", type=int, default=5672, help="AMQP port; 0: any free one")
    parser.add_argument("--queues", type=Path, required=True, help="JSON array of queues")
    parser.add_argument("--db", type=Path, help="SQLite file; without it all is lost at the end")
    parser.add_argument("--status-port", type=int, help="HTTP port for GET /queues; 0: any")
    lifetime.add_option(parser)
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace, queues: tuple[QueueConfig, ...]) -> None:
    async with AsyncExitStack() as stack:
        running = running_broker(queues, db=arguments.db, port=arguments.port)
        broker = await stack.enter_async_context(running)
        ready = {"port": broker.port}
        if arguments.status_port is not None:
            from local.servicebus.status import running_status  # noqa: PLC0415 - half of a start

            status = running_status(broker, arguments.status_port)
            ready["status_port"] = await stack.enter_async_context(status)
        stopped = lifetime.stop_event(die_with_parent=arguments.die_with_parent)
        lifetime.announce(ready)
        await _until(stopped, broker)


async def _until(stopped: asyncio.Event, broker: RunningBroker) -> None:
    """Wait for a reason to end; raises StoreError if it is a failure."""
    waits = [asyncio.ensure_future(stopped.wait()), asyncio.ensure_future(broker.failure())]
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    for wait in done:
        wait.result()


def main() -> int:
    """Serve until told to stop; the exit code."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    try:
        asyncio.run(_serve(arguments, load_queues(arguments.queues)))
    except (OSError, ValueError, StoreError) as error:
        print(f"local.servicebus: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
