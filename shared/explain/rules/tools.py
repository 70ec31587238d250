"""Texts of tools that name what they found: az acr check-health, Container Instances, the kubelet's
credential provider.
"""

from shared.explain.attempts import Attempt
from shared.explain.labels import CauseLabel
from shared.explain.lexicon import Sign
from shared.explain.reading import Reading, Rule, guess, one_of, sure

_SILENT = (
    "inaccessibleimage",
    "imagepullfailure",
    "imagepullbackoff",
    "errimagepull",
    "back-off pulling image",
)


_FINE = ("ok", "succeeded", "passed", "available")
"""How a line ends that tells of no error."""

_SHORT = 100
"""Characters of such a line."""


def is_no_pull(attempt: Attempt) -> Reading | None:
    """A line of the same log about something else."""
    if attempt.innermost in _FINE and len(attempt.text) <= _SHORT:
        return one_of("it is about something that went well")
    if attempt.has(Sign.NO_PULL):
        return one_of("it is about a container that runs, not about a pull")
    return None


def lacks_daemon(attempt: Attempt) -> Reading | None:
    """The client did not even reach the daemon that would have pulled."""
    if attempt.has(Sign.NO_DAEMON) and not attempt.has(Sign.UNAUTHORIZED, Sign.DENIED):
        return one_of("the container daemon of the machine did not answer: nothing was pulled")
    return None


def lacks_actions(attempt: Attempt) -> Reading | None:
    """``az acr check-health`` compared the actions in the access token."""
    told = any(word in attempt.text for word in ("lack", "abac", "needs", "requires", "missing"))
    if told and attempt.has(Sign.LACKS_ACTIONS):
        why = "a token was given, but not for this repository, as ABAC registries do"
        return sure(CauseLabel.ABAC_ROLE, why)
    return None


def lacks_role(attempt: Attempt) -> Reading | None:
    """Azure Resource Manager, or Container Apps of an identity that cannot pull."""
    if attempt.has(Sign.LACKS_ROLE):
        why = "Azure names the action that the identity has no role for"
        return sure(CauseLabel.AUTH_MISSING_ROLE, why)
    if attempt.has(Sign.IDENTITY_CANNOT) and not attempt.status:
        why = "the identity is there and cannot pull, most often for want of a role"
        return guess(CauseLabel.AUTH_MISSING_ROLE, why)
    return None


def only_says_so(attempt: Attempt) -> Reading | None:
    """Platforms that say that a pull failed, and keep the reason to themselves."""
    if "inaccessibleimage" in attempt.text or "please check the image and registry" in attempt.text:
        return one_of(
            "Container Instances say this of credentials, firewalls and wrong names alike",
            CauseLabel.AUTH_BAD_CREDENTIALS,
            CauseLabel.AUTH_MISSING_ROLE,
            CauseLabel.NETWORK_FIREWALL_IP,
            CauseLabel.NOT_FOUND_TAG,
        )
    if "registryerrorresponse" in attempt.text:
        why = "Container Instances say this of a registry that fails, and of one that throttles"
        return one_of(why, CauseLabel.SERVER_ERROR, CauseLabel.THROTTLED)
    if any(word in attempt.text for word in _SILENT):
        return one_of("the platform only says that the pull failed")
    return None


RULES: tuple[Rule, ...] = (is_no_pull, lacks_daemon, lacks_actions, lacks_role)
LAST: tuple[Rule, ...] = (only_says_so,)
