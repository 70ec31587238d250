"""What an error text adds, where the live evidence leaves the cause open.

Live evidence comes first: a text may be old, and speaks for one attempt only. So these checks see
the other results too, and run last.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import CannotTellError, Check, NotApplicableError, check
from shared.checks.causes import CONTRADICTED_BY, HELP
from shared.checks.names import about_image, about_workload
from shared.domain.facts.base import Evidence, Unavailable
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.workload import PullState, WorkloadState
from shared.domain.findings import CheckResult, Confidence, Finding, Outcome, Problem
from shared.domain.text import plain
from shared.explain import CauseLabel, explain

LONGEST = 300
"""Characters of a text that a finding quotes."""

PROBLEMS: dict[CauseLabel, Problem] = {
    cause: Problem(
        code=f"REPORTED_{cause.name}",
        outcome=Outcome.FAIL,
        title=f"The reported error says of {{image}}: {cause.meaning}",
        explanation="{why}. {source}: {text}",
        fix=HELP[cause],
        link=links.ACCESS,
        confidence=Confidence.REPORTED,
    )
    for cause in CauseLabel
    if cause is not CauseLabel.UNKNOWN
}
OUTDATED = Problem(
    code="REPORTED_ERROR_IS_OLD",
    outcome=Outcome.WARN,
    title="The reported error of {image} does not fit what is seen now",
    explanation="It says: {meaning}. But that was looked at just now, and is not so ({checks}): "
    "the text is old, or the trouble has passed. {source}: {text}",
    fix=("Try the pull again, and report the error that comes then",),
    link=links.ACCESS,
    confidence=Confidence.REPORTED,
)


@check("reported.error", *PROBLEMS.values(), OUTDATED)
def error_text(asked: Asked, reported: ReportedError) -> Iterable[Finding]:
    """No error text tells of a cause that the live evidence leaves open."""
    yield from _findings(asked, reported.text, f"From {reported.source}")


@check("reported.state", *PROBLEMS.values(), OUTDATED)
def platform_text(asked: Asked, state: WorkloadState | Unavailable) -> Iterable[Finding]:
    """The compute platform tells of no cause that the live evidence leaves open."""
    if isinstance(state, Unavailable):
        raise NotApplicableError(state.reason)
    if state.state is not PullState.FAILING:
        return
    for finding in _findings(asked, state.message or state.reason, "The platform says"):
        yield replace(finding, confidence=Confidence.LIKELY)


CHECKS: tuple[Check[...], ...] = (platform_text, error_text)


def weigh(evidence: Evidence, results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """The results of these checks, held against what was seen live."""
    return tuple(_weigh(check, evidence, results) for check in CHECKS)


def _weigh(one: Check[...], evidence: Evidence, results: Sequence[CheckResult]) -> CheckResult:
    result = one.run(evidence)
    if result.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return result
    live = next((f.code for r in results for f in r.findings if f.outcome is Outcome.FAIL), "")
    if live:
        return CheckResult(one.id, Outcome.SKIPPED, reason=f"seen live: {live}")
    if result.outcome is Outcome.UNKNOWN:
        return result
    return _settle(result, {r.check for r in results if r.outcome is Outcome.PASS})


def _settle(result: CheckResult, passed: set[str]) -> CheckResult:
    """Of the causes that a text fits, drop those that the live evidence contradicts."""
    left = [f for f in result.findings if not _contradicted(f, passed)]
    if len(left) == 1:
        return replace(result, findings=tuple(left))
    if not left:
        old = _outdated(result.findings, passed)
        return replace(result, outcome=old.outcome, findings=(old,))
    causes = " or ".join(CauseLabel(f.details["cause"]).meaning for f in left)
    return CheckResult(result.check, Outcome.UNKNOWN, reason=f"the error fits several: {causes}")


def _contradicted(finding: Finding, passed: set[str]) -> bool:
    against = CONTRADICTED_BY.get(CauseLabel(finding.details["cause"]), ())
    return bool(against) and passed.issuperset(against)


def _outdated(findings: Sequence[Finding], passed: set[str]) -> Finding:
    causes = [CauseLabel(finding.details["cause"]) for finding in findings]
    against = sorted({c for cause in causes for c in CONTRADICTED_BY.get(cause, ()) if c in passed})
    return replace(
        OUTDATED.found(
            subject=findings[0].subject,
            checks=", ".join(against),
            meaning=" or ".join(cause.meaning for cause in causes),
            **findings[0].details,
        ),
        confidence=findings[0].confidence,
    )


def _findings(asked: Asked, text: str, source: str) -> Iterable[Finding]:
    """One finding for each cause that the text fits."""
    found = explain(text)
    causes = found.candidates or (found.cause,)
    if causes == (CauseLabel.UNKNOWN,):
        raise CannotTellError(f"{source}: {_quote(text)}, which tells no cause")
    for cause in causes:
        yield PROBLEMS[cause].found(
            subject=f"{asked.pull.image} in {asked.pull.workload.id}",
            cause=cause.value,
            why=found.why[:1].upper() + found.why[1:],
            source=source,
            text=_quote(text),
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
        )


def _quote(text: str) -> str:
    """A line of a text: what came from outside may hold anything."""
    return repr(plain(text[: 10 * LONGEST], LONGEST))
