"""What a geo-replica that lags behind shows: the registry as it was some time ago.

Eventual consistency: MicrosoftDocs container-registry-geo-replication.md. Tags and manifests come
late, new ones as well as deletions; locks and quarantine are the same everywhere.
"""

from dataclasses import replace
from datetime import UTC, datetime

from local.azure.contents.model import Contents, Repository

ALWAYS = datetime.min.replace(tzinfo=UTC)


def begin(contents: Contents) -> None:
    """Remember from here on how the registry was; before, it was as it is now."""
    if not contents.past:
        contents.past = {
            name: [(ALWAYS, _as_it_is(each))] for name, each in contents.repositories.items()
        }
        contents.past.setdefault("", [])  # so that an empty registry is remembered too


def note(contents: Contents, repository: str, now: datetime) -> None:
    """Remember how a repository is after a change, if anything is remembered at all."""
    if not contents.past:
        return
    found = contents.repositories.get(repository)
    contents.past.setdefault(repository, []).append((now, _as_it_is(found) if found else None))


def as_of(contents: Contents, at: datetime) -> Contents:
    """The registry as it was; as it is, where nothing is remembered."""
    if not contents.past:
        return contents
    seen = {name: _last(states, at) for name, states in contents.past.items()}
    return replace(contents, repositories={name: one for name, one in seen.items() if one})


def _last(states: list[tuple[datetime, Repository | None]], at: datetime) -> Repository | None:
    return next((state for since, state in reversed(states) if since <= at), None)


def _as_it_is(repository: Repository) -> Repository:
    """A copy that later changes leave alone: a push moves tags in place."""
    return replace(
        repository,
        tags={name: replace(tag) for name, tag in repository.tags.items()},
        manifests=dict(repository.manifests),
        blobs=set(repository.blobs),
        deleted=dict(repository.deleted),
    )
