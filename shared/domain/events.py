"""What a registry's event says, whatever schema it came in."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shared.domain.images import Digest


class EventKind(StrEnum):
    """The events that are acted on; every other one is recorded and ignored."""

    PUSHED = "pushed"
    DELETED = "deleted"


class RegistryEvent(Struct, frozen=True, kw_only=True):
    """A push or a deletion. Every name in it comes from outside and may be hostile.

    A deletion has no tag; one of a whole repository has no digest either.
    """

    id: str
    kind: EventKind
    registry_id: str
    host: str
    repository: str
    tag: str = ""
    digest: Digest = Digest("")
    at: datetime
    actor: str = ""
    user_agent: str = ""
    request_id: str = ""
