"""Where a purge command does something else than its author means."""

from collections.abc import Collection

from shared.domain.cleanup.model import Trap


def lint(
    command: str, repositories: Collection[str] = (), in_use: Collection[str] = ()
) -> tuple[Trap, ...]:
    """The command's traps. ``repositories`` are the registry's, ``in_use`` those that workloads
    pull from. Raises RefusedError if the command is no purge.
    """
    raise NotImplementedError(command, repositories, in_use)
