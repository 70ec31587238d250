"""What an answer of the registry to the monitor proves about an image."""

from shared.checks.base import CannotTellError, known
from shared.domain.facts.base import Unavailable
from shared.domain.facts.registry import Answer, MonitorAccess, Reach

LOOKING = frozenset({"pull", "metadata_read", "*", "content/read", "metadata/read"})
"""Actions of an access token with which "not found" means that something is not there."""

NOT_FOUND, DISALLOWED, FORBIDDEN, THROTTLED = 404, 405, 403, 429
DISALLOWED_CODE = "REGISTRY_DISALLOWED_OPERATION"
NAME_UNKNOWN, MANIFEST_UNKNOWN = "NAME_UNKNOWN", "MANIFEST_UNKNOWN"


def is_missing(answer: Answer, access: MonitorAccess | Unavailable) -> bool:
    """Whether what was asked for is proven missing (True) or proven there (False).

    Raises:
        CannotTellError: the answer proves neither.
        MissingEvidenceError: whether the monitor may look is not known.

    """
    if answer.ok or is_disallowed(answer):
        return False
    if answer.reach is not Reach.ANSWERED:
        raise CannotTellError(f"Pullwatch's own request: {answer.reach.value}")
    if answer.status != NOT_FOUND:
        raise CannotTellError(_why_not(answer))
    if not LOOKING.intersection(known(access).actions):
        raise CannotTellError("the registry said 'not found', but Pullwatch may not look there")
    return True


def is_disallowed(answer: Answer) -> bool:
    """Whether the registry refuses to hand out what is there: locked, or in quarantine."""
    return answer.status == DISALLOWED or answer.code == DISALLOWED_CODE


def _why_not(answer: Answer) -> str:
    if answer.status == THROTTLED:
        return "the registry throttles Pullwatch itself"
    if answer.status == FORBIDDEN:
        return "the registry's firewall does not admit Pullwatch itself"
    said = f" {answer.code}" if answer.code else ""
    return f"the registry answered Pullwatch itself {answer.status}{said}"
