"""A registry as purges would find it now, with the caller's rights."""

import asyncio
from collections.abc import Sequence

from shared.domain.cleanup import Purge, RefusedError, RegistryContents
from shared.domain.cleanup.filters import Filters
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Registry
from shared.pipeline.services import Services


async def contents_for(services: Services, host: str, purges: Sequence[Purge]) -> RegistryContents:
    """
    Read the repositories that any of the purges concerns, and no other.

    The catalog is asked only where a filter is no plain name: it takes a right of its own.

    Raises:
        CouldNotLookError: something that matters could not be read; nothing may be concluded.

    """
    registry = await _registry(services, host)
    try:
        filters = [Filters(purge) for purge in purges]
    except RefusedError:
        return RegistryContents()  # the prediction refuses it, whatever is there
    plain = [one.plain_names() for one in filters]
    names = (
        {name for some in plain for name in some or ()}
        if None not in plain
        else set(await services.registry.catalog(registry))
    )
    concerned = sorted(name for name in names if any(one.concern(name) for one in filters))
    bodies = any(purge.untagged or purge.untagged_only for purge in purges)
    found = await asyncio.gather(
        *(services.registry.contents(registry, name, bodies=bodies) for name in concerned)
    )
    return RegistryContents(tuple(found))


async def _registry(services: Services, host: str) -> Registry:
    seen = await services.registry.registries()
    for registry in seen.known:
        if registry.login_server == host:
            return registry
    why = "; ".join(f"{gap.what}: {gap.reason}" for gap in seen.gaps)
    raise CouldNotLookError(
        f"{host[:253]} is no registry that can be seen{f' ({why})' if why else ''}; "
        "tokens are sent to known registries only"
    )
