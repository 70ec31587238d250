"""`python -m local.azure --estate FILE --state DIR`: the world outside, as a process of its own.

Prints one line of JSON when it is ready: `{"ready": true, "ports": {"tls", "proxy", "dns",
"control", "msi", "inbox", "smtp"}, "ca_bundle", "identity_header", "webhook_url", "environment"}`.
Ends in good order on SIGTERM, on SIGINT and, with `--die-with-parent`, when its standard input is
closed.
"""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from local import lifetime
from local.arguments import Parser
from local.azure.simulator import Ports, running
from local.estates.mistakes import EstateError


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="python -m local.azure", description=__doc__)
    parser.add_argument("--estate", type=Path, required=True, help="YAML file")
    parser.add_argument("--state", type=Path, required=True, help="folder for CA and keys")
    for name in ("", "proxy-", "dns-", "control-", "msi-", "inbox-", "smtp-"):
        parser.add_argument(f"--{name}port", type=int, default=0, help="0: any free one")
    parser.add_argument("--event-endpoint", help="URL that gets the events of all registries")
    lifetime.add_option(parser)
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    ports = Ports(
        tls=arguments.port,
        proxy=arguments.proxy_port,
        dns=arguments.dns_port,
        control=arguments.control_port,
        msi=arguments.msi_port,
        inbox=arguments.inbox_port,
        smtp=arguments.smtp_port,
    )
    async with running(arguments.estate, arguments.state, ports) as simulator:
        if arguments.event_endpoint:
            await simulator.subscribe(arguments.event_endpoint)
        stopped = lifetime.stop_event(die_with_parent=arguments.die_with_parent)
        lifetime.announce(simulator.ready())
        await stopped.wait()


def main() -> int:
    """Run until told to stop; 1 when it cannot go on, with the reason on standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments))
    except (EstateError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
