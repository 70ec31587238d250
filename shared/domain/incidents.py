"""Incidents: one per problem and subject, with every pull that it hits.

A diagnosis changes a pull's *standing problems*; a status change records the difference; an
incident gathers the status changes of many pulls.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.diagnosis import Diagnosis
from shared.domain.findings import CheckResult, Finding, Outcome
from shared.domain.pulls import Cause, Pull, short_hash


class Standing(Struct, frozen=True):
    """A problem that a pull has, remembered with the check that found it and since when."""

    check: str
    finding: Finding
    since: datetime

    @property
    def incident(self) -> str:
        return incident_id(self.finding)


class StatusChange(Struct, frozen=True, kw_only=True):
    """What one diagnosis changed for one pull; stored beside it until it is announced."""

    id: str
    pull: Pull
    at: datetime
    before: Outcome | None
    after: Outcome
    opened: tuple[Standing, ...] = ()
    closed: tuple[Standing, ...] = ()
    cause: Cause


class Affected(Struct, frozen=True):
    """A pull that an incident hits, and since when."""

    pull: Pull
    since: datetime


class Incident(Struct, frozen=True, kw_only=True):
    """One problem on one subject. ``episode`` counts how often it came back."""

    id: str
    finding: Finding
    opened: datetime
    updated: datetime
    resolved: datetime | None = None
    episode: int = 1
    cause: Cause
    affected: tuple[Affected, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return self.finding.outcome


class Transition(StrEnum):
    """What happened to an incident, as channels hear of it."""

    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"


def incident_id(finding: Finding) -> str:
    """Findings of one problem on one subject belong to one incident."""
    return short_hash(finding.code, finding.subject.lower())


def standing_after(before: Iterable[Standing], diagnosis: Diagnosis) -> tuple[Standing, ...]:
    """The problems that a pull has after a diagnosis.

    A problem stays while its check could not look: "could not look" resolves nothing.
    """
    remembered = {item.incident: item for item in before}
    found = {
        incident_id(f): Standing(r.check, f, diagnosis.at)
        for r in diagnosis.results
        for f in r.findings
    }
    blind = {r.check for r in diagnosis.results if is_blind(r)}
    kept = {key: item for key, item in remembered.items() if item.check in blind}
    fresh = {key: replace(item, since=_since(remembered, item)) for key, item in found.items()}
    return tuple((kept | fresh).values())


def _since(remembered: dict[str, Standing], item: Standing) -> datetime:
    return remembered.get(item.incident, item).since


def is_blind(result: CheckResult) -> bool:
    """Whether a check said nothing about its problems: it could not look, or was overshadowed."""
    return result.outcome is Outcome.UNKNOWN or result.overshadowed


def status_change(
    before: Iterable[Standing], outcome_before: Outcome | None, diagnosis: Diagnosis
) -> StatusChange | None:
    """What a diagnosis changed, or None. Its id is deterministic, so a retry is the same change."""
    earlier = {item.incident: item for item in before}
    later = {item.incident: item for item in standing_after(earlier.values(), diagnosis)}
    opened = tuple(item for key, item in later.items() if key not in earlier)
    closed = tuple(item for key, item in earlier.items() if key not in later)
    if not opened and not closed:
        return None
    return StatusChange(
        id=short_hash(diagnosis.pull.key, diagnosis.job, diagnosis.at.isoformat()),
        pull=diagnosis.pull,
        at=diagnosis.at,
        before=outcome_before,
        after=diagnosis.outcome,
        opened=opened,
        closed=closed,
        cause=diagnosis.cause,
    )
