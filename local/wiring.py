"""How the processes of a stack are started, and what of each the others must know."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from local import azurite, ports
from local.environment import Addresses, app_settings, inherited
from local.functions.keys import EVENT_GRID_KEY, HostKeys, load_keys

ROOT: Final = Path(__file__).resolve().parents[1]
CONTOSO: Final = ROOT / "local" / "estates" / "contoso.yaml"
QUEUES: Final = ROOT / "local" / "queues.json"
EVENT_FUNCTION: Final = "registry_event"


class AzureReady(Struct, frozen=True):
    """What `python -m local.azure` says when it is ready."""

    ports: dict[str, int]
    ca_bundle: str
    identity_header: str
    webhook_url: str


class Wiring:
    """Commands and environments of a stack's processes; it learns from their ready lines.

    Ports that are 0 are chosen by the process, and kept when it is started again.
    """

    def __init__(
        self,
        state: Path,
        *,
        estate: Path,
        app: Path,
        settings: Mapping[str, str],
        wanted: Mapping[str, int],
        queues: Path = QUEUES,
    ) -> None:
        self.state = state.resolve()
        self.estate = estate.resolve()
        self.app = app.resolve()
        self.queues = queues.resolve()
        self.settings = dict(settings)
        self.functions: tuple[str, ...] = ()
        self._ports = {**ports.ANY, **wanted}
        self._azure: AzureReady | None = None

    @property
    def addresses(self) -> Addresses:
        """Where everything is, once `azure` is ready."""
        if self._azure is None:
            raise RuntimeError("the stack is not up yet")
        named = {name: port for name, port in self._ports.items() if name != "tls"}
        return Addresses(
            **named,
            ca_bundle=self._azure.ca_bundle,
            identity_header=self._azure.identity_header,
            webhook_url=self._azure.webhook_url,
        )

    @property
    def keys_file(self) -> Path:
        """Where the keys of the Functions host are kept."""
        return self.state / "functions" / "keys.json"

    @property
    def keys(self) -> HostKeys:
        """The keys of the Functions host."""
        return load_keys(self.keys_file)

    @property
    def event_endpoint(self) -> str:
        """Where Event Grid delivers; a key is in it."""
        query = f"functionName={EVENT_FUNCTION}&code={self.keys.system_keys[EVENT_GRID_KEY]}"
        return f"{self.addresses.functions_url}/runtime/webhooks/eventgrid?{query}"

    def command(self, name: str) -> list[str]:
        """What starts a process."""
        if name == "tables":
            return azurite.serve_command(self.state / "tables", self._ports["tables"])
        options: Mapping[str, object] = {
            "servicebus": self._servicebus,
            "azure": self._azure_options,
            "functions": self._functions,
        }[name]()
        words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
        return [sys.executable, "-m", f"local.{name}", *words, "--die-with-parent"]

    def environment(self, name: str) -> dict[str, str]:
        """Its environment. Only the app's is special."""
        base = {**inherited(os.environ), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        if name != "functions":
            return base
        return {**base, **app_settings(self.addresses), **self.settings}

    def learn(self, name: str, ready: Mapping[str, Any]) -> None:
        """Take in what a process said when it was ready."""
        if name == "azure":
            self._azure = msgspec.convert(ready, AzureReady)
            self._ports.update(self._azure.ports)
        else:
            self._ports[name] = ready["port"]
        if name == "functions":
            self.functions = tuple(ready["functions"])

    def choose_functions_port(self) -> None:
        """Fix the port of the Functions host before it starts: PUBLIC_URL names it."""
        self._ports["functions"] = self._ports["functions"] or ports.free()

    def _servicebus(self) -> dict[str, object]:
        database = self.state / "servicebus.db"
        return {"port": self._ports["servicebus"], "db": database, "queues": self.queues}

    def _azure_options(self) -> dict[str, object]:
        others = ("proxy", "dns", "control", "msi", "inbox", "smtp")
        chosen = {f"{name}-port": self._ports[name] for name in others}
        where = {"estate": self.estate, "state": self.state / "azure"}
        return {**where, "port": self._ports["tls"], **chosen}

    def _functions(self) -> dict[str, object]:
        where = {"app": self.app, "state": self.state / "functions", "keys": self.keys_file}
        return {**where, "port": self._ports["functions"]}
