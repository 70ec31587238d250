"""Causes on the way: nothing was said about the image, because nobody answered."""

from shared.explain.attempts import Attempt, Stage
from shared.explain.labels import CauseLabel
from shared.explain.lexicon import Sign
from shared.explain.reading import Reading, Rule, likely, one_of, sure

_ACR = ("azurecr.io", "azurecr.cn", "azurecr.us", "azurecr.de")
_ALWAYS_TLS = (*_ACR, "docker.io", "mcr.microsoft.com", "quay.io", "ghcr.io", "gcr.io")
_PROXY_AUTHENTICATION = 407


def meets_proxy(attempt: Attempt) -> Reading | None:
    """Something between the client and the registry answered."""
    if attempt.has(Sign.PROXY) or attempt.status == _PROXY_AUTHENTICATION:
        return sure(CauseLabel.NETWORK_PROXY, "the answer is a proxy's")
    if attempt.has(Sign.PLAIN_HTTP):
        if attempt.asked.endswith(_ALWAYS_TLS):
            why = "this registry always speaks TLS: something in between answered in clear"
            return likely(CauseLabel.NETWORK_PROXY, why)
        return sure(CauseLabel.NETWORK_TLS, "the registry speaks plain HTTP, the client TLS")
    return None


def distrusts(attempt: Attempt) -> Reading | None:
    """A certificate or the protocol was not accepted."""
    if not attempt.has(Sign.TLS):
        return None
    return sure(CauseLabel.NETWORK_TLS, "the TLS connection was refused by one side")


def finds_no_name(attempt: Attempt) -> Reading | None:
    """The resolver has no address, or the wrong one."""
    if attempt.has(Sign.WRONG_ADDRESS):
        return sure(CauseLabel.NETWORK_DNS, "the name leads to the wrong address")
    looked_up = "lookup " in attempt.text and attempt.has(Sign.TIMEOUT, Sign.NO_CONNECTION)
    if attempt.has(Sign.LOOKUP_FAILED) or (looked_up and not attempt.address):
        return sure(CauseLabel.NETWORK_DNS, "the resolver gave no answer")
    if "connectivity_dns_error" in attempt.text:
        return sure(CauseLabel.NETWORK_DNS, "the name could not be resolved")
    if not attempt.has(Sign.NO_SUCH_HOST):
        return None
    if "azurecr" in attempt.host and not _is_login_server(attempt.host):
        return likely(CauseLabel.INVALID_REFERENCE, f"{attempt.host[:80]} is no registry's name")
    return likely(CauseLabel.NETWORK_DNS, "the name does not exist for this resolver")


def reaches_nobody(attempt: Attempt) -> Reading | None:
    """There is an address, and no connection to it."""
    if attempt.has(Sign.PRIVATE_ENDPOINT):
        return sure(CauseLabel.NETWORK_PRIVATE_ENDPOINT, "it is about the private endpoint itself")
    if not attempt.has(Sign.TIMEOUT, Sign.NO_CONNECTION):
        return _waited(attempt)
    if attempt.dials_private:
        why = "a private address was dialled, and nobody answered there"
        return sure(CauseLabel.NETWORK_PRIVATE_ENDPOINT, why)
    return sure(CauseLabel.NETWORK_TIMEOUT, "no connection to the registry came about")


def breaks_off(attempt: Attempt) -> Reading | None:
    """There was a connection, and it ended early."""
    if attempt.has(Sign.CUT_OFF):
        return likely(CauseLabel.SERVER_ERROR, "the transfer broke off in the middle")
    if attempt.text.rstrip(" .;,]\"'").endswith("eof"):
        where = "data endpoint" if attempt.stage is Stage.BLOB else "registry"
        return likely(CauseLabel.NETWORK_TIMEOUT, f"something closed the connection to the {where}")
    return None


def _waited(attempt: Attempt) -> Reading | None:
    if not attempt.has(Sign.DEADLINE):
        return None
    why = "the time ran out: before or after the name was resolved, it does not say"
    if attempt.stage in (Stage.PING, Stage.NONE):
        return one_of(why, CauseLabel.NETWORK_DNS, CauseLabel.NETWORK_TIMEOUT)
    return likely(CauseLabel.NETWORK_TIMEOUT, "the time for the request ran out")


def _is_login_server(host: str) -> bool:
    labels = host.rstrip(".").split(".")
    return ".".join(labels[-2:]) in _ACR


RULES: tuple[Rule, ...] = (meets_proxy, distrusts, finds_no_name, reaches_nobody, breaks_off)
