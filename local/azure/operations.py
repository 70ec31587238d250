"""What happened to a registry: one record, from which events and resource logs are made."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

type Kind = Literal[
    "push",
    "pull",
    "untag",
    "delete",
    "retention",
    "soft-delete purge",
    "restore",
    "import",
    "release",
    "login",
]
"""`delete` is of a manifest (a deleted repository is one for each of its manifests); `retention`
is a deletion by the policy; `release` is the end of a quarantine."""


@dataclass(frozen=True)
class Requester:
    """Who asked, as the registry sees it."""

    name: str = ""
    """User principal name, client id, name of a token or of the admin account; empty: anonymous."""
    object_id: str = ""
    address: str = ""
    user_agent: str = ""
    method: str = ""
    request_id: str = ""
    """Also the `x-ms-correlation-request-id` of the answer."""


@dataclass(frozen=True)
class Run:
    """A run of ACR Tasks; without a task it was a quick run."""

    id: str
    registry: str
    task: str
    started: datetime
    finished: datetime


@dataclass(frozen=True)
class Operation:
    """One operation on a registry, done or refused."""

    kind: Kind
    time: datetime
    registry: str
    """Name of the registry."""
    requester: Requester = field(default_factory=Requester)
    repository: str = ""
    tag: str = ""
    """Set by whoever named one: absent when a manifest was deleted by digest."""
    digest: str = ""
    media_type: str = ""
    size: int = 0
    """Bytes of the manifest."""
    artifact_type: str = ""
    quarantined: bool = False
    """A push that is hidden until it is released."""
    status: int = 200
    error: str = ""
    """What the registry answered when it refused."""
