"""A live registry for ``predict-purge``, read with the caller's credentials."""

import asyncio
from collections.abc import Sequence

from shared.cli.check import callers_services
from shared.domain.cleanup import Purge, RegistryContents
from shared.domain.facts.base import CouldNotLookError
from shared.pipeline.clean_ups import contents_for
from shared.pipeline.on_demand import BadQuestionError, parse_registry

__all__ = ["BadQuestionError", "CouldNotLookError", "live_contents"]


def live_contents(login_server: str, purges: Sequence[Purge]) -> RegistryContents:
    """Read what the purges concern. Raises BadQuestionError and CouldNotLookError."""
    return asyncio.run(_read(parse_registry(login_server), purges))


async def _read(host: str, purges: Sequence[Purge]) -> RegistryContents:
    async with callers_services() as services:
        return await contents_for(services, host, purges)
