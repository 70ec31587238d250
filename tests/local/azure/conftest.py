"""One simulator as a process of its own for the whole folder, and clients that speak to it."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from local.azure.entra import Issuer
from local.azure.entra.directory import by_name
from local.estates.loader import load
from local.estates.model import Estate
from tests.support.trust import trusting

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ARM = "https://management.azure.com"
AUDIENCES = {
    "management.azure.com": ARM,
    "graph.microsoft.com": "https://graph.microsoft.com",
    "api.loganalytics.azure.com": "https://api.loganalytics.io",
    "azmk8s.io": "6dae42f8-4368-4678-94ff-3960e28e3630",
}


@dataclass(frozen=True)
class Azure:
    """The running simulator, seen from outside."""

    ready: Mapping[str, Any]
    estate: Estate
    issuer: Issuer
    process: subprocess.Popen[bytes]

    @property
    def ports(self) -> Mapping[str, int]:
        ports: Mapping[str, int] = self.ready["ports"]
        return ports

    @property
    def control(self) -> str:
        return f"http://127.0.0.1:{self.ports['control']}"

    def environment(self, place: str = "pullwatch") -> dict[str, str]:
        """The environment of a process at a place, without what this process inherits."""
        own = {
            name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ
        }
        told = {
            name: value.replace("//pullwatch:", f"//{place}:").replace("/pullwatch/", f"/{place}/")
            for name, value in self.ready["environment"].items()
        }
        return own | told | {"PYTHONPATH": str(ROOT)}

    def token(self, who: str, audience: str = ARM) -> str:
        identity = by_name(self.estate, who)
        assert identity
        return self.issuer.issue(identity, audience)

    def subscription(self, name: str = "production") -> str:
        return next(f"/subscriptions/{s.id}" for s in self.estate.subscriptions if s.name == name)

    def registry(self, name: str) -> str:
        return next(one.id for one in self.estate.registries if one.name == name)


@dataclass
class Client:
    """An aiohttp client at a place; `ask` speaks as an identity of the estate."""

    azure: Azure
    session: aiohttp.ClientSession
    context: ssl.SSLContext
    headers: Mapping[str, str] = field(default_factory=dict)

    async def ask(
        self,
        url: str,
        *,
        who: str = "monitor",
        place: str = "pullwatch",
        body: object = None,
        version: str = "2025-11-01",
        accept: str = "*/*",
    ) -> tuple[int, Any]:
        """The status and JSON of an answer; a body makes it a POST."""
        if url.startswith("/"):
            url = f"{ARM}{url}{'&' if '?' in url else '?'}api-version={version}"
        host = url.split("/")[2]
        audience = next((a for name, a in AUDIENCES.items() if host.endswith(name)), "")
        headers = {"Authorization": f"Bearer {self.azure.token(who, audience)}"} if who else {}
        headers["Accept"] = accept
        async with self.session.request(
            "GET" if body is None else "POST",
            url,
            json=body,
            headers=headers,
            proxy=f"http://{place}@127.0.0.1:{self.azure.ports['proxy']}",
            ssl=self.context,
        ) as response:
            self.headers = dict(response.headers)
            return response.status, await response.json(content_type=None)

    async def query(self, text: str, *, who: str = "monitor", **more: object) -> tuple[int, Any]:
        """Ask Resource Graph."""
        path = "/providers/Microsoft.ResourceGraph/resources"
        return await self.ask(path, who=who, body={"query": text, **more}, version="2024-04-01")

    async def do(self, verb: str, **arguments: object) -> tuple[int, Any]:
        """Run a verb of the control API."""
        async with self.session.post(f"{self.azure.control}/{verb}", json=arguments) as response:
            return response.status, await response.json()


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    state = tmp_path_factory.mktemp("azure")
    estate = HERE / "estate.yaml"
    command = [sys.executable, "-m", "local.azure", "--estate", str(estate), "--state", str(state)]
    with subprocess.Popen(  # noqa: S603 (our own module)
        [*command, "--die-with-parent"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        assert line, f"the simulator did not start; it ended with {process.wait(10)}"
        yield Azure(json.loads(line), load(estate), Issuer.open(state), process)
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture
async def client(azure: Azure) -> AsyncIterator[Client]:
    assert azure.process.poll() is None, "the simulator has ended: the tests before this one tell"
    context = trusting(Path(azure.ready["ca_bundle"]))
    async with aiohttp.ClientSession() as session:
        found = Client(azure, session, context)
        yield found
        await found.do("reset")
        await found.do("reset-requests")
