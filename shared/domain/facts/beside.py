"""Facts beside the registry and its images: what else is there, locks, rules and figures."""

from shared.domain.facts.base import Fact


class KnownRegistries(Fact, frozen=True):
    """The login servers that the monitor can read; told where the image's is not one of them."""

    login_servers: tuple[str, ...]


class CacheRule(Fact, frozen=True, kw_only=True):
    """The artifact cache rule that covers the image's repository (ARM cacheRules, credentialSets).

    ``source`` is the repository upstream, host first; ``target`` the one here, perhaps with a
    ``*`` at its end. ``credential_set`` is empty for a rule without one; ``healthy`` is None where
    Azure does not say, and ``trouble`` is what it says else.
    """

    name: str
    source: str
    target: str
    credential_set: str = ""
    credential_set_exists: bool = True
    healthy: bool | None = None
    trouble: str = ""


class RegistryLoad(Fact, frozen=True, kw_only=True):
    """What the registry's metrics tell (Azure Monitor TotalPullCount, StorageUsed).

    ``busiest_minute`` is the most pulls in a minute of the last hour, None where there is no
    figure; ``storage`` are bytes, the oldest first, in samples one day apart.
    """

    busiest_minute: int | None = None
    storage: tuple[int, ...] = ()


class ReadLocks(Fact, frozen=True, kw_only=True):
    """Where ``readEnabled`` is false; asked only where the registry disallows a pull.

    None means that it could not be read. A tag, its manifest and their repository have one each.
    """

    repository: bool | None = None
    tag: bool | None = None
    manifest: bool | None = None
