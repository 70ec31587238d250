"""Hosts for the tests: one without queues for all of them, others as needed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.local.functions.processes import WITHOUT_QUEUES, HostProcess

type StartHost = Callable[[Mapping[str, str]], HostProcess]


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """A host without queues that serves many tests."""
    env = {
        **WITHOUT_QUEUES,
        "AzureWebJobs.switched.Disabled": "true",
        "AzureFunctionsJobHost__FUNCTIONTIMEOUT": "00:00:01",
    }
    process = HostProcess(tmp_path_factory.mktemp("host"), env)
    yield process
    process.close()


@pytest.fixture
def start_host(tmp_path: Path) -> Iterator[StartHost]:
    """Starts hosts, all in the same folder: a second one finds the state of the first."""
    started: list[HostProcess] = []

    def start(env: Mapping[str, str]) -> HostProcess:
        started.append(HostProcess(tmp_path, env))
        return started[-1]

    yield start
    for process in started:
        process.close()
