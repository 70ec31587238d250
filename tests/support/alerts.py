"""Alerts as the pipeline makes them: one estate's bad day, for tests of channels and pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from shared.checks.cleanup.foreseen import image_outlives_the_week
from shared.domain.alerts import Alert, Topic
from shared.domain.cleanup import Loss, LossKind
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import Unavailable
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ImageContent, ManifestAnswer
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.findings import Confidence, Finding, Outcome, Sight
from shared.domain.health import HealthStep, RegistryHealth
from shared.domain.images import parse_reference
from shared.domain.incidents import Affected, Incident, Transition
from shared.domain.pulls import Cause, CauseKind, Compute, Pull, Standing, Workload
from shared.domain.reports import Report, ReportLine, Tally
from tests.support.fakes import START, digest

IMAGE = "contoso.azurecr.io/shop/api:v412"
PREFIX = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/shop/providers"
CLUSTER = f"{PREFIX}/Microsoft.ContainerService/managedClusters/aks-prod"

WORKLOADS = (
    Workload(
        f"{CLUSTER}/namespaces/shop/deployment/api", Compute.AKS, "aks-prod/shop/deployment/api"
    ),
    Workload(
        f"{CLUSTER}/namespaces/shop/cronjob/export", Compute.AKS, "aks-prod/shop/cronjob/export"
    ),
    Workload(
        f"{CLUSTER}/namespaces/shop/replicaset/api-5c9",
        Compute.AKS,
        "aks-prod/shop/replicaset/api-5c9",
    ),
    Workload(
        f"{PREFIX}/Microsoft.Web/sites/portal/slots/staging", Compute.APP_SERVICE, "portal/staging"
    ),
    Workload(f"{PREFIX}/Microsoft.App/containerApps/checkout", Compute.CONTAINER_APPS, "checkout"),
)
STANDINGS = (
    Standing.ACTIVE,
    Standing.IDLE,
    Standing.ROLLBACK,
    Standing.SLOT,
    Standing.ACTIVE,
)

RESTORE = (
    f"az acr manifest restore --registry contoso --name shop/api:v412 --digest {digest(0x4F1A)}"
)
FINDING = Finding(
    code="EXISTENCE_TAG_MISSING",
    outcome=Outcome.FAIL,
    subject=IMAGE,
    title="There is no tag v412 in contoso.azurecr.io/shop/api",
    explanation="It pointed to sha256:4f1a…c03d when it was last seen at 2026-03-01 01:55 UTC. "
    "The manifest is still kept by soft delete until 2026-03-08. Similar tags: v411, v410.",
    fix=(
        RESTORE,
        "az acr repository show-tags --name contoso --repository shop/api --top 10",
        "Otherwise push the tag again from the pipeline that built it.",
    ),
    link="https://learn.microsoft.com/azure/container-registry/"
    "container-registry-soft-delete-policy",
    sight=Sight(
        seen=(
            "The registry answers for the manifest: 404 MANIFEST_UNKNOWN: it is not found",
            "Pulls as aks-agentpool (kubelet identity)",
        ),
        ruled_out=("a name that does not resolve", "the firewall", "a missing role"),
        unseen=(
            "how busy the registry is: 403 reading metrics: needs Microsoft.Insights/metrics/read",
        ),
        at=START,
        workload="aks-prod/shop/deployment/api",
    ),
)
DELETED = Cause(
    kind=CauseKind.DELETED,
    at=START,
    digest=digest(0x4F1A),
    tags=("v412",),
    actor="mallory@contoso.com",
    user_agent="azure-cli/2.68",
)


def affected(
    count: int = len(WORKLOADS), *, image: str = IMAGE, late: Sequence[int] = ()
) -> tuple[Affected, ...]:
    """The first workloads of the estate; those at ``late`` were hit four minutes later."""
    return tuple(
        Affected(
            Pull(workload, parse_reference(image), standing),
            START + timedelta(minutes=4 if number in late else 0),
        )
        for number, (workload, standing) in enumerate(
            list(zip(WORKLOADS, STANDINGS, strict=True))[:count]
        )
    )


def incident(
    finding: Finding = FINDING,
    *,
    hit: tuple[Affected, ...] | None = None,
    cause: Cause = DELETED,
    opened: datetime = START,
    resolved: datetime | None = None,
) -> Incident:
    """An incident that hits the whole estate, unless told otherwise."""
    return Incident(
        id="5f0c6b1f8f7c4a0d9a1e0d3c5b7a9f11",
        finding=finding,
        opened=opened,
        updated=resolved or opened,
        resolved=resolved,
        cause=cause,
        affected=affected() if hit is None else hit,
    )


def about(subject: Incident, transition: Transition = Transition.OPENED) -> Alert:
    """The alert for an incident."""
    return Alert(
        id="alert",
        topic=Topic.INCIDENT,
        transition=transition,
        at=START,
        headline=subject.finding.title,
        outcome=subject.outcome,
        incident=subject,
        dashboard="https://pullwatch.contoso.com",
    )


WARNING = Finding(
    code="CREDENTIALS_SECRET_EXPIRING",
    outcome=Outcome.WARN,
    subject="app registration reports-pull",
    title="The secret of reports-pull expires on 2026-03-10",
    explanation="reports-daily signs in with it. Afterwards every pull answers 401.",
    fix=("az ad app credential reset --id 7c6e1a52-6b7f-4d6c-8d31-7f3c6f8f2b10 --append",),
    confidence=Confidence.LIKELY,
)
PURGE = "acr purge --filter 'shop/api:.*' --ago 10d --keep 2"
FORECAST = CleanupForecast(
    until=START + timedelta(days=7),
    losses=(
        Loss(
            at=START + timedelta(hours=1),
            by="nightly",
            command=PURGE,
            repository="shop/api",
            tag="v412",
            digest=digest(0x4F1A),
            kind=LossKind.UNTAGGED,
        ),
    ),
)
FORESEEN = next(
    iter(
        image_outlives_the_week(
            Asked(Pull(WORKLOADS[0], parse_reference(IMAGE)), START),
            FORECAST,
            Unavailable.of(ManifestAnswer, "not asked"),
            Unavailable.of(ImageContent, "not asked"),
            Unavailable.of(RuntimePlatforms, "not asked"),
        )
    )
)
COMING = ReportLine(
    incident="e",
    outcome=Outcome.WARN,
    title=FORESEEN.title,
    subject=IMAGE,
    pulls=5,
    since=START,
    fix=FORESEEN.fix[0],
    at=START + timedelta(hours=1),
)
FULL = Finding(
    code="CAPACITY_INCLUDED_STORAGE",
    outcome=Outcome.WARN,
    subject="tailwind.azurecr.io",
    title="tailwind.azurecr.io uses 95 % of its included storage",
    explanation="95 GiB of 100 GiB. Beyond that, storage is billed; nothing breaks.",
    fix=("az acr show-usage --name tailwind --output table", "Clean up what nobody uses"),
)
WELL = HealthStep("name", Outcome.PASS, "the name is 20.61.97.128")


def looked_at(
    registry: str, *steps: HealthStep, findings: tuple[Finding, ...] = ()
) -> RegistryHealth:
    """How a registry is; without steps and findings it is well."""
    outcomes = [step.outcome for step in (WELL, *steps)] + [f.outcome for f in findings]
    return RegistryHealth(
        registry=registry,
        at=START,
        outcome=max(outcomes),
        steps=(WELL, *steps),
        findings=findings,
    )


CLOSED = HealthStep(
    "challenge",
    Outcome.FAIL,
    "/v2/ answers 403 DENIED: client with IP '20.1.2.3' is not allowed access",
    "CONNECTIVITY_FORBIDDEN_ERROR",
)
REPORT = Report(
    sweep="20260301T0200",
    started=START,
    finished=START + timedelta(minutes=3, seconds=12),
    tallies=(
        Tally("contoso.azurecr.io", {"fail": 5, "warn": 1, "pass": 22}),
        Tally("fabrikam.azurecr.io", {"fail": 1, "warn": 2, "unknown": 2, "pass": 11}),
        Tally("tailwind.azurecr.io", {"pass": 6}),
    ),
    lines=(
        ReportLine(
            incident="a",
            outcome=Outcome.FAIL,
            title=FINDING.title,
            subject=IMAGE,
            pulls=5,
            since=START,
            fix=FINDING.fix[0],
        ),
        ReportLine(
            incident="b",
            outcome=Outcome.FAIL,
            title="The identity aks-staging-kubelet has no role that may pull from "
            "fabrikam.azurecr.io",
            subject="aks-staging-kubelet",
            pulls=1,
            since=START - timedelta(days=3),
            fix="az role assignment create --assignee-object-id 1e8d --role AcrPull --scope "
            "/subscriptions/0b1f/resourceGroups/registries/providers/"
            "Microsoft.ContainerRegistry/registries/fabrikam",
        ),
        ReportLine(
            incident="c",
            outcome=Outcome.WARN,
            title=WARNING.title,
            subject=WARNING.subject,
            pulls=2,
            since=START - timedelta(days=5),
            fix=WARNING.fix[0],
        ),
        COMING,
    ),
    gaps=(
        Gap(
            f"{PREFIX}/Microsoft.ContainerService/managedClusters/aks-edge",
            "403 listing pods: needs Azure Kubernetes Service RBAC Reader",
        ),
        Gap("subscription development", "no workloads could be listed: 403"),
    ),
    opened=2,
    resolved=1,
    health=(
        looked_at(
            "fabrikam.azurecr.io",
            CLOSED,
            HealthStep("refresh_token", Outcome.SKIPPED, "not reached: challenge failed"),
        ),
        looked_at("tailwind.azurecr.io", findings=(FULL,)),
        looked_at("contoso.azurecr.io"),
    ),
)


def nightly(report: Report = REPORT) -> Alert:
    """The alert for a report."""
    return Alert(
        id="report",
        topic=Topic.REPORT,
        transition=Transition.OPENED,
        at=report.finished,
        headline=f"Nightly report: {report.counts['fail']} of {sum(report.counts.values())} "
        "pulls would fail",
        outcome=report.outcome,
        report=report,
        dashboard="https://pullwatch.contoso.com",
    )


OPERATOR = Alert(
    id="operator",
    topic=Topic.OPERATOR,
    transition=Transition.OPENED,
    at=START,
    headline="Pullwatch needs an operator",
    outcome=Outcome.WARN,
    notice="Queue jobs-urgent gave up on 12 pulls of contoso.azurecr.io (message 4c1f): "
    "MaxDeliveryCountExceeded.",
    dashboard="https://pullwatch.contoso.com",
)

CUT_OFF = Alert(
    id="cut-off",
    topic=Topic.CUT_OFF,
    transition=Transition.OPENED,
    at=START,
    headline="2 alerts were cut off while being sent",
    outcome=Outcome.WARN,
    items=(
        f"[FAIL] {FINDING.title}. 5 workloads hit, 3 of them in use now. Fix: {RESTORE}",
        (
            "[RESOLVED] It was: The tag 1.9 of contoso.azurecr.io/shop/search leads nowhere. "
            "Over after 3 hours 4 minutes. It had hit 1 workload."
        ),
    ),
    cut_off=("a", "b"),
    dashboard="https://pullwatch.contoso.com",
)

HOSTILE = (
    "**bold** _it_ [click](https://evil.example) <at>Everyone</at> <img src=x onerror=alert(1)> "
    "{{DATE(2020-01-01T00:00:00Z)}} ${x} @{y} \\\"'` \u202e\u0000\u200b&amp; # h\r\nBcc: x@evil\n"
)


def hostile(text: str = HOSTILE) -> Alert:
    """Every name that a stranger can choose is a trap."""
    trap = Workload(text, Compute.AKS, text)
    image = replace(parse_reference(IMAGE), tag=text, repository=text)
    bad = Finding(
        code="X",
        outcome=Outcome.FAIL,
        subject=text,
        title=text,
        explanation=text,
        fix=(text, f"az acr {text}"),
        link=text,
        details={"image": text},
        sight=Sight((text,) * 3, (text,) * 30, (text,) * 3),
    )
    cause = replace(DELETED, actor=text, user_agent=text, tags=(text, text))
    hit = (Affected(Pull(trap, image), START), Affected(Pull(trap, image), START))
    alert = about(incident(bad, hit=hit, cause=cause))
    return replace(alert, headline=text, notice=text, dashboard=text)


def gallery() -> dict[str, Alert]:
    """One of each kind that people get."""
    vanished = replace(
        DELETED, kind=CauseKind.VANISHED, actor="", user_agent="", digest=digest(0), tags=("v412",)
    )
    many = tuple(
        Affected(
            Pull(
                Workload(f"{PREFIX}/x/{n}", Compute.CONTAINER_APPS, f"worker-{n:03d}"),
                parse_reference(IMAGE),
            ),
            START,
        )
        for n in range(700)
    )
    ended = incident(resolved=START + timedelta(hours=3, minutes=4))
    incomplete = replace(REPORT, complete=False, missing_jobs=2)
    quiet = replace(
        REPORT,
        tallies=(Tally("contoso.azurecr.io", {"pass": 45}),),
        lines=(),
        gaps=(),
        opened=0,
        health=(looked_at("contoso.azurecr.io"),),
    )
    ahead = incident(FORESEEN, cause=Cause(CauseKind.FORESEEN, START))
    over = replace(ahead, resolved=START + timedelta(minutes=40))
    return {
        "opened": about(incident()),
        "foreseen": about(ahead),
        "spared": about(over, Transition.RESOLVED),
        "updated": about(incident(hit=affected(late=(3, 4)), cause=vanished), Transition.UPDATED),
        "resolved": about(ended, Transition.RESOLVED),
        "warning": about(incident(WARNING, hit=affected(1), cause=Cause(CauseKind.SWEEP, START))),
        "many": about(incident(hit=many)),
        "report": nightly(),
        "incomplete": nightly(incomplete),
        "quiet": nightly(quiet),
        "operator": OPERATOR,
        "cut off": CUT_OFF,
        "hostile": hostile(),
    }
