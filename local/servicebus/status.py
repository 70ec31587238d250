"""The operator's view: how the queues stand, as JSON over plain HTTP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from local.servicebus.running import RunningBroker


@asynccontextmanager
async def running_status(broker: RunningBroker, port: int) -> AsyncGenerator[int]:
    """Serve `GET /queues` (an array of `QueueCounts`) on 127.0.0.1; gives the port.

    Raises OSError when the port is taken.
    """

    async def queues(_request: web.Request) -> web.Response:
        body = msgspec.json.encode(broker.counts())
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/queues", queues)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
