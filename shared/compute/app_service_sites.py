"""Reads of sites and slots, each made once for the pulls that ask of it."""

from collections.abc import Mapping
from contextlib import suppress

from shared.adapters.arm import NotFoundError
from shared.compute.app_service_images import (
    fx_versions,
    has_site_containers,
    images_in,
    in_site_containers,
    may_have_sidecars,
    may_run_containers,
)
from shared.compute.arm_ids import name_of, parent_of, same
from shared.compute.identity import SYSTEM, identities_of
from shared.compute.reading import mapping, text
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.base import CouldNotLookError

SITE_API = "2025-05-01"


class Sites:
    """Web apps, function apps and their slots. All methods raise CouldNotLookError."""

    def __init__(self, arm: ArmReader) -> None:
        self._arm = arm

    async def get(self, site_id: str) -> Json:
        """The site: identity, network, state."""
        return await self._arm.get(site_id, SITE_API)

    async def config(self, site_id: str) -> Json:
        """The whole ``siteConfig``, of which the site itself shows a part."""
        return mapping(await self._arm.get(f"{site_id}/config/web", SITE_API), "properties")

    async def containers(self, site_id: str) -> tuple[Json, ...]:
        """The site's ``sitecontainers``."""
        return await self._arm.list(f"{site_id}/sitecontainers", SITE_API)

    async def settings(self, site_id: str) -> Mapping[str, str]:
        """The app settings, which a Reader may not read; nothing but user and server is used."""
        answer = await self._arm.post(f"{site_id}/config/appsettings/list", SITE_API)
        given = mapping(answer, "properties")
        return {name: text(given, name) for name in given}

    async def images(self, site: Json) -> tuple[str, ...]:
        """Every image that a site, as Resource Graph holds it, names; of code, its sidecars'."""
        site_id = text(site, "id")
        versions = fx_versions(mapping(site, "properties", "siteConfig"))
        if not versions and may_run_containers(site):
            versions = fx_versions(await self.config(site_id))
        if has_site_containers(versions):
            return _images(await self.containers(site_id))
        if in_site_containers(versions) and may_have_sidecars(site):
            with suppress(NotFoundError):
                return _images(await self.containers(site_id))
        return images_in(versions)

    async def neighbours(self, site_id: str) -> dict[str, str]:
        """System-assigned identities of the site's other slots, name -> object id."""
        main = parent_of(site_id) if "/slots/" in site_id.lower() else site_id
        try:
            slots = await self._arm.list(f"{main}/slots", SITE_API)
            others = [one for one in (await self.get(main), *slots) if not _is(one, site_id)]
        except CouldNotLookError:  # they only help to explain
            return {}
        found = {_called(one, main): identities_of(one).system for one in others}
        return {name: principal for name, principal in found.items() if principal}


def _images(containers: tuple[Json, ...]) -> tuple[str, ...]:
    return tuple(text(one, "properties", "image") for one in containers)


def _is(site: Json, site_id: str) -> bool:
    return same(text(site, "id"), site_id)


def _called(site: Json, main: str) -> str:
    place = "production" if _is(site, main) else f"slot {name_of(text(site, 'id'))}"
    return f"{SYSTEM} of {place}"
