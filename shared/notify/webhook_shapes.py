"""The shapes of what a webhook posts, and their schema, docs/webhook.schema.json.

Fields are added without a new version; a receiver skips what it does not know.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from shared.domain.alerts import Topic
from shared.domain.incidents import Transition

SCHEMA = Path("docs/webhook.schema.json")

type Label = Literal["fail", "warn", "unknown", "pass", "skipped"]


class Named(Struct, frozen=True, kw_only=True):
    """A workload. ``id`` is its ARM id, in a cluster followed by namespace, kind and name."""

    id: str
    name: str
    compute: str


class Hit(Struct, frozen=True, kw_only=True):
    """A pull that an incident hits. ``standing`` is active, slot, idle or rollback."""

    workload: Named
    image: str
    standing: str
    since: datetime


class Origin(Struct, frozen=True, kw_only=True):
    """What made Pullwatch look, and who did it, as far as anybody told."""

    kind: str
    at: datetime
    actor: str = ""
    user_agent: str = ""
    digest: str = ""
    tags: tuple[str, ...] = ()


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong: ``code`` never changes its meaning (docs/findings.md lists them all).

    The evidence was looked at at ``seen_at``, for the workload ``seen_for``.
    """

    code: str
    outcome: str
    confidence: str
    stage: int
    subject: str
    title: str
    explanation: str
    fix: tuple[str, ...]
    link: str
    seen: tuple[str, ...]
    ruled_out: tuple[str, ...]
    unseen: tuple[str, ...]
    seen_at: datetime | None = None
    seen_for: str = ""


class IncidentBody(Struct, frozen=True, kw_only=True):
    """One problem on one subject, with whom it hits. ``episode`` counts how often it came back.

    ``hit_unnamed`` says that more are hit than Pullwatch keeps by name: they are not counted here.
    """

    id: str
    problem: Problem
    opened: datetime
    updated: datetime
    resolved: datetime | None
    episode: int
    origin: Origin
    hit: tuple[Hit, ...]
    hit_left_out: int
    hit_unnamed: bool


class LineBody(Struct, frozen=True, kw_only=True):
    """One open incident in a report."""

    incident: str
    outcome: str
    title: str
    subject: str
    pulls: int
    since: datetime
    fix: str


class GapBody(Struct, frozen=True, kw_only=True):
    """Something that could not be looked at, and why."""

    what: str
    reason: str


class RegistryBody(Struct, frozen=True, kw_only=True):
    """How a registry looks from where Pullwatch runs; ``says`` is what is not as it should be."""

    registry: str
    outcome: str
    says: tuple[str, ...]


class ReportBody(Struct, frozen=True, kw_only=True):
    """A nightly report. ``pulls`` counts pulls by outcome."""

    sweep: str
    started: datetime
    finished: datetime
    complete: bool
    pulls: dict[str, int]
    opened: int
    resolved: int
    incidents: tuple[LineBody, ...]
    incidents_left_out: int
    gaps: tuple[GapBody, ...]
    gaps_left_out: int
    registries: tuple[RegistryBody, ...]
    registries_left_out: int


class Body(Struct, frozen=True, kw_only=True):
    """One alert. ``id`` is the same when it is sent again; ``transition`` is about incidents.

    ``items`` are lines below the notice; ``cut_off`` are the ids of alerts that they stand for.
    """

    version: Literal["1"] = "1"
    id: str
    topic: Topic
    transition: Transition | None
    at: datetime
    outcome: Label
    headline: str
    maybe_repeated: bool
    dashboard: str
    notice: str
    items: tuple[str, ...]
    cut_off: tuple[str, ...]
    incident: IncidentBody | None
    report: ReportBody | None


def schema() -> bytes:
    """The JSON Schema (2020-12) of a body."""
    found = msgspec.json.schema(Body)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
