"""Pulls, findings and diagnoses for tests of the domain."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shared.domain.changes import OpenProblem, StatusChange
from shared.domain.diagnosis import Diagnosis, conclude
from shared.domain.findings import CheckResult, Finding, Outcome
from shared.domain.images import parse_reference
from shared.domain.pulls import Cause, CauseKind, Compute, Pull, Standing, Workload

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASKED = Cause(CauseKind.ASKED, NOW)


def pull(
    name: str = "api",
    image: str = "contoso.azurecr.io/team/api:v1",
    compute: Compute = Compute.AKS,
    standing: Standing = Standing.ACTIVE,
) -> Pull:
    workload = Workload(f"/clusters/prod/namespaces/web/deployments/{name}", compute, name)
    return Pull(workload, parse_reference(image), standing)


def finding(code: str = "BAD", subject: str = "contoso.azurecr.io", **changes: Any) -> Finding:
    return replace(Finding(code, Outcome.FAIL, subject, f"{subject} is {code}"), **changes)


def result(
    check: str, *findings: Finding, outcome: Outcome | None = None, **changes: Any
) -> CheckResult:
    worst = max((f.outcome for f in findings), default=Outcome.PASS)
    return CheckResult(check, worst if outcome is None else outcome, findings, **changes)


def unknown(check: str, reason: str = "403", **changes: Any) -> CheckResult:
    return CheckResult(check, Outcome.UNKNOWN, (), reason, **changes)


def diagnosis(*results: CheckResult, at: datetime = NOW, whose: Pull | None = None) -> Diagnosis:
    return conclude(whose or pull(), at, ASKED, results, {})


def change(
    whose: Pull | None = None,
    opened: tuple[OpenProblem, ...] = (),
    closed: tuple[OpenProblem, ...] = (),
    at: datetime = NOW,
) -> StatusChange:
    return StatusChange(
        id=f"{at}",
        pull=whose or pull(),
        at=at,
        before=None,
        after=Outcome.FAIL if opened else Outcome.PASS,
        opened=opened,
        closed=closed,
        cause=ASKED,
    )
