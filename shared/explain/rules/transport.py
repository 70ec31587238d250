"""Causes on the way: nothing was said about the image, because nobody answered."""

import re
from functools import lru_cache

from shared.explain.attempts import Attempt, Stage
from shared.explain.labels import CauseLabel
from shared.explain.lexicon import Sign
from shared.explain.names import is_hidden, is_masked
from shared.explain.reading import Reading, Rule, guess, likely, one_of, sure

_ACR = ("azurecr.io", "azurecr.cn", "azurecr.us", "azurecr.de")
_ALWAYS_TLS = (*_ACR, "docker.io", "mcr.microsoft.com", "quay.io", "ghcr.io", "gcr.io")
_PROXY_AUTHENTICATION = 407
_FORBIDDEN = 403
_PAGES_OF_PROXIES = (0, 200, 302)
_PAGES_OF_SERVERS = (400, 404, 405)
_BARE_STATUS = re.compile(
    r"\b(?:get|head|post) [\"']?[\ue100-\uf8ff][\"']?: (?:forbidden|bad gateway|gateway timeout"
    r"|service unavailable|authorizedonly)(?:$| ->)",
    re.MULTILINE,
)
"""How Go's net/http tells that a proxy opened no tunnel; what a registry answers has a number."""

_ENDS = re.compile(r"eof(?![\w ])")
_ASKS_RESOLVER = re.compile(r"\budp\b.{1,120}:53\b")
_AZURE_RESOLVER = "168.63.129.16"
_OTHERS = re.compile(r"certificate is valid for (?!any )[^:]{1,500}?, not ")
"""A certificate for other names."""

_SCHEMES = ("http", "https")
_ALIKE = 0.8
"""How much the end of a host's name must resemble a login server's to be meant as it."""


def meets_proxy(attempt: Attempt) -> Reading | None:
    """Something between the client and the registry answered."""
    if attempt.has(Sign.PROXY) or attempt.status == _PROXY_AUTHENTICATION:
        return sure(CauseLabel.NETWORK_PROXY, "the answer is a proxy's")
    if _BARE_STATUS.search(attempt.text) and not _is_misspelt(attempt.asked):
        why = "a status without its number after a request is what a proxy answered to CONNECT"
        return likely(CauseLabel.NETWORK_PROXY, why)
    if attempt.has(Sign.WEB_PAGE) and (found := _sends_page(attempt)):
        return found
    if attempt.has(Sign.PLAIN_HTTP):
        if attempt.asked.endswith(_ALWAYS_TLS):
            why = "this registry always speaks TLS: something in between answered in clear"
            return likely(CauseLabel.NETWORK_PROXY, why)
        told = guess if attempt.hides_host else sure
        return told(CauseLabel.NETWORK_TLS, "the registry speaks plain HTTP, the client TLS")
    return None


def _sends_page(attempt: Attempt) -> Reading | None:
    """A registry answers with JSON; a web page is somebody else's, or the registry is down."""
    if "media type text/html" in attempt.text:
        why = "a web page is stored there, or came in the place of an image"
        return one_of(why, CauseLabel.NETWORK_PROXY, CauseLabel.MANIFEST_UNSUPPORTED)
    if attempt.status == _FORBIDDEN:
        why = "a web page forbids it: a proxy's, or that of a server in front of the registry"
        return guess(CauseLabel.NETWORK_PROXY, why)
    if attempt.status in _PAGES_OF_SERVERS:
        why = "a web page came where a registry answers with JSON: a registry that is down, or none"
        return one_of(why, CauseLabel.SERVER_ERROR, CauseLabel.NETWORK_PROXY)
    if attempt.status in _PAGES_OF_PROXIES and not attempt.has(Sign.TOO_MANY):
        why = "a web page came where a registry answers with JSON, as proxies send"
        return likely(CauseLabel.NETWORK_PROXY, why)
    return None


def distrusts(attempt: Attempt) -> Reading | None:
    """A certificate or the protocol was not accepted."""
    if not attempt.has(Sign.TLS):
        return None
    why = "the TLS connection was refused by one side"
    if _OTHERS.search(attempt.text):
        why = "somebody else answered: DNS, or what intercepts TLS, leads there"
        return guess(CauseLabel.NETWORK_TLS, why)
    return sure(CauseLabel.NETWORK_TLS, why)


def names_no_registry(attempt: Attempt) -> Reading | None:
    """Nobody was reached, at a host that is misspelt."""
    unreached = attempt.has(
        Sign.SERVER_ERROR, Sign.TIMEOUT, Sign.NO_CONNECTION, Sign.NO_SUCH_HOST, Sign.LOOKUP_FAILED
    )
    host = attempt.host or (attempt.asked if unreached else "")
    if not host or not (_is_misspelt(host) or host in _SCHEMES):
        return None
    told = guess if host.count(".azurecr.") > 1 else likely  # tools append it, too
    return told(CauseLabel.INVALID_REFERENCE, f"{host[:80]} is no registry's name")


