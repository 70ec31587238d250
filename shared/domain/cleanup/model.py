"""The nouns of clean-ups: a registry's contents, a purge, a task, a plan, a loss, a trap."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class RefusedError(ValueError):
    """What cannot be known, or what the tool itself would not take. The message says why."""


class Attributes(Struct, frozen=True, rename="camel"):
    """The locks of a tag or a manifest: either one switched off spares it from a purge."""

    delete_enabled: bool = True
    write_enabled: bool = True

    @property
    def locked(self) -> bool:
        """Whether a purge without ``--include-locked`` leaves it alone."""
        return not (self.delete_enabled and self.write_enabled)


OPEN = Attributes()


class TagEntry(Struct, frozen=True, rename="camel"):
    """One tag as ``/acr/v1/{repo}/_tags`` lists it. Times are aware, UTC; None: not told."""

    name: str
    digest: str = ""
    last_update_time: datetime | None = None
    changeable_attributes: Attributes = OPEN


class ManifestEntry(Struct, frozen=True, rename="camel"):
    """One manifest as ``/acr/v1/{repo}/_manifests`` lists it, with what its body refers to.

    ``references`` are the digests of an index's children, and ``subject`` is the digest of the
    manifest that a referrer (a signature, an SBOM) belongs to. No listing tells them. ``finer``
    are the digits of its time below a microsecond: the tool compares nanoseconds.
    """

    digest: str
    media_type: str = ""
    last_update_time: datetime | None = None
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    changeable_attributes: Attributes = OPEN
    finer: str = ""


class RepositoryContents(Struct, frozen=True, rename="camel"):
    """Every tag and manifest of a repository. Tags of one time stand in the registry's order."""

    name: str
    tags: tuple[TagEntry, ...] = ()
    manifests: tuple[ManifestEntry, ...] = ()


class RegistryContents(Struct, frozen=True, rename="camel"):
    """The repositories of a registry: all of them, for a filter may match any."""

    repositories: tuple[RepositoryContents, ...] = ()


class Limits(Struct, frozen=True):
    """How many of the newest always stay (``--min-...``), and how many at most (``--max-...``).

    None: not given. They count from the newest on, with what is locked or young among them, which
    ``--keep`` does not.
    """

    floor: int | None = None
    cap: int | None = None

    @property
    def given(self) -> bool:
        """Whether anything is counted."""
        return self.floor is not None or self.cap is not None

    def let_go(self, rank: int, *, old: bool) -> bool:
        """Whether what has a rank (1: the newest) goes: by its age, or because there are more."""
        return (old and rank > (self.floor or 0)) or (self.cap is not None and rank > self.cap)


class Purge(Struct, frozen=True):
    """An ``acr purge`` command. ``filters`` are as written, ``repository:tag``, both regular
    expressions; ``ago`` None means that it was not given; ``version`` is the tag of an image
    ``acr/acr-cli`` that was named, empty for the alias ``acr purge``.
    """

    filters: tuple[str, ...] = ()
    ago: timedelta | None = None
    keep: int = 0
    untagged: bool = False
    untagged_only: bool = False
    include_locked: bool = False
    dry_run: bool = False
    concurrency: int | None = None
    version: str = ""
    tag_limits: Limits = Limits()
    manifest_limits: Limits = Limits()


class Doomed(Struct, frozen=True):
    """What a purge takes: ``repo:tag`` untagged, ``repo@sha256:...`` deleted, each sorted, and
    the reasons why something could not be foretold (what is refused is in neither list).
    """

    tags: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class CleanupTask(Struct, frozen=True):
    """An ACR task that purges. ``schedules`` are cron expressions of five fields, UTC;
    ``commands`` are shell-quoted ``acr purge`` commands that ``parse_purge`` takes; ``refused``
    says which steps, schedules or variables could not be understood, and why.
    """

    name: str
    enabled: bool = True
    schedules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class RetentionPolicy(Struct, frozen=True):
    """Untagged Docker manifests go ``days`` after they became untagged, if that was after
    ``since`` (when the policy was enabled; None: not known, then every one counts).
    """

    days: int
    since: datetime | None = None


class CleanupPlan(Struct, frozen=True):
    """Everything that takes images from a registry by itself."""

    tasks: tuple[CleanupTask, ...] = ()
    retention: RetentionPolicy | None = None
    soft_delete_days: int | None = None


class LossKind(StrEnum):
    """How something is lost: its tag, its manifest by a purge, its manifest by the policy."""

    UNTAGGED = "untagged"
    DELETED = "deleted"
    RETENTION = "retention"


class Loss(Struct, frozen=True):
    """A tag (UNTAGGED; ``digest`` is where it points) or a manifest (``tag`` is empty) that will be
    gone ``at`` a time. ``by`` names the task, or says "retention policy"; ``command`` is the task's
    command, empty for the policy.
    """

    at: datetime
    by: str
    command: str
    repository: str
    tag: str
    digest: str
    kind: LossKind


class Trap(Struct, frozen=True):
    """Where a purge does something else than its author means. ``corrected`` is the whole
    command without this trap, quoted for a shell.
    """

    code: str
    title: str
    explanation: str
    corrected: str
