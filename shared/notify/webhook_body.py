"""What a webhook posts: the alert as JSON for programs, in a form that is versioned. Pure."""

from collections.abc import Sequence
from typing import cast

import msgspec

from shared.domain.alerts import Alert, Topic
from shared.domain.findings import Finding
from shared.domain.health import RegistryHealth, said
from shared.domain.incidents import Affected, Incident
from shared.domain.reports import Report, ReportLine
from shared.domain.text import lines, plain
from shared.notify.webhook_shapes import (
    Body,
    GapBody,
    Hit,
    IncidentBody,
    Label,
    LineBody,
    Named,
    Origin,
    Problem,
    RegistryBody,
    ReportBody,
)

LIMIT = 200 * 1024
"""Bytes of a body: common receivers take 256 KB."""
FITS = (1_000, 300, 100, 30, 10, 0)
"""How many rows of a list are told, from most to least; what is left out is counted."""
LONGEST_TEXT, LONGEST_NAME = 2_000, 500
MOST_FIXES, MOST_TAGS, MOST_SAID = 20, 50, 20


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
