"""The usual ports where they are free, others where not."""

import socket

import pytest

from local import ports


def test_a_port_in_use_is_left_to_whoever_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = other.getsockname()[1], ports.free()
        monkeypatch.setattr(ports, "USUAL", {"functions": taken, "inbox": free})
        assert ports.usual() == ({"functions": 0, "inbox": free}, ["functions"])


def test_a_port_in_use_for_datagrams_counts_as_well() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        assert not ports.is_free(other.getsockname()[1])
