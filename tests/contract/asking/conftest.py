"""On-demand checks as the app makes them, against the local Azure; only the store is in memory."""

import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import TCPConnector
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential

from bench import needed
from local.azure.simulator import Simulator, running
from local.control import Control
from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.dns import Dns
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.adapters.logs import Logs
from shared.adapters.store import Store
from shared.compute import platforms
from shared.domain.diagnosis import Diagnosis
from shared.domain.pulls import Pull
from shared.pipeline.discover import discover
from shared.pipeline.on_demand import Question, ask
from shared.pipeline.services import Services
from shared.registry.observe import RegistryObserver
from shared.settings import Settings
from tests.support.fakes import FakeQueue
from tests.support.memory_tables import MemoryTables

DATA_PLANE = (".azurecr.io", ".blob.core.windows.net")
IMPATIENT = Settings(
    cache_seconds=0,  # nothing but the check itself keeps what it read
    retry_attempts=2,
    request_timeout_seconds=10,
    check_budget_seconds=30,
)


@dataclass
class Asking:
    """Somebody who asks about images, and what Azure was asked for it."""

    simulator: Simulator
    services: Services
    pulls: dict[str, list[Pull]] = field(default_factory=lambda: defaultdict(list))
    """What is deployed, by repository."""

    async def ask(self, image: str, workload: str = "") -> tuple[Diagnosis, ...]:
        """Ask; what Azure was asked before is forgotten."""
        self.simulator.cloud.world.forget_requests()
        found = await ask(self.services, Question(image=image, workload=workload), "c" * 32)
        assert found.diagnoses is not None
        return found.diagnoses

    async def does(self, verb: str, image: str) -> None:
        """Do to an image what the control API does."""
        await Control(self.simulator.control_url).do(verb, image=image)

    @property
    def data_plane(self) -> Mapping[str, int]:
        """What login servers and data endpoints were asked, tokens included."""
        counted = self.simulator.cloud.world.requests.items()
        return {
            f"{host} {route}": number
            for (host, route), number in counted
            if host.endswith(DATA_PLANE)
        }

    @property
    def repeated(self) -> set[str]:
        """What was asked for more than once, wherever."""
        reads = self.simulator.cloud.world.reads
        return {read for read, number in reads.items() if number > 1}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asking]:
    """One Azure for all kinds: each has a repository of its own."""
    state: Path = tmp_path_factory.mktemp("azure")
    estate = state / "needed.yaml"
    estate.write_text(needed.describe())
    async with running(estate, state) as simulator:
        patched = pytest.MonkeyPatch()
        for name, value in simulator.environment().items():
            patched.setenv(name, value)
        trusted = ssl.create_default_context(cafile=str(simulator.cloud.authority.bundle))
        http = Http(IMPATIENT, Lane.URGENT, lambda: TCPConnector(limit=0, ssl=trusted))
        credentials = Credentials(
            IMPATIENT, ManagedIdentityCredential(transport=AioHttpTransport())
        )
        services = _services(http, credentials)
        made = Asking(simulator, services)
        for pull in (await discover(services)).pulls:
            made.pulls[f"{pull.image.registry}/{pull.image.repository}"].append(pull)
        yield made
        await http.close()
        await credentials.close()
        patched.undo()


def _services(http: Http, credentials: Credentials) -> Services:
    """As `bootstrap.make` wires them, with connections that trust the local CA."""
    arm, graph = Arm(IMPATIENT, http, credentials), Graph(IMPATIENT, http, credentials)
    logs = Logs(IMPATIENT, http, credentials)
    dns = Dns(IMPATIENT)
    return Services(
        settings=IMPATIENT,
        registry=RegistryObserver(IMPATIENT, http, arm, credentials, graph, dns, logs),
        platforms=platforms(arm, http, credentials, graph, IMPATIENT),
        store=Store.on(MemoryTables()),
        queue=FakeQueue(),
        channels=(),
        now=lambda: datetime.now(UTC),
        close=http.close,
    )
