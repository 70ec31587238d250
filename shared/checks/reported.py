"""What an error text adds, where the live evidence leaves the cause open.

Live evidence comes first: a text may be old, and speaks for one attempt only. So these checks see
the other results too, and run last.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shared.checks import links, undecided
from shared.checks.base import CannotTellError, Check, NotApplicableError, check
from shared.checks.causes import CONTRADICTED_BY, HELP
from shared.checks.names import about_image, about_workload
from shared.domain.facts.base import Evidence, Unavailable
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.registry import RegistryProfile
from shared.domain.facts.workload import CredentialExpiry, PullIdentity, PullState, WorkloadState
from shared.domain.findings import CheckResult, Confidence, Finding, Outcome, Problem
from shared.domain.text import plain
from shared.explain import CauseLabel, explain

EXPLAINING_WARNINGS = ("EXISTENCE_NOT_YET_REPLICATED", "AUTH_ROLE_ASSIGNED_MINUTES_AGO")
"""Warnings that tell why a pull was refused a moment ago."""
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


@check("reported.error", *PROBLEMS.values(), *undecided.PROBLEMS, OUTDATED)
def error_text(asked: Asked, reported: ReportedError) -> Iterable[Finding]:
    """No error text tells of a cause that the live evidence leaves open."""
    yield from _findings(asked, reported.text, f"From {reported.source}")


@check("reported.state", *PROBLEMS.values(), *undecided.PROBLEMS, OUTDATED)
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
    """The results of these checks, held against what was seen live, and against each other."""
    by_platform, by_report = (_weigh(one, evidence, results) for one in CHECKS)
    if _tells_more(by_report, by_platform):
        return _superfluous(by_platform, by_report), by_report
    if _tells_more(by_platform, by_report) or _same(by_platform, by_report):
        return by_platform, _superfluous(by_report, by_platform)
    return by_platform, by_report


def _weigh(one: Check[...], evidence: Evidence, results: Sequence[CheckResult]) -> CheckResult:
    result = one.run(evidence)
    if result.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return result
    live = next((f.code for r in results for f in r.findings if _explains(f)), "")
    if live:
        return CheckResult(one.id, Outcome.SKIPPED, reason=f"seen live: {live}")
    if result.outcome is Outcome.UNKNOWN:
        return _silent(result, evidence, results)
    passed = {r.check for r in results if r.outcome is Outcome.PASS}
    return _settle(result, evidence, passed - _undecided_by_a_pass(evidence))


def _undecided_by_a_pass(evidence: Evidence) -> set[str]:
    """One secret that is valid does not contradict a text about another one, which has ended:
    with which of them the workload logs in cannot be seen.
    """
    account, asked = evidence.get(CredentialExpiry), evidence.get(Asked)
    ended = account and asked and any(end <= asked.at for end in account.expires)
    return {"credentials.secret_expiry"} if ended else set()


def _explains(finding: Finding) -> bool:
    """Whether a live finding makes any text superfluous."""
    return finding.outcome is Outcome.FAIL or finding.code in EXPLAINING_WARNINGS


def _settle(result: CheckResult, evidence: Evidence, passed: set[str]) -> CheckResult:
    """Of the causes that a text fits, drop those that the live evidence contradicts."""
    uncontradicted = [f for f in result.findings if not _contradicted(f, passed)]
    left = [f for f in uncontradicted if _possible(f, evidence)] or uncontradicted
    if len(left) == 1:
        return replace(result, findings=tuple(left))
    if not left:
        old = _outdated(result.findings, passed)
        return replace(result, outcome=old.outcome, findings=(old,))
    if not _runs(evidence):
        found = undecided.several(evidence[Asked], left, evidence.get(PullIdentity))
        return replace(result, findings=(replace(found, confidence=left[0].confidence),))
    causes = " or ".join(CauseLabel(f.details["cause"]).meaning for f in left)
    return CheckResult(result.check, Outcome.UNKNOWN, reason=f"the error fits several: {causes}")


def _silent(result: CheckResult, evidence: Evidence, results: Sequence[CheckResult]) -> CheckResult:
    """A pull that fails, though nobody says why, fails for something that is out of sight."""
    state = evidence.get(WorkloadState)
    unseen = [r.check for r in results if r.outcome is Outcome.UNKNOWN and not r.advisory]
    if state is None or state.state is not PullState.FAILING or not unseen:
        return result
    text = _quote(state.message or state.reason)
    found = undecided.silent(evidence[Asked], unseen, "The platform says", text)
    return replace(result, outcome=found.outcome, findings=(found,), reason="")


def _possible(finding: Finding, evidence: Evidence) -> bool:
    cause = CauseLabel(finding.details["cause"])
    return undecided.possible(cause, evidence.get(PullIdentity), evidence.get(RegistryProfile))


def _runs(evidence: Evidence) -> bool:
    state = evidence.get(WorkloadState)
    return state is not None and state.state is PullState.RUNNING


def _tells_more(one: CheckResult, other: CheckResult) -> bool:
    return _telling(one) > _telling(other) > 0


def _telling(result: CheckResult) -> int:
    """How much a text tells: nothing at all (0), no cause, several of them, one."""
    if result.outcome in (Outcome.SKIPPED, Outcome.PASS):
        return 0
    codes = {finding.code for finding in result.findings}
    if not codes or undecided.NO_CAUSE.code in codes:
        return 1
    return 2 if codes & {problem.code for problem in undecided.PROBLEMS} else 3


def _same(one: CheckResult, other: CheckResult) -> bool:
    codes = [f.code for f in one.findings]
    return bool(codes) and codes == [f.code for f in other.findings]


def _superfluous(result: CheckResult, told: CheckResult) -> CheckResult:
    return CheckResult(result.check, Outcome.SKIPPED, reason=f"{told.check} tells it")


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
