"""Which digest a container runs: what its tag meant when it started, whatever came later."""

import re
from typing import Final

from local.azure.world import World
from local.estates.model import Estate

_IMAGE: Final = re.compile(
    r"(?P<host>[^/]+)/(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class Running:
    """Remembers digests from the first look on; starts anew with another estate."""

    def __init__(self, world: World) -> None:
        """Look at every image of every cluster now."""
        self._world = world
        self._estate: Estate | None = None
        self._digests: dict[str, str] = {}
        self._look()

    def digest(self, image: str) -> str:
        """The digest that a container of this image runs; empty if there was none to be had."""
        if self._estate is not self._world.estate:
            self._look()
        if image not in self._digests:
            self._digests[image] = self._resolve(image)
        return self._digests[image]

    def image_id(self, image: str) -> str:
        """`status.containerStatuses[].imageID`: `host/repository@digest`, or empty."""
        found = self.digest(image)
        match = _IMAGE.fullmatch(image)
        return f"{match['host']}/{match['repository']}@{found}" if match and found else ""

    def _look(self) -> None:
        self._estate = self._world.estate
        self._digests = {
            container.image: self._resolve(container.image)
            for cluster in self._estate.clusters
            for each in cluster.objects
            for container in (*each.containers, *each.init_containers)
        }

    def _resolve(self, image: str) -> str:
        match = _IMAGE.fullmatch(image)
        if match is None:
            return ""
        if match["digest"]:
            return match["digest"]
        registry = self._world.registry_at(match["host"])
        contents = self._world.contents.get(registry.name) if registry else None
        repository = contents.repositories.get(match["repository"]) if contents else None
        manifest = repository.resolve(match["tag"] or "latest") if repository else None
        return manifest.digest if manifest else ""
