"""The attempts that a text tells of, each as a record.

Clients wrap errors in errors and join one for each credential or host that they tried: kubelet
writes ``[rpc error: ..., rpc error: ...]``, App Service a line for each try.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from msgspec import Struct

from shared.explain.lexicon import Sign, signs_in
from shared.explain.text import Body, Opened

MOST = 200
"""Attempts that are read of each end of a text."""

_JOINED = re.compile(r"[,;]\s+(?=rpc error:)|\n")
_MARK = re.compile(r"⟦(\d{1,3})⟧")
_STATUS = re.compile(
    r"(?:status|statuscode|status code|status_code|response code|error status|http)"
    r"(?: from \w+ request to \S{1,600}| of)?[\"'=:,\s]{1,3}([1-5]\d\d)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b([1-5]\d\d)[:\s]{1,2}(?:unauthorized|forbidden|not found|too many|internal server|bad "
    r"gateway|service unavailable|gateway time|proxy auth|method not)",
    re.IGNORECASE,
)
_DIAL = re.compile(r"dial tcp (\S{1,100}?):\d{1,5}\b")
_LOOKUP = re.compile(r"lookup (\S{1,260}) on (\S{1,60}?):53\b")
_PING = re.compile(r"/v2/[\"'>\\]{0,2}(?:[:\s]|$)")
_URL_HOST = re.compile(r"https?://([^/\s\"]{1,260})")
_HEADING = re.compile(r"(?::|connectivity_[a-z_]{1,30}_error)$", re.IGNORECASE)
_RETRY = "from docker hub"


class Stage(Enum):
    """How far into the pull an attempt came."""

    PING = auto()
    EXCHANGE = auto()
    TOKEN = auto()
    TAGS = auto()
    MANIFEST = auto()
    BLOB = auto()
    NONE = auto()


class Attempt(Struct, frozen=True, kw_only=True):
    """One try of a client. ``text`` is in lower case, the messages of bodies included.

    ``host`` was looked up at ``resolver``, ``asked`` is the host of the request, ``address`` what
    was dialled; ``tokened`` says that a credential was shown, ``anonymous`` that none was.
    """

    text: str
    signs: frozenset[Sign]
    stage: Stage = Stage.NONE
    status: int = 0
    codes: frozenset[str] = frozenset()
    details: str = ""
    host: str = ""
    asked: str = ""
    address: str = ""
    resolver: str = ""
    anonymous: bool = False
    tokened: bool = False

    def has(self, *signs: Sign) -> bool:
        """Whether any of the signs shows."""
        return not self.signs.isdisjoint(signs)

    @property
    def dials_private(self) -> bool:
        """Whether the connection went to a private address."""
        try:
            return ipaddress.ip_address(self.address.strip("[]")).is_private
        except ValueError:
            return "private" in self.address


def attempts_in(opened: Opened) -> list[Attempt]:
    """Every attempt, in the order of the text."""
    pieces = [piece.strip() for piece in _JOINED.split(opened.text)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) > 2 * MOST:
        pieces = pieces[:MOST] + pieces[-MOST:]
    return list(_records(_whole(pieces), opened))


def _whole(pieces: Iterable[str]) -> list[str]:
    """Put a heading and the line that it announces together again."""
    found: list[str] = []
    for piece in pieces:
        if found and _HEADING.search(found[-1]):
            found[-1] = f"{found[-1].rstrip(':')}: {piece}"
        else:
            found.append(piece)
    return found


def _records(pieces: Iterable[str], opened: Opened) -> Iterator[Attempt]:
    retried = False  # App Service: after its first try it goes on without credentials
    for piece in pieces:
        retried = retried or _RETRY in piece.lower()
        bodies = [b for n in _MARK.findall(piece) for b in opened.bodies[int(n)]]
        yield _record(_MARK.sub(" ", piece), bodies, anonymous=retried)


def _record(piece: str, bodies: list[Body], *, anonymous: bool) -> Attempt:
    messages = [body.message for body in bodies if body.message]
    text = ": ".join([piece, *messages]).lower()
    codes = frozenset(body.code.upper() for body in bodies if body.code)
    signs = signs_in("\n".join([text, *(code.lower() for code in codes)]))
    dialled, looked_up = _DIAL.search(text), _LOOKUP.search(text)
    return Attempt(
        text=text,
        signs=signs,
        stage=_stage(text),
        status=_status(text),
        codes=codes,
        details=" ".join(body.detail for body in bodies).lower(),
        host=looked_up[1] if looked_up else "",
        asked=(_URL_HOST.findall(text) or [""])[-1],
        address=dialled[1] if dialled else "",
        resolver=looked_up[2] if looked_up else "",
        anonymous=anonymous or Sign.NO_CREDENTIAL in signs,
        tokened="oauth token" in text,
    )


def _status(text: str) -> int:
    found = [int(m) for m in _REASON.findall(text)] or [int(m) for m in _STATUS.findall(text)]
    return found[-1] if found else 0


_STAGES: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (Stage.TAGS, ("tags/list", "get tags", "list of tags", "_catalog")),
    (
        Stage.EXCHANGE,
        ("oauth2/exchange", "token exchange", "connectivity_refresh_token_error", "auth url "),
    ),
    (
        Stage.TOKEN,
        ("oauth2/token", "oauth token", "anonymous token", "failed to authorize", "auth token"),
    ),
    (
        Stage.BLOB,
        (
            "/blobs/",
            "blob.core.windows.net",
            ".data.azurecr.",
            "httpreadseeker",
            "failed to copy",
            "copying blob",
            "pulling image configuration",
            "failed to register layer",
        ),
    ),
    (
        Stage.MANIFEST,
        ("/manifests/", "resolve reference", "reading manifest", "manifest for", "source metadata"),
    ),
)


def _stage(text: str) -> Stage:
    for stage, words in _STAGES:
        if any(word in text for word in words):
            return stage
    return Stage.PING if _PING.search(text) or "login attempt" in text else Stage.NONE
