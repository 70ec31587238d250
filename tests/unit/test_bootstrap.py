"""What a check shares with its lane, and what it does not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared import bootstrap

TABLES = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://x/a;"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = (bootstrap.common, bootstrap.services, bootstrap.connections)
    monkeypatch.setenv("TABLES", TABLES)
    monkeypatch.setenv("SERVICE_BUS__fullyQualifiedNamespace", "x.servicebus.windows.net")
    for one in made:
        one.cache_clear()
    yield
    for one in made:
        one.cache_clear()


def test_each_check_has_a_memory_of_its_own_and_the_connections_of_its_lane() -> None:
    lane, one = bootstrap.urgent(), bootstrap.urgent().afresh()
    other = one.afresh()
    all_of_them = (lane, one, other)
    assert len({id(services.registry) for services in all_of_them}) == 3
    assert len({id(services.platforms[0]) for services in all_of_them}) == 3
    assert one.store is other.store is lane.store
    assert one.channels is other.channels is lane.channels
    assert one.close == other.close == lane.close


def test_a_lane_says_how_old_what_it_tells_may_be() -> None:
    assert bootstrap.urgent().age == bootstrap.bulk().age == timedelta(seconds=45)
    assert bootstrap.urgent().afresh().age == timedelta()


def test_the_lanes_share_no_connection() -> None:
    assert bootstrap.urgent().close != bootstrap.bulk().close
