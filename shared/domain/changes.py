"""What one diagnosis changes for one pull.

A diagnosis changes a pull's *standing problems*; a status change records the difference.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.diagnosis import Diagnosis
from shared.domain.findings import CheckResult, Finding, Outcome
from shared.domain.pulls import Cause, Pull, short_hash


class OpenProblem(Struct, frozen=True):
    """A problem that a pull has, remembered with the check that found it and since when."""

    check: str
    finding: Finding
    since: datetime

    @property
    def incident(self) -> str:
        return incident_id(self.finding)


class StatusChange(Struct, frozen=True, kw_only=True):
    """What one diagnosis changed for one pull; stored beside it until it is announced.

    ``failing`` are the codes of the failures that the pull has now, where something closed.
    """

    id: str
    pull: Pull
    at: datetime
    before: Outcome | None
    after: Outcome
    opened: tuple[OpenProblem, ...] = ()
    closed: tuple[OpenProblem, ...] = ()
    failing: tuple[str, ...] = ()
    cause: Cause


def incident_id(finding: Finding) -> str:
    """Findings of one problem on one subject belong to one incident."""
    return short_hash(finding.code, finding.subject.lower())


def standing_after(before: Iterable[OpenProblem], diagnosis: Diagnosis) -> tuple[OpenProblem, ...]:
    """The problems that a pull has after a diagnosis.

    A problem stays while its check could not look: "could not look" resolves nothing.
    """
    remembered = {item.incident: item for item in before}
    found = {
        incident_id(f): OpenProblem(r.check, f, diagnosis.at)
        for r in diagnosis.results
        for f in r.findings
    }
    blind = {r.check for r in diagnosis.results if is_blind(r)}
    kept = {key: item for key, item in remembered.items() if item.check in blind}
    fresh = {key: replace(item, since=_since(remembered, item)) for key, item in found.items()}
    return tuple((kept | fresh).values())


def _since(remembered: dict[str, OpenProblem], item: OpenProblem) -> datetime:
    return remembered.get(item.incident, item).since


def is_blind(result: CheckResult) -> bool:
    """Whether a check said nothing about its problems: it could not look, or was overshadowed."""
    return result.outcome is Outcome.UNKNOWN or result.overshadowed


def status_change(
    before: Iterable[OpenProblem], previous: Diagnosis | None, diagnosis: Diagnosis
) -> StatusChange | None:
    """What a diagnosis changed, or None. Its id is deterministic, so a retry is the same change.

    A problem that is more or less pressing than before counts as opened, and so does one of which
    it is known only now who did it, or whose workload was needed for a rollback and now runs.
    """
    moved = previous is not None and previous.pull.standing is not diagnosis.pull.standing
    earlier = {item.incident: item for item in before}
    later = {item.incident: item for item in standing_after(earlier.values(), diagnosis)}
    opened = tuple(item for key, item in later.items() if moved or _differs(earlier.get(key), item))
    closed = tuple(item for key, item in earlier.items() if key not in later)
    if not opened and not closed:
        return None
    failing = {p.finding.code for p in later.values() if p.finding.outcome is Outcome.FAIL}
    return StatusChange(
        id=short_hash(diagnosis.pull.key, diagnosis.job, diagnosis.at.isoformat()),
        pull=diagnosis.pull,
        at=diagnosis.at,
        before=previous.outcome if previous else None,
        after=diagnosis.outcome,
        opened=opened,
        closed=closed,
        failing=tuple(sorted(failing)) if closed else (),
        cause=diagnosis.cause,
    )


def _differs(before: OpenProblem | None, now: OpenProblem) -> bool:
    """``at`` is the time that a finding foretells: it may move without pressing more."""
    if before is None or before.finding.stage != now.finding.stage:
        return True
    if before.finding.details.get("at") != now.finding.details.get("at"):
        return True
    return bool(teller(now.finding)) and teller(now.finding) != teller(before.finding)


def teller(finding: Finding) -> str:
    """Who did it, as far as a finding knows: a resource log tells it minutes later."""
    return finding.details.get("who", "")
