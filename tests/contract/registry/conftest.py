"""The registry end against the local Azure: ARM, Entra, Graph, DNS and ACR, through the proxy."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import TCPConnector
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential
from msgspec.structs import replace

from local.azure.simulator import Simulator, running
from local.azure.world import World
from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.dns import Dns
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.adapters.logs import Logs
from shared.domain.facts.base import Evidence, Observation
from shared.domain.facts.workload import PullIdentity
from shared.domain.images import parse_reference
from shared.domain.pulls import Compute, Pull, Workload
from shared.registry.base import RegistryEnd
from shared.registry.observe import RegistryObserver
from shared.settings import Settings
from tests.support.requests import uncovered
from tests.support.trust import trusting

ESTATE = """
subscriptions: [{name: production}, {name: secret}]
networks:
  - {name: hub, addressSpace: [10.0.0.0/16], subnets: [{name: endpoints, prefix: 10.0.1.0/24}]}
places:
  - {name: pullwatch, egress: 198.51.100.20, identity: monitor}
privateEndpoints: [{name: hidden-pe, registry: hidden, subnet: hub/endpoints}]
privateZones: [{name: privatelink.azurecr.io, links: [hub]}]
identities:
  - {name: monitor, graphPermissions: [Application.Read.All]}
  - {name: puller}
  - {name: member}
  - {name: other}
groups: [{name: pullers, members: [member]}]
roleAssignments:
  - {principal: monitor, role: Reader, scope: subscription/production}
  - {principal: monitor, role: Container Registry Repository Reader, scope: registry/tailwind}
  - {principal: puller, role: AcrPull, scope: registry/contoso}
  - {principal: pullers, role: AcrPull, scope: registry/contoso}
  - {principal: other, role: AcrPush, scope: subscription/production}
registries:
  - name: contoso
    sku: Premium
    policies: {softDelete: {status: Enabled, days: 7}}
    scopeMaps: [{name: web-only, actions: [repositories/web/content/read]}]
    tokens: [{name: mailer, scopeMap: web-only, passwords: [{value: t1, expires: P9D}]}]
    repositories:
      - name: web
        images:
          - {tags: [v1, stable], age: P10D}
          - {tags: [v2], platforms: [linux/amd64, linux/arm64], media: oci, age: P5D}
          - {tags: [built], media: oci, attested: true, age: P4D}
          - {tags: [purged], deletedFor: P1D}
          - {tags: [hidden], tagLocks: {hidden: {listEnabled: false}}}
          - {tags: [unreadable], tagLocks: {unreadable: {readEnabled: false}}}
          - {tags: [unlisted], locks: {listEnabled: false}}
          - {tags: [detained], quarantined: true}
      - name: broken
        images:
          - {tags: [child], platforms: [linux/amd64, linux/arm64], corrupt: missingChild}
          - {tags: [layer], corrupt: missingLayer}
          - {tags: [config], corrupt: missingConfig}
      - {name: charts/web, images: [{tags: ["1"], artifact: helmChart}]}
      - name: many
        images:
          - {tags: [a0]}
          - {tags: [a1]}
          - {tags: [a2]}
          - {tags: [a3]}
          - {tags: [a4]}
          - {tags: [a5]}
          - {tags: [a6]}
          - {tags: [a7]}
          - {tags: [a8]}
          - {tags: [a9]}
  - name: hidden
    sku: Premium
    publicNetworkAccess: Disabled
    replications: [{location: northeurope, regionEndpointEnabled: false}]
  - name: tailwind
    roleAssignmentMode: AbacRepositoryPermissions
    repositories: [{name: api, images: [{tags: [v1]}]}]
  - {name: foreign, subscription: secret, repositories: [{name: app, images: [{tags: [v1]}]}]}
"""

SETTINGS = Settings(retry_attempts=2, request_timeout_seconds=5)

WORKLOAD = Workload("/subscriptions/s/x", Compute.CONTAINER_APPS, "shop")


@dataclass
class Azure:
    """The simulated Azure and an observer in it."""

    simulator: Simulator
    end: RegistryEnd

    @property
    def world(self) -> World:
        return self.simulator.cloud.world

    async def see(self, image: str, identity: PullIdentity | None = None) -> Evidence:
        """The evidence of one pull."""
        pull = self.pull(image)
        return Evidence((await self.end.observe({pull: identity}))[pull])

    def pull(self, image: str) -> Pull:
        """A pull of an image by somebody."""
        return Pull(WORKLOAD, parse_reference(image))

    def renamed(self, pull: Pull, repository: str) -> Pull:
        """The pull with a repository that no parser let through."""
        return replace(pull, image=replace(pull.image, repository=repository))

    def evidence(self, seen: Mapping[Pull, tuple[Observation, ...]]) -> dict[str, Evidence]:
        """What was observed, by image."""
        return {str(pull.image): Evidence(facts) for pull, facts in seen.items()}

    def routes(self, host: str) -> dict[str, int]:
        """How often each of a host's routes was asked."""
        return {
            route: count for (asked, route), count in self.world.requests.items() if asked == host
        }

    def asked(self, host: str, wanted: Callable[[str], bool] = lambda _: True) -> int:
        """How often the host's routes were asked."""
        return sum(count for route, count in self.routes(host).items() if wanted(route))


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the local CA and keys are: made once, they are slow."""
    return tmp_path_factory.mktemp("azure")


@pytest.fixture
async def simulator(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Simulator]:
    estate = tmp_path / "estate.yaml"
    estate.write_text(ESTATE)
    async with running(estate, state) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made
        assert uncovered(made.cloud.world.requests) == set(), "infra/permissions.yaml lacks these"


@asynccontextmanager
async def observing(
    simulator: Simulator, settings: Settings = SETTINGS, lane: Lane = Lane.URGENT
) -> AsyncIterator[Azure]:
    """An observer wired as the app wires it, that trusts the local CA."""
    settings = replace(settings, dns_server=simulator.environment()["DNS_SERVER"])
    trusted = trusting(simulator.cloud.authority.bundle)
    http = Http(settings, lane, lambda: TCPConnector(limit=0, ssl=trusted))
    credentials = Credentials(settings, managed_identity())
    arm, graph = Arm(settings, http, credentials), Graph(settings, http, credentials)
    logs = Logs(settings, http, credentials)
    end = RegistryObserver(settings, http, arm, credentials, graph, Dns(settings), logs)
    yield Azure(simulator, end)
    await http.close()
    await credentials.close()


def managed_identity() -> AsyncTokenCredential:
    """The real client of managed identities."""
    return ManagedIdentityCredential(transport=AioHttpTransport())


@pytest.fixture
async def azure(simulator: Simulator) -> AsyncIterator[Azure]:
    async with observing(simulator) as made:
        yield made
