"""One case of one check: evidence, and what the check must make of it."""

from dataclasses import dataclass

from shared.checks import EVERY_CHECK
from shared.checks.base import Check
from shared.domain.facts.base import Evidence
from shared.domain.findings import CheckResult, Outcome

CHECKS = {check.id: check for check in EVERY_CHECK}


@dataclass(frozen=True)
class Case:
    """``expected`` is an outcome, or the codes of the findings in their order.

    ``says`` are words that the findings or the reason must hold; ``stage`` is every finding's.
    """

    name: str
    check: str
    evidence: Evidence
    expected: Outcome | tuple[str, ...]
    says: tuple[str, ...] = ()
    stage: int = 0

    def run(self) -> CheckResult:
        return CHECKS[self.check].run(self.evidence)

    @property
    def subject(self) -> Check[...]:
        return CHECKS[self.check]


def finds(
    name: str,
    check: str,
    evidence: Evidence,
    *codes: str,
    says: tuple[str, ...] = (),
    stage: int = 0,
) -> Case:
    return Case(name, check, evidence, codes, says, stage)


def passes(name: str, check: str, evidence: Evidence) -> Case:
    return Case(name, check, evidence, Outcome.PASS)


def unknown(name: str, check: str, evidence: Evidence, *says: str) -> Case:
    return Case(name, check, evidence, Outcome.UNKNOWN, says)


def skips(name: str, check: str, evidence: Evidence, *says: str) -> Case:
    return Case(name, check, evidence, Outcome.SKIPPED, says)


def words(result: CheckResult) -> str:
    """Everything that a result says to people."""
    said = [(f.title, f.explanation, f.subject, *f.fix) for f in result.findings]
    return "\n".join([result.reason, *(text for texts in said for text in texts)])
