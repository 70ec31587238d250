"""Where a purge command does something else than its author means.

Each trap was seen by running the tool (unanchored tags, ``a|b:``, keep), is in its documentation,
or broke somebody's images (Azure/acr-cli 64, 129, 131, 210, 342, 644, Azure/acr 577).
"""

from collections.abc import Callable, Collection, Iterator

from shared.domain.cleanup import trap_filters, trap_flags
from shared.domain.cleanup.model import Trap
from shared.domain.cleanup.parts import Parts, Registry, read_parts

_LOOKS: tuple[Callable[[Parts, Registry], Iterator[Trap]], ...] = (
    trap_flags.odd_ago,
    trap_filters.globs,
    trap_filters.unanchored,
    trap_filters.alternation,
    trap_filters.everything_in_use,
    trap_flags.untagged_too,
    trap_flags.keep_after_age,
    trap_filters.shared_keep,
    trap_flags.keep_untagged,
    trap_flags.locked,
    trap_flags.old,
    trap_flags.dry,
    trap_flags.concurrency,
)


def lint(
    command: str, repositories: Collection[str] = (), in_use: Collection[str] = ()
) -> tuple[Trap, ...]:
    """The command's traps. ``repositories`` are the registry's, ``in_use`` those that workloads
    pull from (``repository``, ``repository:tag`` or ``repository@digest``).

    Every correction is of one trap: the others are still in it, but for a missing ``--ago``, which
    all of them need.

    Raises:
        RefusedError: if the command is no purge, or if the tool does not take it.

    """
    parts = read_parts(command)
    used = frozenset(name.partition("@")[0].partition(":")[0] for name in in_use)
    registry = Registry(tuple(sorted({*repositories, *used})), used)
    missing = tuple(trap_flags.missing_ago(parts, registry))
    whole = read_parts(missing[0].corrected) if missing else parts
    _ = whole.purge  # raises
    return (*missing, *(trap for look in _LOOKS for trap in look(whole, registry)))
