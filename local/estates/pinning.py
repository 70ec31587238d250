"""Images pinned by digest: `host/repository@digest(NAME)` becomes the digest of that image."""

import re
from collections.abc import Iterator

from msgspec import structs

from local.estates.base import Described
from local.estates.content import content_of
from local.estates.mistakes import Mistake
from local.estates.model import Estate

PIN = re.compile(r"(?P<host>[^/\s|]+)/(?P<repository>[^@\s|]+)@digest\((?P<name>[^)]+)\)")

type Digests = dict[tuple[str, str, str], str]
"""(login server, repository, name of image) -> digest."""


def pin(estate: Estate) -> list[Mistake]:
    """Put digests in place, also in texts such as messages; say which names are unknown."""
    digests = all_digests(estate)
    found: list[Mistake] = []
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


def all_digests(estate: Estate) -> Digests:
    """The digest of every image that could be pinned."""
    return {
        (registry.login_server, repository.name, image.name): content.root.digest
        for registry in estate.registries
        for repository in registry.repositories
        for image, content in content_of(repository)
    }


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
        known = digests.get((match["host"], match["repository"], match["name"]))
        if known is None:
            yield Mistake(path, text, "the name of an image of that repository")
        else:
            pinned = f"{match['host']}/{match['repository']}@{known}"
            setattr(owner, name, getattr(owner, name).replace(match[0], pinned))
