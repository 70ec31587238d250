"""Dashboards as they are collected: a bad day, a fresh start, a good day."""

from datetime import timedelta

from msgspec.structs import replace

from shared.adapters.store.ledger import Note, NoteKind
from shared.domain.diagnosis import Gap
from shared.domain.findings import Confidence, Finding, Outcome
from shared.domain.incidents import Incident
from shared.domain.protection import Helpless, Missing, Protection
from shared.domain.pulls import Cause, CauseKind
from shared.settings import Settings
from shared.web.heartbeats import heartbeats
from shared.web.overview import Overview, Standing, Unjudged
from shared.web.view import DashboardView
from tests.support.alerts import (
    FORESEEN,
    HOSTILE,
    PREFIX,
    REPORT,
    WARNING,
    affected,
    hostile,
    incident,
    looked_at,
)
from tests.support.fakes import START

NOW = START + timedelta(hours=4, minutes=7, seconds=9)
SETTINGS = Settings(service_bus="x", tables="x")

GRANT = (
    "az role assignment create --assignee-object-id 1e8d2c74-1f7e-4a39-9f16-1f0f5cf0a4c8 "
    "--assignee-principal-type ServicePrincipal --role AcrPull --scope "
    f"{PREFIX}/Microsoft.ContainerRegistry/registries/fabrikam"
)
NO_ROLE = Finding(
    code="AUTH_NO_PULL_ROLE",
    outcome=Outcome.FAIL,
    subject="aks-staging-kubelet",
    title="The identity aks-staging-kubelet has no role that may pull from fabrikam.azurecr.io",
    explanation="The cluster's own identity has AcrPull, but nodes pull as the kubelet identity.",
    fix=(GRANT,),
    link="https://learn.microsoft.com/azure/container-registry/"
    "container-registry-rbac-built-in-roles-overview",
    confidence=Confidence.LIKELY,
)


PROTECTION = Protection(
    at=NOW,
    mode="lock",
    release=True,
    helpless=(
        Helpless("contoso.azurecr.io", "weekly", "acr purge --filter '.*:.*' --include-locked"),
    ),
    missing=(
        Missing(
            registry="fabrikam.azurecr.io",
            reason="Pullwatch may not lock images of fabrikam.azurecr.io: its identity lacks "
            "Microsoft.ContainerRegistry/registries/metadata/write",
            commands=(GRANT,),
        ),
    ),
    counts={"kept": 8, "held": 2, "taken away": 1},
    gaps=(Gap("clean-ups of tailwind.azurecr.io", "they were not read yet"),),
)


def busy() -> DashboardView:
    """Everything is there at once, and the watch has stopped."""
    role = replace(
        incident(NO_ROLE, hit=affected(1, image="fabrikam.azurecr.io/ops/agent:2.1")),
        id="b" * 32,
        cause=Cause(CauseKind.SWEEP, START),
        opened=START - timedelta(days=3),
        episode=2,
    )
    expiring = replace(
        incident(WARNING, hit=affected(2, image="fabrikam.azurecr.io/reports/daily:7")),
        id="c" * 32,
        cause=Cause(CauseKind.SWEEP, START),
    )
    ahead = replace(
        incident(FORESEEN, hit=affected(3), cause=Cause(CauseKind.FORESEEN, START)), id="e" * 32
    )
    ended = replace(
        incident(
            replace(NO_ROLE, title="The firewall of contoso.azurecr.io denies 198.51.100.77"),
            resolved=START + timedelta(hours=2),
        ),
        id="d" * 32,
    )
    beats = {"watch": NOW - timedelta(hours=2, minutes=3), "sweep": START}
    return DashboardView(
        at=NOW,
        overview=Overview(
            at=NOW,
            registries=(
                Standing(
                    registry="contoso.azurecr.io",
                    resource_id="/r",
                    counts={"fail": 5, "warn": 1, "pass": 22},
                ),
                Standing(
                    registry="fabrikam.azurecr.io",
                    resource_id="/f",
                    counts={"fail": 1, "warn": 2, "unknown": 2, "pass": 11, "waiting": 1},
                ),
                Standing(registry="tailwind.azurecr.io", resource_id="/t", counts={"pass": 6}),
                Standing(registry="empty.azurecr.io", resource_id="/e", counts={}),
            ),
            gaps=(Gap("unread.azurecr.io", "no such registry could be read"),),
            unjudged=(
                Unjudged(
                    "403 reading role assignments: needs roleAssignments/read", 1, ("checkout",)
                ),
                Unjudged("the cluster aks-edge did not answer within 15 s", 1),
            ),
        ),
        incidents=(incident(), role, expiring, ahead),
        protection=PROTECTION,
        resolved=(ended,),
        report=replace(REPORT, complete=False, missing_jobs=1),
        heartbeats=heartbeats(SETTINGS, beats, NOW, START),
        notes=(
            Note(
                id="e-17",
                kind=NoteKind.EVENT_MALFORMED,
                at=NOW - timedelta(minutes=20),
                reason="data.target.digest: expected sha256 and 64 hex digits",
                text="{'action': 'delete', 'target': {'digest': '<script>alert(1)</script>'}}",
            ),
            Note(
                id="5f0c:1:opened:teams",
                kind=NoteKind.DELIVERY_FAILED,
                at=NOW - timedelta(hours=3),
                reason="Teams answered 429",
            ),
        ),
        channels=("teams", "mail"),
    )


def fresh() -> DashboardView:
    """Installed a minute ago; nothing ran yet."""
    return DashboardView(
        at=NOW,
        overview=Overview(at=NOW, registries=()),
        heartbeats=heartbeats(SETTINGS, {}, NOW, NOW - timedelta(minutes=1)),
    )


def calm() -> DashboardView:
    """A good day."""
    beats = {"watch": NOW - timedelta(minutes=3), "sweep": START}
    return DashboardView(
        at=NOW,
        overview=Overview(
            at=NOW,
            registries=(Standing(registry="contoso.azurecr.io", counts={"pass": 45}),),
        ),
        report=replace(
            REPORT,
            tallies=REPORT.tallies[2:],
            lines=(),
            gaps=(),
            opened=0,
            health=(looked_at("contoso.azurecr.io"),),
        ),
        heartbeats=heartbeats(SETTINGS, beats, NOW, START),
        channels=("teams",),
    )


def trapped(text: str = HOSTILE) -> DashboardView:
    """Every name that a stranger can choose is a trap."""
    alert = hostile(text)
    trap = alert.incident
    assert isinstance(trap, Incident)
    ended = replace(trap, id="d" * 32, resolved=NOW)
    note = Note(id=text, kind=NoteKind.EVENT_IGNORED, at=NOW, reason=text, text=text)
    return replace(
        busy(),
        incidents=(trap,),
        resolved=(ended,),
        notes=(note,),
        protection=replace(
            PROTECTION,
            helpless=(Helpless(text, text, text),),
            missing=(Missing(registry=text, reason=text, commands=(text,)),),
        ),
        overview=Overview(
            at=NOW,
            registries=(Standing(registry=text, resource_id=text, counts={"fail": 1}),),
            gaps=(Gap(text, text),),
            unjudged=(Unjudged(text, 1, (text, text)),),
        ),
    )
