"""Planted clean-ups: what tasks and policies are going to take, and what looks like it."""

from local.faults.cases import PASS, Case, fault, lookalike, said
from local.faults.edits import Edit, add, each, image, images, put

NIGHTLY = ["0 3 * * *"]
TAKES_ONE = "acr purge --filter '.*-plain:^1$' --ago 5d"
"""It takes the tag 1 of what is called plain, and there is nothing else wrong with it."""
PINNED = image("*-plain", "plain.azurecr.io/{name}@digest(new)")
KEPT_BY_A_LOCK = {"1": {"deleteEnabled": False}}


def task(command: str = TAKES_ONE, **more: object) -> Edit:
    """Have a task of the registry run a purge, each night unless told otherwise."""
    made = {"name": "nightly", "command": command, "schedules": NIGHTLY}
    return add("registries/plain/tasks", {**made, **more})


FAULTS: tuple[Case, ...] = (
    fault("CLEANUP_TAG_FORESEEN", "by a task, tonight", task(), "*-plain"),
    fault(
        "CLEANUP_TAG_FORESEEN",
        "once it is old enough, within the week",
        task("acr purge --filter '.*-plain:^1$' --ago 13d"),
        "*-plain",
    ),
    fault(
        "CLEANUP_TAG_FORESEEN",
        "locked, which the purge undoes",
        each(task(TAKES_ONE + " --include-locked"), images("*-plain", tagLocks=KEPT_BY_A_LOCK)),
        "*-plain",
    ),
    fault(
        "CLEANUP_MANIFEST_FORESEEN",
        "untagged, pinned by digest",
        each(
            images("*-plain", tags=[]),
            PINNED,
            task("acr purge --filter '.*-plain:.*' --untagged-only --ago 5d"),
        ),
        "*-plain",
    ),
    fault(
        "CLEANUP_RETENTION_FORESEEN",
        "untagged five days ago, pinned by digest",
        each(
            images("*-vault", tags=[], age="P5D", untaggedFor="P5D"),
            image("*-vault", "vault.azurecr.io/{name}@digest(new)"),
            put("registries/vault/policies", {"retention": {"status": "Enabled", "days": 7}}),
        ),
        "*-vault",
    ),
    Case(
        "CLEANUP_TRAP: the tag goes because 1 matches anywhere",
        task("acr purge --filter '.*-plain:1' --ago 5d"),
        {"*-plain": said("CLEANUP_TAG_FORESEEN", "CLEANUP_TRAP")},
        code="CLEANUP_TRAP",
    ),
    fault(
        "CLEANUP_UNREADABLE",
        "a back reference",
        task(r"acr purge --filter '.*-plain:(a)\1' --ago 10d"),
        "*-plain",
    ),
)

LOOKALIKES: tuple[Case, ...] = (
    lookalike("a purge is switched off", task(status="Disabled"), {"*-plain": PASS}),
    lookalike(
        "the timer of a purge is switched off",
        task(schedules=[], pausedSchedules=NIGHTLY),
        {"*-plain": PASS},
    ),
    lookalike(
        "a purge takes what is older by weeks",
        task("acr purge --filter '.*-plain:^1$' --ago 60d"),
        {"*-plain": PASS},
    ),
    lookalike(
        "a purge spares what is locked",
        each(task(), images("*-plain", tagLocks=KEPT_BY_A_LOCK)),
        {"*-plain": PASS},
    ),
    lookalike(
        "a purge with a trap, which takes nothing of this",
        task("acr purge --filter '.*-plain:1' --ago 300d --keep 3"),
        {"*-plain": PASS},
    ),
    lookalike(
        "a purge of another repository",
        task("acr purge --filter 'plain:^1$' --ago 5d"),
        {"*-plain": PASS},
    ),
    lookalike(
        "a task in a file that nobody sees",
        add(
            "registries/plain/tasks",
            {
                "name": "builds",
                "file": "acb.yaml",
                "context": "https://github.com/contoso/tasks.git#main",
                "schedules": NIGHTLY,
            },
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "the retention policy takes no tagged manifest",
        put("registries/vault/policies", {"retention": {"status": "Enabled", "days": 1}}),
        {"*-vault": PASS},
    ),
)
