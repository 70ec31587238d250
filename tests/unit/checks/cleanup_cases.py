"""Clean-ups to come: what is lost when, what is wrong with a command, what cannot be read."""

from datetime import timedelta

from shared.domain.cleanup import Loss, LossKind, Trap
from shared.domain.facts.cleanup import CleanupForecast, FoundTrap, Ordered, Refusal
from shared.domain.facts.registry import Child, ManifestAnswer
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.images import Digest
from tests.unit.checks.case import finds, passes, skips, unknown
from tests.unit.checks.facts import (
    AMD64,
    ARM64,
    DIGEST,
    NOW,
    OTHER,
    THIRD,
    asked,
    content,
    forecast,
    healthy,
    manifest,
    unseen,
)

COMMAND = "acr purge --filter 'team/api:.*' --ago 30d --keep 2"
FORCED = COMMAND + " --include-locked"
NIGHT = NOW + timedelta(hours=15)


def loss(kind: LossKind = LossKind.UNTAGGED, **changes: object) -> Loss:
    plain = {
        "at": NIGHT,
        "by": "nightly",
        "command": COMMAND,
        "repository": "team/api",
        "tag": "v1" if kind is LossKind.UNTAGGED else "",
        "digest": DIGEST,
        "kind": kind,
    }
    return Loss(**{**plain, **changes})  # type: ignore[arg-type] # a plain table of values


POLICY = loss(LossKind.RETENTION, by="retention policy", command="")
TRAP = Trap(
    code="UNANCHORED",
    title="The tag part is searched, not matched",
    explanation="v1 takes v10 too.",
    corrected="acr purge --filter 'team/api:^v1$' --ago 30d",
)
PINNED = asked(f"contoso.azurecr.io/team/api@{DIGEST}")
MOVED = asked(running=OTHER)
INDEX = content(
    children=(Child(OTHER, AMD64, True), Child(THIRD, ARM64, True)), config_media_type=""
)
V10 = asked("contoso.azurecr.io/team/api:v10")

FORESEEN = [
    finds(
        "too many newer tags",
        "cleanup.foreseen",
        healthy(
            forecast(
                loss(command="acr purge --filter 'team/api:.*' --ago 9d --min-tags 2 --max-tags 5")
            )
        ),
        "CLEANUP_TAG_FORESEEN",
        says=(
            "will be older than 9 days and is not among the 2 newest that match",
            "or is not among the 5 newest that match",
        ),
        stage=1,
    ),
    passes("nothing is planned", "cleanup.foreseen", healthy()),
    unknown("the plan cannot be read", "cleanup.foreseen", healthy(unseen(CleanupForecast)), "403"),
    finds(
        "its tag goes tonight",
        "cleanup.foreseen",
        healthy(forecast(loss())),
        "CLEANUP_TAG_FORESEEN",
        says=(
            "On 2026-09-02 at 03:00 UTC the task nightly will untag team/api:v1",
            "The tag matches 'team/api:.*', will be older than 30 days",
            "2 newest",
            "--image team/api:v1 --delete-enabled false",
            f"--image team/api@{DIGEST} --delete-enabled false",
            "az acr task update --registry contoso --name nightly --status Disabled",
            "could be put back",
        ),
        stage=1,
    ),
    finds(
        "its tag goes, and its manifest after it",
        "cleanup.foreseen",
        healthy(forecast(loss(), loss(LossKind.DELETED), soft_delete_days=7)),
        "CLEANUP_TAG_FORESEEN",
        says=("cannot be put back",),
        stage=1,
    ),
    finds(
        "a lock is no help",
        "cleanup.foreseen",
        healthy(
            forecast(
                loss(command=FORCED),
                orders=(Ordered("nightly", FORCED, include_locked=True),),
            )
        ),
        "CLEANUP_TAG_FORESEEN",
        says=("A lock does not keep it",),
        stage=1,
    ),
    finds(
        "the command without its trap leaves the tag alone, so it is offered",
        "cleanup.foreseen",
        healthy(V10, forecast(loss(tag="v10"), traps=(FoundTrap("nightly", COMMAND, TRAP),))),
        "CLEANUP_TAG_FORESEEN",
        says=("az acr task update --registry contoso --name nightly --cmd", "^v1$"),
        stage=1,
    ),
    finds(
        "the command without its trap takes the tag as well, so it is not offered",
        "cleanup.foreseen",
        healthy(forecast(loss(), traps=(FoundTrap("nightly", COMMAND, TRAP),))),
        "CLEANUP_TAG_FORESEEN",
        says=("Change the command of the task nightly",),
        stage=1,
    ),
    finds(
        "a manifest that it is pinned to goes",
        "cleanup.foreseen",
        healthy(PINNED, forecast(loss(LossKind.DELETED), soft_delete_days=7)),
        "CLEANUP_MANIFEST_FORESEEN",
        says=("pinned", "Soft delete holds it for 7 days"),
        stage=1,
    ),
    passes(
        "a child for machines that it does not run on goes",
        "cleanup.foreseen",
        healthy(INDEX, forecast(loss(LossKind.DELETED, digest=THIRD))),
    ),
    finds(
        "the child for its machines goes, and one for others before it",
        "cleanup.foreseen",
        healthy(
            INDEX,
            forecast(
                loss(LossKind.DELETED, digest=THIRD),
                loss(LossKind.DELETED, digest=OTHER, at=NIGHT + timedelta(days=1)),
            ),
        ),
        "CLEANUP_MANIFEST_FORESEEN",
        says=(OTHER, "On 2026-09-03"),
    ),
    finds(
        "the child that runs goes, of the index that the tag points to",
        "cleanup.foreseen",
        healthy(asked(running=OTHER), INDEX, forecast(loss(LossKind.DELETED, digest=OTHER))),
        "CLEANUP_MANIFEST_FORESEEN",
        says=(OTHER, "which the index of the image lists"),
        stage=1,
    ),
    passes(
        "what runs is a part of what the tag points to",
        "cleanup.retention",
        healthy(asked(running=OTHER), INDEX, forecast(loss(LossKind.DELETED, digest=OTHER))),
    ),
    finds(
        "a child goes, and on which machines it runs is unseen",
        "cleanup.foreseen",
        healthy(INDEX, unseen(RuntimePlatforms), forecast(loss(LossKind.DELETED, digest=THIRD))),
        "CLEANUP_MANIFEST_FORESEEN",
        says=(THIRD,),
        stage=1,
    ),
    finds(
        "a child of its index goes",
        "cleanup.foreseen",
        healthy(forecast(loss(LossKind.DELETED, digest=THIRD))),
        "CLEANUP_MANIFEST_FORESEEN",
        says=(THIRD, "which the index of the image lists"),
        stage=1,
    ),
    finds(
        "the retention policy takes what it is pinned to",
        "cleanup.foreseen",
        healthy(PINNED, forecast(POLICY)),
        "CLEANUP_RETENTION_FORESEEN",
        says=("az acr config retention update", "retention policy of contoso.azurecr.io"),
        stage=1,
    ),
    passes(
        "only what runs under a moved tag goes",
        "cleanup.foreseen",
        healthy(MOVED, forecast(loss(LossKind.RETENTION, digest=OTHER))),
    ),
]

