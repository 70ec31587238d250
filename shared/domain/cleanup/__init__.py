"""What clean-ups will take: ``acr purge``, its tasks and the retention policy, foreseen.

Nothing here reads a registry: contents and the time are arguments.
"""

from shared.domain.cleanup.command import parse_purge
from shared.domain.cleanup.contents import BadContentsError, parse_contents
from shared.domain.cleanup.doom import doomed, doomed_in_turn
from shared.domain.cleanup.foresight import Foresight, foresee, foretell
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
    "BadContentsError",
    "CleanupPlan",
    "CleanupTask",
    "Doomed",
    "Foresight",
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
    "doomed_in_turn",
    "foresee",
    "foretell",
    "lint",
    "parse_contents",
    "parse_purge",
    "read_encoded_task",
    "read_task",
]
