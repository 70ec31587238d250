"""Facts beside the registry and its images: what else is there, locks, rules and figures."""

from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.facts.base import Fact
from shared.domain.facts.registry import Answer
from shared.domain.images import Digest

CLOCKS = timedelta(minutes=1)
LONGEST_RUN = timedelta(hours=8)
"""A task's longest timeout (container-registry-tasks-reference-yaml: 28800 s)."""


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


class PullsByIdentity(Fact, frozen=True):
    """The most pulls in a minute of the last hour, by identity as the resource log names it.

    Read only where the registry is busy enough to matter, and sends its log to a workspace. An
    empty name stands for anonymous pulls.
    """

    busiest: dict[str, int]


class ReadLocks(Fact, frozen=True, kw_only=True):
    """Where ``readEnabled`` is false; asked only where the registry disallows a pull.

    None means that it could not be read. A tag, its manifest and their repository have one each.
    """

    repository: bool | None = None
    tag: bool | None = None
    manifest: bool | None = None


class Elsewhere(Fact, frozen=True, kw_only=True):
    """
    Where a missing manifest still is, asked by its digest; only when something is missing.

    ``here`` says whether the repository itself still has it, without the tag; None where that
    could not be read. ``login_servers`` are other registries that have it in a repository of the
    same name; ``asked`` is how many of the ``known`` ones were asked.
    """

    digest: Digest
    here: bool | None = None
    login_servers: tuple[str, ...] = ()
    asked: int = 0
    known: int = 0


class TaskRun(Struct, frozen=True, kw_only=True):
    """One run of ACR Tasks; ``task`` is empty for a quick run (``az acr run``)."""

    id: str
    task: str = ""
    started: datetime
    finished: datetime | None = None

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"run {self.id} of the task {self.task}" if self.task else f"quick run {self.id}"

    def covers(self, at: datetime) -> bool:
        """Whether something happened during it, give or take a minute of clocks."""
        end = self.finished or self.started + LONGEST_RUN
        return self.started - CLOCKS <= at <= end + CLOCKS


class TaskRuns(Fact, frozen=True):
    """The latest runs of the registry's tasks; asked only when something is missing."""

    runs: tuple[TaskRun, ...]


class TokenAnswers(Fact, frozen=True, kw_only=True):
    """What the registry answers to the monitor's own login, step by step.

    ``refresh`` is the answer to the exchange of its Entra token, ``access`` that to the request
    for an access token, None where there was no refresh token. ``actions`` are what the access
    token allows in ``repository``, which is empty where nobody asked about one.
    """

    refresh: Answer
    access: Answer | None = None
    repository: str = ""
    actions: tuple[str, ...] = ()


class Encryption(Fact, frozen=True, kw_only=True):
    """Encryption with a customer-managed key; ``identity`` is the client id that reads the key.

    ``attached`` says whether the registry has that identity.
    """

    enabled: bool
    key: str = ""
    identity: str = ""
    attached: bool = True


class EndpointName(Struct, frozen=True):
    """A host of a private endpoint: what Azure says that it leads to, and where it leads here."""

    host: str
    meant: tuple[str, ...]
    found: tuple[str, ...]


class EndpointNames(Fact, frozen=True):
    """The hosts of the registry's private endpoints, looked up where the monitor runs."""

    names: tuple[EndpointName, ...]
