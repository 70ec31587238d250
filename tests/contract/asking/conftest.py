"""On-demand checks as the app makes them, against the local Azure; only the store is in memory."""

import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import TCPConnector
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ManagedIdentityCredential

from bench import kinds_estate
from local.azure.simulator import Simulator, running
from local.control import Control
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.adapters.store import Store
from shared.bootstrap import WHOLE_CHECK, Common, make
from shared.domain.diagnosis import Diagnosis
from shared.domain.pulls import Pull
from shared.pipeline.discover import discover
from shared.pipeline.on_demand import Question, ask
from shared.pipeline.services import Services
from shared.settings import Settings
from tests.support.fakes import FakeQueue
from tests.support.memory_tables import MemoryTables

DATA_PLANE = (".azurecr.io", ".blob.core.windows.net")
IMPATIENT = Settings(
    cache_seconds=WHOLE_CHECK,
    retry_attempts=2,
    request_timeout_seconds=10,
    check_budget_seconds=30,
)


@dataclass
class Asking:
    """Somebody who asks about images, and what Azure was asked for it."""

    simulator: Simulator
    afresh: Callable[[], Services]
    pulls: dict[str, list[Pull]] = field(default_factory=lambda: defaultdict(list))
    """What is deployed, by repository."""

    async def ask(self, image: str, workload: str = "") -> tuple[Diagnosis, ...]:
        """Ask with services of its own, as the app does; what Azure was asked is forgotten."""
        self.simulator.cloud.world.forget_requests()
        found = await ask(self.afresh(), Question(image=image, workload=workload), "c" * 32)
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
    estate.write_text(kinds_estate.describe())
    with pytest.MonkeyPatch.context() as patched:
        async with running(estate, state) as simulator:
            for name, value in simulator.environment().items():
                patched.setenv(name, value)
            trusted = ssl.create_default_context(cafile=str(simulator.cloud.authority.bundle))
            http = Http(IMPATIENT, Lane.URGENT, lambda: TCPConnector(limit=0, ssl=trusted))
            credentials = Credentials(
                IMPATIENT, ManagedIdentityCredential(transport=AioHttpTransport())
            )
            known = Common(IMPATIENT, credentials, Store.on(MemoryTables()), FakeQueue())
            made = Asking(simulator, lambda: make(IMPATIENT, http, known, once=True))
            for pull in (await discover(made.afresh())).pulls:
                made.pulls[f"{pull.image.registry}/{pull.image.repository}"].append(pull)
            yield made
            await http.close()
            await credentials.close()
