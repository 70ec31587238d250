"""Decisions: pure functions from facts to findings.

`examine` asks every question of the catalogue. A check whose facts were not observed says UNKNOWN;
with no workload asked about, the questions about the workload are skipped.
"""

from msgspec.structs import replace

from shared.checks import (
    auth,
    capacity,
    cleanup,
    credentials,
    existence,
    network,
    reference,
    reported,
)
from shared.checks.base import Check
from shared.checks.network import data
from shared.checks.sight import sighted
from shared.domain.facts import workload
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RoleAssignments, ScopedToken
from shared.domain.findings import CheckResult, Outcome

CATALOG: tuple[Check[...], ...] = (
    *reference.CHECKS,
    *network.CHECKS,
    *credentials.CHECKS,
    *auth.CHECKS,
    *existence.CHECKS,
    *data.CHECKS,  # layers come after the manifest
    *capacity.CHECKS,
    *cleanup.CHECKS,
)
"""Every check of live evidence, in the order in which a pull would fail."""

EVERY_CHECK: tuple[Check[...], ...] = (*CATALOG, *reported.CHECKS)
"""The catalogue and the checks of error texts, which come last."""

ABOUT_IMAGE = ("existence.children",)
"""Checks that take facts about the workload, and say something without them."""

NO_WORKLOAD = "no workload was asked about"


def examine(evidence: Evidence) -> tuple[CheckResult, ...]:
    """Run every check, in catalogue order. Pure, and never raises."""
    results = [check.run(evidence) for check in CATALOG]
    asked = evidence.get(Asked)
    if asked and not asked.pull.workload.id:
        results = [
            _without_workload(check, result) for check, result in zip(CATALOG, results, strict=True)
        ]
    weighed = (*results, *reported.weigh(evidence, results))
    return sighted(weighed, evidence, EVERY_CHECK)


def _without_workload(check: Check[...], result: CheckResult) -> CheckResult:
    """A question about a workload that nobody asked about is no gap."""
    about_it = any(_of_workload(want.kind) for want in check.wants) and check.id not in ABOUT_IMAGE
    if result.outcome is Outcome.UNKNOWN and about_it:
        return replace(result, outcome=Outcome.SKIPPED, reason=NO_WORKLOAD)
    return result


def _of_workload(kind: type[Fact]) -> bool:
    return kind.__module__ == workload.__name__ or kind in (RoleAssignments, ScopedToken)
