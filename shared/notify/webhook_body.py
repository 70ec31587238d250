"""What a webhook posts: the alert as JSON for programs, in a form that is versioned. Pure.

``python -m shared.notify`` writes its schema, docs/webhook.schema.json. Fields are
added without a new version; a receiver skips what it does not know.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

import msgspec
from msgspec import Struct

from shared.domain.alerts import Alert, Topic
from shared.domain.findings import Finding
from shared.domain.health import RegistryHealth, said
from shared.domain.incidents import Affected, Incident, Transition
from shared.domain.reports import Report, ReportLine
from shared.domain.text import lines, plain

SCHEMA = Path("docs/webhook.schema.json")
LIMIT = 200 * 1024
"""Bytes of a body: common receivers take 256 KB."""
FITS = (1_000, 300, 100, 30, 10, 0)
"""How many rows of a list are told, from most to least; what is left out is counted."""
LONGEST_TEXT, LONGEST_NAME = 2_000, 500
MOST_FIXES, MOST_TAGS, MOST_SAID = 20, 50, 20


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


def encode(alert: Alert, alert_id: str) -> bytes:
    """The body, always small enough: what does not fit is counted instead of listed."""
    for most in FITS:
        encoded = msgspec.json.encode(body_of(alert, alert_id, most))
        if len(encoded) <= LIMIT:
            return encoded
    raise AssertionError("without its lists a body is small")  # all its lengths are bounded


def body_of(alert: Alert, alert_id: str, most: int) -> Body:
    """The alert with at most so many rows in each list."""
    about_incident = alert.topic is Topic.INCIDENT
    return Body(
        id=alert_id,
        topic=alert.topic,
        transition=alert.transition if about_incident else None,
        at=alert.at,
        outcome=cast("Label", alert.outcome.label),
        headline=_name(alert.headline),
        maybe_repeated=alert.maybe_repeated,
        dashboard=_name(alert.dashboard),
        notice=plain(alert.notice, LONGEST_TEXT),
        items=tuple(map(_name, alert.items[:most])),
        cut_off=tuple(map(_name, alert.cut_off[:most])),
        incident=_incident(alert.incident, most) if alert.incident else None,
        report=_report(alert.report, most) if alert.report else None,
    )


def schema() -> bytes:
    """The JSON Schema (2020-12) of a body."""
    found = msgspec.json.schema(Body)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _incident(incident: Incident, most: int) -> IncidentBody:
    return IncidentBody(
        id=incident.id,
        problem=_problem(incident.finding),
        opened=incident.opened,
        updated=incident.updated,
        resolved=incident.resolved,
        episode=incident.episode,
        origin=_origin(incident),
        hit=tuple(map(_hit, incident.hit[:most])),
        hit_left_out=_left(incident.hit, most),
        hit_unnamed=incident.crowded,
    )


def _problem(finding: Finding) -> Problem:
    return Problem(
        code=finding.code,
        outcome=finding.outcome.label,
        confidence=finding.confidence.value,
        stage=finding.stage,
        subject=_name(finding.subject),
        title=_name(finding.title),
        explanation=plain(finding.explanation, LONGEST_TEXT),
        # a command that is too long is left out whole: half of one does something else
        fix=tuple(
            lines(step, LONGEST_TEXT)
            for step in finding.fix[:MOST_FIXES]
            if len(step) <= LONGEST_TEXT
        ),
        link=_name(finding.link),
        seen=tuple(map(_name, finding.sight.seen[:MOST_SAID])),
        ruled_out=tuple(map(_name, finding.sight.ruled_out)),
        unseen=tuple(map(_name, finding.sight.unseen[:MOST_SAID])),
        seen_at=finding.sight.at,
        seen_for=_name(finding.sight.workload),
    )


def _origin(incident: Incident) -> Origin:
    cause = incident.cause
    return Origin(
        kind=cause.kind.value,
        at=cause.at,
        actor=_name(cause.actor),
        user_agent=_name(cause.user_agent),
        digest=_name(cause.digest),
        tags=tuple(map(_name, cause.tags[:MOST_TAGS])),
    )


def _hit(hit: Affected) -> Hit:
    workload = hit.pull.workload
    return Hit(
        workload=Named(
            id=_name(workload.id), name=_name(workload.name), compute=workload.compute.value
        ),
        image=_name(str(hit.pull.image)),
        standing=hit.pull.standing.value,
        since=hit.since,
    )


def _report(report: Report, most: int) -> ReportBody:
    return ReportBody(
        sweep=report.sweep,
        started=report.started,
        finished=report.finished,
        complete=report.complete,
        pulls=report.counts,
        opened=report.opened,
        resolved=report.resolved,
        incidents=tuple(map(_line, report.lines[:most])),
        incidents_left_out=_left(report.lines, most),
        gaps=tuple(
            GapBody(what=_name(gap.what), reason=_name(gap.reason)) for gap in report.gaps[:most]
        ),
        gaps_left_out=_left(report.gaps, most),
        registries=tuple(map(_registry, report.health[:most])),
        registries_left_out=_left(report.health, most),
    )


def _registry(health: RegistryHealth) -> RegistryBody:
    return RegistryBody(
        registry=_name(health.registry),
        outcome=health.outcome.label,
        says=tuple(map(_name, said(health)[:MOST_SAID])),
    )


def _line(line: ReportLine) -> LineBody:
    return LineBody(
        incident=line.incident,
        outcome=line.outcome.label,
        title=_name(line.title),
        subject=_name(line.subject),
        pulls=line.pulls,
        since=line.since,
        fix=line.fix if len(line.fix) <= LONGEST_TEXT else "",
    )


def _name(text: str) -> str:
    return plain(text, LONGEST_NAME)


def _left(rows: Sequence[object], most: int) -> int:
    return max(0, len(rows) - most)