def finds_no_name(attempt: Attempt) -> Reading | None:
    """The resolver has no address, or the wrong one."""
    if attempt.has(Sign.WRONG_ADDRESS):
        return sure(CauseLabel.NETWORK_DNS, "the name leads to the wrong address")
    unanswered = attempt.has(Sign.TIMEOUT, Sign.NO_CONNECTION) and not attempt.address
    asks = "lookup " in attempt.text or _ASKS_RESOLVER.search(attempt.text)
    if attempt.has(Sign.LOOKUP_FAILED) or (unanswered and asks):
        return sure(CauseLabel.NETWORK_DNS, "the resolver gave no answer")
    if not attempt.has(Sign.NO_SUCH_HOST):
        return _broken_off(attempt)
    if attempt.host:
        return _no_such_name(attempt)
    told = guess if "lookup on " in attempt.text else likely
    return told(CauseLabel.NETWORK_DNS, "the name does not exist for this resolver")


def reaches_nobody(attempt: Attempt) -> Reading | None:
    """There is an address, and no connection to it."""
    if attempt.has(Sign.PRIVATE_ENDPOINT):
        return sure(CauseLabel.NETWORK_PRIVATE_ENDPOINT, "it is about the private endpoint itself")
    if not attempt.has(Sign.TIMEOUT, Sign.NO_CONNECTION):
        return _waited(attempt)
    if attempt.dials_private and not attempt.elsewhere:
        why = "a private address was dialled, and nobody answered there"
        return sure(CauseLabel.NETWORK_PRIVATE_ENDPOINT, why)
    hidden = attempt.dials_hidden or (attempt.dials_private and attempt.hides_host)
    told = guess if hidden else sure  # a private endpoint's address may be hidden there
    return told(CauseLabel.NETWORK_TIMEOUT, "no connection to the registry came about")


def breaks_off(attempt: Attempt) -> Reading | None:
    """There was a connection, and it ended early."""
    if attempt.has(Sign.CUT_OFF):
        return likely(CauseLabel.SERVER_ERROR, "the transfer broke off in the middle")
    if _ENDS.match(attempt.innermost):
        if attempt.stage is Stage.BLOB:
            why = "something closed the connection to the data endpoint"
            return likely(CauseLabel.NETWORK_TIMEOUT, why)
        why = "something closed the connection: what lies between, or the registry itself"
        return guess(CauseLabel.NETWORK_TIMEOUT, why)
    return None


def _waited(attempt: Attempt) -> Reading | None:
    if not attempt.has(Sign.DEADLINE):
        return _unreached(attempt)
    why = "the time ran out: before or after the name was resolved, it does not say"
    if attempt.stage in (Stage.PING, Stage.NONE) and not attempt.address:
        return one_of(why, CauseLabel.NETWORK_DNS, CauseLabel.NETWORK_TIMEOUT)
    return likely(CauseLabel.NETWORK_TIMEOUT, "the time for the request ran out")


def _unreached(attempt: Attempt) -> Reading | None:
    if not attempt.has(Sign.UNREACHED):
        return None
    why = "it was not reached: whether the name or the way fails, it does not say"
    return guess(CauseLabel.NETWORK_TIMEOUT, why)


@lru_cache(maxsize=256)
def _is_misspelt(host: str) -> bool:
    """Whether a host's name nearly ends as a login server's, or does so twice."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - for few texts, and slow to import

    if host.count(".azurecr.") > 1:
        return True
    end = ".".join(host.rstrip(".").split(".")[-2:])
    return end not in _ACR and any(
        SequenceMatcher(None, end, right).ratio() >= _ALIKE for right in _ACR
    )


def _broken_off(attempt: Attempt) -> Reading | None:
    """The lookup failed in a way that has no common name, or the end of the text is missing."""
    cut_off = attempt.innermost == "lookup" or attempt.innermost.startswith("lookup ")
    if not cut_off and "dial tcp: lookup " not in attempt.text:
        return None
    host = attempt.text.rpartition("lookup ")[2].partition(" ")[0]
    if host and is_masked(host):
        return _no_such_name(attempt)
    return likely(CauseLabel.NETWORK_DNS, "looking up the name was as far as it came")


def _no_such_name(attempt: Attempt) -> Reading:
    """A deleted or misspelt registry has no name either, and Azure's own resolver seldom fails."""
    at_azure = attempt.resolver == _AZURE_RESOLVER
    hidden = is_hidden(attempt.host) if at_azure else is_masked(attempt.host)
    if not (hidden or attempt.host.endswith(_ACR)):
        return likely(CauseLabel.NETWORK_DNS, "the name does not exist for this resolver")
    why = "the name does not exist for this resolver: DNS fails, or there is no such registry"
    if at_azure:
        gone = CauseLabel.REGISTRY_DISABLED_OR_MISSING
        return one_of(why, CauseLabel.NETWORK_DNS, gone, CauseLabel.INVALID_REFERENCE)
    return guess(CauseLabel.NETWORK_DNS, why)


RULES: tuple[Rule, ...] = (
    meets_proxy,
    distrusts,
    names_no_registry,
    finds_no_name,
    reaches_nobody,
    breaks_off,
)
