"""A pull is one workload pulling one image; a job asks for some pulls to be diagnosed."""

import hashlib
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shared.domain.images import Digest, ImageReference

LONGEST_JOB = 100
"""Pulls in one job: it keeps a message under the 256 KB of Service Bus Standard."""


class Compute(StrEnum):
    """The Azure services that pull images in order to run them."""

    AKS = "aks"
    APP_SERVICE = "app_service"
    CONTAINER_APPS = "container_apps"
    CONTAINER_INSTANCES = "container_instances"


class Standing(StrEnum):
    """How a workload stands, the most pressing first.

    Only ACTIVE is what people use now; the others are what somebody starts, swaps in or goes back
    to later, and weigh less.
    """

    ACTIVE = "active"
    SLOT = "slot"  # a deployment slot that runs: it pulls at its next restart, or once swapped
    IDLE = "idle"  # scaled to zero, a CronJob between runs: the next start pulls
    ROLLBACK = "rollback"  # an old ReplicaSet, an inactive revision


class Registry(Struct, frozen=True, order=True):
    """A registry that the monitor knows. Tokens are sent to known registries only."""

    login_server: str
    resource_id: str


class Workload(Struct, frozen=True, order=True):
    """Something that runs images.

    ``id`` is the ARM id; for a Kubernetes object, the cluster's ARM id followed by
    ``/namespaces/{namespace}/{kind}/{name}``. ``name`` is for people.
    """

    id: str
    compute: Compute
    name: str


class Pull(Struct, frozen=True, order=True):
    """One workload pulling one image. Containers that share an image share the pull.

    ``running`` is the digest seen running, where the service tells it.
    """

    workload: Workload
    image: ImageReference
    standing: Standing = Standing.ACTIVE
    running: Digest = Digest("")

    @property
    def key(self) -> str:
        """Stable across processes and time: it names the pull's row."""
        return short_hash(self.workload.id.lower(), str(self.image))


class CauseKind(StrEnum):
    """What made us look."""

    SWEEP = "sweep"
    PUSHED = "pushed"
    DELETED = "deleted"
    VANISHED = "vanished"
    MOVED = "moved"
    ASKED = "asked"
    RECHECK = "recheck"
    FORESEEN = "foreseen"  # a clean-up comes nearer, or its plan changed


class Cause(Struct, frozen=True):
    """Why a job exists, with what is known of who did it.

    ``way`` says what was removed and how (`RemovalKind`), where a removal is the cause.
    """

    kind: CauseKind
    at: datetime
    event_id: str = ""
    digest: Digest = Digest("")
    tags: tuple[str, ...] = ()
    actor: str = ""
    user_agent: str = ""
    address: str = ""
    way: str = ""


class Job(Struct, frozen=True):
    """Pulls of one registry to diagnose together.

    ``id`` is deterministic: the same reason for the same pulls is the same job.
    ``attempt`` counts how often it was put back with a delay. ``whole`` says that every pull of
    the image is meant, of which ``pulls`` are the first: a message does not hold them all.
    ``health`` asks for the registry itself, and has no pulls.
    """

    id: str
    registry: str
    pulls: tuple[Pull, ...]
    cause: Cause
    attempt: int = 0
    sweep: str = ""
    check: str = ""
    error_text: str = ""
    whole: bool = False
    health: bool = False


def short_hash(*parts: str) -> str:
    """32 hex digits that stand for the parts; parts cannot run into each other."""
    joined = "\x00".join(parts).encode()
    return hashlib.sha256(joined).hexdigest()[:32]
