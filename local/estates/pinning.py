"""Images pinned by digest: `host/repository@digest(NAME)` becomes the digest of that image."""

import re
from collections.abc import Iterator

from msgspec import structs

from local.estates.base import Described
from local.estates.content import content_of
from local.estates.mistakes import Mistake
from local.estates.model import Estate

PIN = re.compile(r"(?P<host>[^/\s|]+)/(?P<repository>[^@\s|]+)@digest\((?P<name>[^)]+)\)")


class Digests:
    """The digests of images, made for a repository when one of its images is first pinned."""

    def __init__(self, estate: Estate) -> None:
        self._repositories = {
            (registry.login_server, repository.name): repository
            for registry in estate.registries
            for repository in registry.repositories
        }
        self._made: dict[tuple[str, str], dict[str, str]] = {}

    def find(self, host: str, repository: str, name: str) -> str | None:
        """The digest of an image of a repository, by its name."""
        key = (host, repository)
        described = self._repositories.get(key)
        if described is not None and key not in self._made:
            made = content_of(described)
            self._made[key] = {image.name: content.root.digest for image, content in made}
        return self._made.get(key, {}).get(name)


def pin(estate: Estate) -> list[Mistake]:
    """Put digests in place, also in texts such as messages; say which names are unknown."""
    found: list[Mistake] = []
    digests = Digests(estate)
    workloads = {
        "clusters": estate.clusters,
        "webApps": estate.web_apps,
        "containerApps": estate.container_apps,
        "jobs": estate.jobs,
        "containerGroups": estate.container_groups,
    }
    for key, owners in workloads.items():
        found += pin_within(owners, key, digests)
    return found


def pin_within(value: object, path: str, digests: Digests) -> Iterator[Mistake]:
    """Pin every text within a description."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from pin_within(item, f"{path}[{at}]", digests)
    if not isinstance(value, Described):
        return
    for field in structs.fields(value):
        inner, where = getattr(value, field.name), f"{path}.{field.encode_name}"
        if isinstance(inner, str) and "@digest(" in inner:
            yield from pin_field(value, field.name, where, digests)
        else:
            yield from pin_within(inner, where, digests)


def pin_field(owner: Described, name: str, path: str, digests: Digests) -> Iterator[Mistake]:
    """Pin one text."""
    text: str = getattr(owner, name)
    for match in PIN.finditer(text):
        known = digests.find(match["host"], match["repository"], match["name"])
        if known is None:
            yield Mistake(path, text, "the name of an image of that repository")
        else:
            pinned = f"{match['host']}/{match['repository']}@{known}"
            setattr(owner, name, getattr(owner, name).replace(match[0], pinned))
