"""Ports on 127.0.0.1: the usual ones where they are free, others where not."""

import random
import socket
from collections.abc import Mapping

USUAL: Mapping[str, int] = {
    "functions": 7071,
    "inbox": 7072,
    "control": 7073,
    "proxy": 7074,
    "dns": 7075,
    "smtp": 7076,
    "msi": 7077,
    "tls": 7078,
    "servicebus": 5672,
    "tables": 10002,
}
"""What `up` and `demo` use when they can; 7071, 5672 and 10002 are those of Microsoft's tools."""
ANY: Mapping[str, int] = dict.fromkeys(USUAL, 0)
# Below the ports that systems hand out for outgoing connections (32768 or 49152 on).
_FREE_FROM, _FREE_TO, _TRIES = 20_000, 30_000, 200


def usual() -> tuple[dict[str, int], list[str]]:
    """The usual ports, 0 instead of those in use, and the names of these."""
    taken = [name for name, port in USUAL.items() if not is_free(port)]
    return {name: 0 if name in taken else port for name, port in USUAL.items()}, taken


def is_free(port: int) -> bool:
    """Whether somebody could listen on a port, over TCP and UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as tried:
            if kind == socket.SOCK_STREAM:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free() -> int:
    """A free port, for what must be known before a process can choose one itself.

    Raises OSError when there is none.
    """
    for _ in range(_TRIES):
        port = random.randrange(_FREE_FROM, _FREE_TO)  # noqa: S311 - not a secret
        if is_free(port):
            return port
    raise OSError("no free port on 127.0.0.1")
