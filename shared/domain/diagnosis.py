"""From the results of checks to one diagnosis."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.findings import CheckResult, Confidence, Finding, Outcome
from shared.domain.pulls import Cause, Pull, Standing


class Gap(Struct, frozen=True, order=True):
    """Something that could not be looked at, and why.

    ``hides`` is False where everything else of it was seen.
    """

    what: str
    reason: str
    hides: bool = True


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What is wrong with one pull.

    ``root`` is the first FAIL in the order in which a pull fails, else the first WARN.
    ``ruled_out`` are ids of checks that passed; ``unseen`` is what could not be looked at.
    ``at`` and ``as_of`` are those of the question (`Asked`).
    """

    pull: Pull
    at: datetime
    cause: Cause
    outcome: Outcome
    results: tuple[CheckResult, ...]
    root: Finding | None = None
    confidence: Confidence | None = None
    ruled_out: tuple[str, ...] = ()
    unseen: tuple[Gap, ...] = ()
    job: str = ""
    as_of: datetime | None = None

    def covers(self, other: "Diagnosis") -> bool:
        """Whether all that it rests on was read no earlier than what another rests on."""
        return self.at >= other.at and (self.as_of or self.at) >= (other.as_of or other.at)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, the root cause first."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(found, key=lambda f: (f is not self.root, -f.outcome)))


def conclude(
    pull: Pull, at: datetime, cause: Cause, results: Sequence[CheckResult], gaps: dict[str, str]
) -> Diagnosis:
    """Decide from results in catalogue order.

    An unknown check makes the diagnosis UNKNOWN unless it is advisory: not knowing is never a
    pass. A finding that explains a check turns that check's UNKNOWN into SKIPPED. What would fail
    is a warning where nothing that is in use would pull it.
    """
    results = tuple(_explained(results))
    root = _first(results, Outcome.FAIL) or _first(results, Outcome.WARN)
    decisive = [r.outcome for r in results if not (r.advisory and r.outcome is Outcome.UNKNOWN)]
    return Diagnosis(
        pull=pull,
        at=at,
        cause=cause,
        outcome=weighed(max(decisive, default=Outcome.UNKNOWN), [pull.standing]),
        results=results,
        root=root,
        confidence=_confidence(root, results),
        ruled_out=tuple(r.check for r in results if r.outcome is Outcome.PASS),
        unseen=tuple(Gap(what, why) for what, why in gaps.items()),
    )


def weighed(outcome: Outcome, standings: Iterable[Standing]) -> Outcome:
    """How bad it is for workloads of some standings: what nothing in use pulls is at risk."""
    in_use = any(one is Standing.ACTIVE for one in standings)
    return outcome if in_use else min(outcome, Outcome.WARN)


EXPLAINED = "explained by "


def _explained(results: Sequence[CheckResult]) -> Iterable[CheckResult]:
    causes = [(f.code, prefix) for r in results for f in r.findings for prefix in f.explains]
    for result in results:
        code = next((c for c, prefix in causes if result.check.startswith(prefix)), "")
        if code and result.outcome is Outcome.UNKNOWN:
            yield replace(
                result, outcome=Outcome.SKIPPED, reason=EXPLAINED + code, overshadowed=True
            )
        else:
            yield result


def _first(results: Iterable[CheckResult], outcome: Outcome) -> Finding | None:
    found = (f for r in results for f in r.findings if f.outcome is outcome)
    return next(found, None)


def _confidence(root: Finding | None, results: Sequence[CheckResult]) -> Confidence | None:
    """Something earlier in the pull's order that could not be looked at may be the real cause."""
    if root is None:
        return None
    for result in results:
        if root in result.findings:
            return root.confidence
        if result.outcome is Outcome.UNKNOWN and not result.advisory:
            return max(root.confidence, Confidence.LIKELY, key=list(Confidence).index)
    return root.confidence
