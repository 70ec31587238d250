"""The inbox as one thing: its ends, its page, and how they are started."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from local.inbox import acs, smtp, teams, webhook
from local.inbox.messages import Mailbox
from local.inbox.pages import Pages


class Inbox:
    """Everything that receives, over one mailbox."""

    webhook_url = teams.WEBHOOK_URL
    """What the app is told as TEAMS_WEBHOOK_URL."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.teams = teams.Teams(mailbox)
        self.acs = acs.Acs(mailbox)
        self.webhook = webhook.Webhook(mailbox)
        self._servers: list[asyncio.Server] = []
        self._runners: list[web.AppRunner] = []

    @property
    def hosts(self) -> Sequence[tuple[str, web.Application]]:
        """Host patterns and the application behind each, for the TLS listener."""
        ends = (
            (teams.HOSTS, self.teams.app),
            (acs.HOSTS, self.acs.app),
            (webhook.HOSTS, self.webhook.app),
        )
        return [(pattern, app) for patterns, app in ends for pattern in patterns]

    async def start_page(self, port: int = 0) -> int:
        """Serve the page on 127.0.0.1; returns the port. Raises OSError when it is taken."""
        runner = web.AppRunner(Pages(self.mailbox, self.teams).application(), shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        bound: int = runner.addresses[0][1]
        return bound

    async def start_smtp(self, port: int = 0) -> int:
        """Take mail on 127.0.0.1; returns the port. Raises OSError when it is taken."""
        server = await smtp.start(self.mailbox, port)
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening. What was received is kept."""
        for server in self._servers:
            server.close()
        for runner in self._runners:
            await runner.cleanup()
