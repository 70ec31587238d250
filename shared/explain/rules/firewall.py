"""Causes in how the registry's firewall refuses."""

from shared.explain.attempts import Attempt, Stage
from shared.explain.labels import CauseLabel
from shared.explain.lexicon import Sign
from shared.explain.reading import Reading, Rule, guess, likely, one_of, sure

_FORBIDDEN = 403
_LOGIN = (Stage.TOKEN, Stage.EXCHANGE, Stage.PING)


def is_firewalled(attempt: Attempt) -> Reading | None:
    """The firewall says so itself."""
    if attempt.has(Sign.FIREWALL):
        why = "the registry's firewall refused the address, whoever asked"
        return sure(CauseLabel.NETWORK_FIREWALL_IP, why)
    return None


def is_told_by_firewall(attempt: Attempt) -> Reading | None:
    """The registry's own sentence, whatever a client or a log wraps around it."""
    fixed = "client with ip" in attempt.text or "acr/firewall" in attempt.written
    return is_firewalled(attempt) if fixed else None


def is_silent(attempt: Attempt) -> Reading | None:
    """``/v2/`` did not ask for credentials; at a registry that is reached, it always does."""
    if not attempt.has(Sign.NO_CHALLENGE):
        return None
    why = "the registry did not even ask for credentials, as behind a firewall"
    if attempt.has(Sign.CHALLENGE_CHECK):
        return guess(CauseLabel.NETWORK_FIREWALL_IP, why)
    return likely(CauseLabel.NETWORK_FIREWALL_IP, why)


def is_forbidden(attempt: Attempt) -> Reading | None:
    """403 is the network at Azure Container Registry, not a missing right."""
    if attempt.status != _FORBIDDEN or attempt.has(Sign.EXPIRED):
        return None
    if attempt.elsewhere:
        return one_of(
            "403 says that the registry refuses, not why",
            CauseLabel.AUTH_BAD_CREDENTIALS,
            CauseLabel.AUTH_TOKEN_SCOPE,
        )
    if attempt.stage is Stage.TOKEN:
        return one_of(
            "a token is refused with 403 when the request comes by a closed way",
            CauseLabel.NETWORK_FIREWALL_IP,
            CauseLabel.NETWORK_PRIVATE_ENDPOINT,
        )
    if attempt.stage in _LOGIN or attempt.on_acr or attempt.has(Sign.EXCHANGE_REFUSED):
        told = guess if "permission" in attempt.text else sure
        return told(CauseLabel.NETWORK_FIREWALL_IP, "403 before any login is the firewall")
    return one_of(
        "403 says that somebody refuses, not who",
        CauseLabel.NETWORK_FIREWALL_IP,
        CauseLabel.AUTH_TOKEN_SCOPE,
    )


FIRST: tuple[Rule, ...] = (is_told_by_firewall,)
