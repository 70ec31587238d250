"""What clean-ups will take: ``acr purge`` commands, their tasks and the retention policy, foreseen.

Nothing here reads a registry: contents and the time are arguments.
"""

from shared.domain.cleanup.command import parse_purge
from shared.domain.cleanup.doom import doomed
from shared.domain.cleanup.foresight import foresee
from shared.domain.cleanup.model import (
    Attributes,
    CleanupPlan,
    CleanupTask,
    Doomed,
    Loss,
    LossKind,
    ManifestEntry,
    Purge,
    RefusedError,
    RegistryContents,
    RepositoryContents,
    RetentionPolicy,
    TagEntry,
    Trap,
)
from shared.domain.cleanup.tasks import read_encoded_task, read_task
from shared.domain.cleanup.traps import lint

__all__ = [
    "Attributes",
    "CleanupPlan",
    "CleanupTask",
    "Doomed",
    "Loss",
    "LossKind",
    "ManifestEntry",
    "Purge",
    "RefusedError",
    "RegistryContents",
    "RepositoryContents",
    "RetentionPolicy",
    "TagEntry",
    "Trap",
    "doomed",
    "foresee",
    "lint",
    "parse_purge",
    "read_encoded_task",
    "read_task",
]
