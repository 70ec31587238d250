"""Facts about the question itself."""

from datetime import datetime

from shared.domain.facts.base import Fact
from shared.domain.images import Digest
from shared.domain.pulls import Pull


class Asked(Fact, frozen=True):
    """Which pull is looked at, and when: checks that compare dates take the time from here.

    What the registry's login server says is of ``at``. Of what Azure says beside it, such as roles
    and networks, ``as_of`` is the earliest that it may be from; None: of ``at``, too.
    """

    pull: Pull
    at: datetime
    as_of: datetime | None = None


class ReportedError(Fact, frozen=True):
    """An error text that a person or a compute platform reported. Attacker-controlled."""

    text: str
    source: str
    at: datetime | None = None


class Remembered(Fact, frozen=True):
    """What the index knew of the image from before: the only memory of a deleted tag.

    ``digest`` is what the tag last pointed to; ``tags`` were on the digest then, and died with it.
    ``deleted_by``, ``address``, ``user_agent`` and ``way`` (`RemovalKind`) are from the event or
    the resource log, empty where nobody told. ``source`` and ``revision`` are what the image's
    labels said of its origin; ``children`` are the manifests of an index.
    """

    digest: Digest = Digest("")
    tags: tuple[str, ...] = ()
    last_seen: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""
    user_agent: str = ""
    address: str = ""
    way: str = ""
    source: str = ""
    revision: str = ""
    children: tuple[Digest, ...] = ()