RETENTION = [
    passes("what runs stays", "cleanup.retention", healthy(MOVED)),
    passes("what runs is what is named", "cleanup.retention", healthy()),
    skips("what runs is not known", "cleanup.retention", healthy(asked(running=Digest("")))),
    unknown(
        "what the tag points to is not known",
        "cleanup.retention",
        healthy(MOVED, unseen(ManifestAnswer)),
        "403",
    ),
    skips("the tag is gone", "cleanup.retention", healthy(MOVED, manifest(404))),
    finds(
        "what runs under a moved tag goes by the policy",
        "cleanup.retention",
        healthy(MOVED, forecast(loss(LossKind.RETENTION, digest=OTHER, by="retention policy"))),
        "CLEANUP_RUNNING_FORESEEN",
        says=("the retention policy will delete the manifest that web/api runs", OTHER),
        stage=1,
    ),
]

COMMANDS = [
    passes("no trap", "cleanup.lint", healthy()),
    unknown("no plan", "cleanup.lint", healthy(unseen(CleanupForecast)), "403"),
    finds(
        "a trap",
        "cleanup.lint",
        healthy(forecast(traps=(FoundTrap("nightly", COMMAND, TRAP),))),
        "CLEANUP_TRAP",
        says=(
            "The task nightly of contoso.azurecr.io: the tag part is searched",
            "az acr task update --registry contoso --name nightly --cmd",
            "contoso.azurecr.io task nightly: UNANCHORED",
        ),
    ),
    passes("everything is understood", "cleanup.unreadable", healthy()),
    unknown("no plan at all", "cleanup.unreadable", healthy(unseen(CleanupForecast)), "403"),
    unknown(
        "a task whose file nobody sees",
        "cleanup.unreadable",
        healthy(forecast(unseen=(Refusal("builds", "its steps are in a file"),))),
        "builds: its steps are in a file",
    ),
    unknown(
        "too many indexes",
        "cleanup.unreadable",
        healthy(forecast(refused=(Refusal("", "more than 200 indexes"),))),
        "more than 200 indexes",
    ),
    finds(
        "a purge that nobody can translate",
        "cleanup.unreadable",
        healthy(
            forecast(
                refused=(Refusal("nightly", "a back reference"), Refusal("nightly", "a variable"))
            )
        ),
        "CLEANUP_UNREADABLE",
        says=("a back reference; a variable", "--dry-run"),
    ),
]

CASES = [*FORESEEN, *RETENTION, *COMMANDS]
