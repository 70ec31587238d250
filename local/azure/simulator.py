"""One simulated Azure with all its listeners on 127.0.0.1."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from local.azure import control
from local.azure.ca import Authority
from local.azure.cloud import Cloud
from local.azure.control.verbs import Desk
from local.azure.dns import NameServer
from local.azure.entra import managed_identity
from local.azure.entra.tokens import Issuer
from local.azure.events import EventGrid, Subscription
from local.azure.faults import NameTrouble
from local.azure.hosts import hosts
from local.azure.names import Answer
from local.azure.places import INTERNET
from local.azure.proxy import Proxy
from local.azure.routing import Routing
from local.azure.schedules import Schedules
from local.azure.serve import Listener
from local.azure.world import World
from local.environment import APP_PLACE, Entrance, for_clients
from local.estates.loader import load
from local.inbox import Inbox, applications


@dataclass(frozen=True)
class Ports:
    """Ports to listen on; 0 means any that is free."""

    tls: int = 0
    proxy: int = 0
    dns: int = 0
    control: int = 0
    msi: int = 0
    inbox: int = 0
    smtp: int = 0


@dataclass(frozen=True)
class Simulator:
    """A running simulator: where its listeners are, and what clients must know."""

    cloud: Cloud
    events: EventGrid
    inbox: Inbox
    ports: Ports
    identity_header: str

    async def subscribe(self, endpoint: str) -> None:
        """Send the events of all registries there. Raises HandshakeError."""
        await self.events.subscribe(Subscription(endpoint=endpoint))

    @property
    def control_url(self) -> str:
        """Where the verbs are."""
        return f"http://127.0.0.1:{self.ports.control}"

    def environment(self, place: str = APP_PLACE) -> dict[str, str]:
        """The environment of a client at a place."""
        entrance = Entrance(
            proxy=self.ports.proxy,
            dns=self.ports.dns,
            msi=self.ports.msi,
            ca_bundle=str(self.cloud.authority.bundle),
            identity_header=self.identity_header,
        )
        return for_clients(entrance, place)

    def ready(self) -> dict[str, Any]:
        """What the process says when it is ready."""
        return {
            "ports": asdict(self.ports),
            "ca_bundle": str(self.cloud.authority.bundle),
            "identity_header": self.identity_header,
            "webhook_url": self.inbox.webhook_url,
            "environment": self.environment(),
        }


@asynccontextmanager
async def running(
    estate: Path,
    state: Path,
    ports: Ports | None = None,
) -> AsyncIterator[Simulator]:
    """Run an estate; certificates, keys and what was received are kept in `state`.

    Raises EstateError when the estate is wrong, OSError when a port is taken.
    """
    wanted = ports or Ports()
    world = World(load(estate))
    cloud = Cloud(world, Issuer.open(state), Authority.open(state))
    header = secrets.token_hex(16)
    events, inbox, schedules = EventGrid(world), applications(state), Schedules(world)
    desk = Desk(cloud, events, schedules)
    async with AsyncExitStack() as stack:
        tls, proxy, dns = await _listen(stack, cloud, inbox, wanted)
        msi = await _serve(stack, managed_identity.application(cloud, header), wanted.msi)
        stack.push_async_callback(events.close)
        verbs = await _serve(stack, control.application(desk, estate), wanted.control)
        stack.callback(asyncio.create_task(schedules.run()).cancel)
        stack.push_async_callback(inbox.stop)
        found = Ports(
            tls=tls,
            proxy=proxy,
            dns=dns,
            control=verbs,
            msi=msi,
            inbox=await inbox.start_page(wanted.inbox),
            smtp=await inbox.start_smtp(wanted.smtp),
        )
        yield Simulator(cloud, events, inbox, found, header)


async def _listen(
    stack: AsyncExitStack, cloud: Cloud, inbox: Inbox, wanted: Ports
) -> tuple[int, int, int]:
    """Serve every simulated host, the way to them, and their names; the three ports."""
    served = [*inbox.hosts, *hosts(cloud)]
    routing = Routing(cloud, [pattern for pattern, _ in served])
    listener = Listener(cloud, served)
    tls = await listener.start(wanted.tls)
    stack.push_async_callback(listener.stop)
    proxy = Proxy(routing.route, ("127.0.0.1", tls), cloud.callers)
    proxy_port = await proxy.start(wanted.proxy)
    stack.push_async_callback(proxy.stop)
    names = NameServer(partial(_at_home, routing))
    dns = await names.start(wanted.dns)
    stack.push_async_callback(names.stop)
    return tls, proxy_port, dns


def _at_home(routing: Routing, host: str) -> Answer | NameTrouble:
    return routing.lookup(routing.place(APP_PLACE) or INTERNET, host)


async def _serve(stack: AsyncExitStack, app: web.Application, port: int) -> int:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bound: int = runner.addresses[0][1]
    return bound
