"""Names in an error text: addresses of requests, and images.

A name says nothing of a cause, whatever words it is made of: an image may well be called
``team/denied:404``. So names leave the text before its words are read; a request's address stays
known, because it says how far the pull came.
"""

import re
from enum import Enum, auto

from msgspec import Struct

FIRST_NAME = 0xE100
MOST_HOSTS = 50
MOST_NAMES = 0xF8FF - FIRST_NAME

_URL = re.compile(
    r"https?:(?://[ ]?)?(?P<host>[^\s\"'/:?,;()\[\]]{0,260}+)(?::\d{1,5})?"
    r"(?P<path>(?:/(?:sha256:|[^\s\"':?])*+)?)(?P<query>(?:\?[^\s\"']{0,4000}+)?)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"(?P<mark>[\"'])(?!microsoft\.|properties\.|application/|http|[/.])(?=[^\s\"']{0,400}[./:@])"
    r"(?P<name>[^\s\"'=]{1,400}+)(?P=mark)",
    re.IGNORECASE,
)
_IMAGE = re.compile(
    r"(?:(?<![\w./<>*-])|(?<=[a-z]://))(?:(?!aka\.ms|microsoft\.)(?:[\w*<>-]{1,63}+\.){1,8}+[\w<>-]{1,63}+(?::\d{1,5})?"
    r"(?:/[\w.<>{}*-]{1,255}+){1,20}+(?::[\w.<>-]{1,128}+)?"
    r"|[a-z0-9][\w.-]{0,127}+(?:/[\w.-]{1,255}+){1,20}+:(?=\w)[\w.-]{1,128}+)"
    r"(?:@sha256:[0-9a-f]{1,64})?",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?<=tagged by )([\"'])[^\s\"']{1,128}\1|(?<=reading manifest )[\w.-]{1,128}(?= in )",
    re.IGNORECASE,
)
_MARK = re.compile("[\ue100-\uf8ff]")
_SUFFIX = ":,;.)]}"
_MASKED = re.compile(
    r"^[*x<>{}%$.\[\]_-]*$|[*<>{}%$#\u2026]|redacted|masked|omitted|[^\x00-\u2fff]"
)


class Stage(Enum):
    """How far into the pull an attempt came."""

    PING = auto()
    EXCHANGE = auto()
    TOKEN = auto()
    TAGS = auto()
    MANIFEST = auto()
    BLOB = auto()
    NONE = auto()


class Name(Struct, frozen=True):
    """One name as it stood in the text; ``host`` and ``stage`` where it is a request's address."""

    written: str
    host: str = ""
    stage: Stage = Stage.NONE
    account: bool = False


class Names:
    """The names that were taken out of a text, each with the character that stands for it."""

    def __init__(self) -> None:
        """Start with none."""
        self.known: list[Name] = []

    def take_out(self, text: str) -> str:
        """The text with one character in the place of each name."""
        text = _URL.sub(lambda m: self._mark(_request(m), _tail(m[0])), text)
        text = _QUOTED.sub(lambda m: self._mark(_image(m["name"]), ""), text)
        text = _SPOKEN.sub(lambda m: self._mark(Name(m[0]), ""), text)
        return _IMAGE.sub(lambda m: self._mark(_image(m[0]), _tail(m[0])), text)

    def of(self, part: str) -> tuple[Name, ...]:
        """The names that stood in a part of the text, in their order."""
        return tuple(self.known[ord(mark) - FIRST_NAME] for mark in _MARK.findall(part))

    def hosts(self) -> tuple[str, ...]:
        """The first hosts that the text names."""
        return tuple(name.host for name in self.known[:MOST_HOSTS] if name.host)

    def put_back(self, part: str) -> str:
        """The part as it was written."""
        return _MARK.sub(lambda m: self.known[ord(m[0]) - FIRST_NAME].written, part)

    def _mark(self, name: Name, tail: str) -> str:
        if len(self.known) >= MOST_NAMES:
            return name.written
        self.known.append(name)
        return chr(FIRST_NAME + len(self.known) - 1) + tail


def holds_name(part: str) -> bool:
    """Whether a name stood in a part of the text."""
    return bool(_MARK.search(part))


def is_masked(host: str) -> bool:
    """Whether somebody hid a host before showing the text: ``***``, ``<registry>``."""
    return bool(_MASKED.search(host))


def is_hidden(host: str) -> bool:
    """Whether a host is masked, or a word stands in its place that is no host of the internet."""
    return is_masked(host) or ("." not in host and host != "localhost")


def _tail(written: str) -> str:
    """What a sentence put after a name without a space."""
    return written[len(written.rstrip(_SUFFIX)) :]


def _request(found: re.Match[str]) -> Name:
    host = found["host"].lower()
    path, query = found["path"].lower().rstrip(_SUFFIX), found["query"].lower()
    stage = _stage(host, path, query)
    if stage is Stage.NONE and not path.startswith(("/v1/", "/v2/")):
        host = ""  # a link for people
    return Name(found[0].rstrip(_SUFFIX), host, stage, account="account=" in query)


def _image(written: str) -> Name:
    """An image's name, or the address of a request without its scheme."""
    host, _, path = written.lower().partition("/")
    stage = Stage.BLOB if _holds_blobs(host) else Stage.NONE
    if path.startswith("v2/"):
        stage = _stage(host, f"/{path}", "")
    is_host = bool(path) and ("." in host or host.rpartition(":")[2].isdecimal())
    return Name(written.rstrip(_SUFFIX), host if is_host else "", stage)


def _stage(host: str, path: str, query: str) -> Stage:
    if "/oauth2/exchange" in path:
        return Stage.EXCHANGE
    if "/token" in path or "scope=repository" in query or "service=" in query:
        return Stage.TOKEN
    if "/tags/list" in path or "/_catalog" in path or "/_tags" in path:
        return Stage.TAGS
    if "/blobs/" in path or _holds_blobs(host):
        return Stage.BLOB
    if "/manifests/" in path or "/_manifests" in path:
        return Stage.MANIFEST
    return Stage.PING if path in ("/v2/", "/v2") else Stage.NONE


def _holds_blobs(host: str) -> bool:
    return host.endswith(".blob.core.windows.net") or ".data." in host
