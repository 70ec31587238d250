"""The compute end against the local Azure: ARM, Resource Graph, Kubernetes, through the proxy."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import TCPConnector
from azure.identity.aio import ManagedIdentityCredential

from local.azure.simulator import Simulator, running
from local.azure.world import World
from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.compute import platforms
from shared.compute.base import ComputePlatform, Discovery
from shared.compute.uses import joined
from shared.domain.facts.base import Evidence
from shared.domain.pulls import Compute, Pull
from shared.settings import Settings
from tests.support.requests import uncovered
from tests.support.trust import trusting

CONTOSO = Path(__file__).parents[3] / "local" / "estates" / "contoso.yaml"
SETTINGS = Settings(retry_attempts=2, request_timeout_seconds=10)


@dataclass
class Estate:
    """A running estate and the app's platforms, with the identity that the monitor has there."""

    simulator: Simulator
    platforms: Mapping[Compute, ComputePlatform]

    @property
    def world(self) -> World:
        return self.simulator.cloud.world

    async def discover(self, subscriptions: tuple[str, ...] = ()) -> Discovery:
        """What all platforms find."""
        return joined([await one.discover(subscriptions) for one in self.platforms.values()])

    async def pulls_of(self, name: str) -> list[Pull]:
        """The pulls of the workload with this name."""
        found = [pull for pull in (await self.discover()).pulls if pull.workload.name == name]
        assert found, name
        return found

    async def see(self, name: str) -> Evidence:
        """What is observed of the workload's only pull, or of its first one."""
        pull = (await self.pulls_of(name))[0]
        return Evidence(await self.platforms[pull.workload.compute].observe(pull))

    def requests(self) -> int:
        """How many requests there were so far."""
        return sum(self.world.requests.values())


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the local CA and keys are: made once, they are slow."""
    return tmp_path_factory.mktemp("azure")


@pytest.fixture
async def contoso(state: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Estate]:
    async with running(CONTOSO, state) as simulator:
        for name, value in simulator.environment().items():
            monkeypatch.setenv(name, value)
        trusted = trusting(simulator.cloud.authority.bundle)
        http = Http(SETTINGS, Lane.BULK, lambda: TCPConnector(limit=0, ssl=trusted))
        credentials = Credentials(SETTINGS, ManagedIdentityCredential())
        arm, graph = Arm(SETTINGS, http, credentials), Graph(SETTINGS, http, credentials)
        made = platforms(arm, http, credentials, graph, SETTINGS)
        yield Estate(simulator, {one.compute: one for one in made})
        await http.close()
        await credentials.close()
        counted = simulator.cloud.world.requests
        assert uncovered(counted) == set(), "infra/permissions.yaml lacks these"
