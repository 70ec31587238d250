"""What came over the wire, made an `Answer`: statuses, OCI error bodies, failed connections."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
from msgspec.structs import replace
from multidict import CIMultiDict

from shared.adapters.resilience import asked_to_wait
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import Answer, Reach, RegistryError

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
BUSY = frozenset({408, 429, 500, 502, 503, 504})
NAME_UNKNOWN, MANIFEST_UNKNOWN = "NAME_UNKNOWN", "MANIFEST_UNKNOWN"
GONE = frozenset({NAME_UNKNOWN, MANIFEST_UNKNOWN, "TAG_UNKNOWN", "BLOB_UNKNOWN"})

_MOST_ERRORS = 10
_LONGEST_TEXT = 500
_GATEWAY = {502: Reach.NO_CONNECTION, 503: Reach.NO_CONNECTION, 504: Reach.TIMED_OUT}


@dataclass(frozen=True)
class Reply:
    """An `Answer` and what came with it; ``body`` is what the registry sent, unread."""

    answer: Answer
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=CIMultiDict)

    @property
    def gone(self) -> bool:
        """Whether the registry itself said that what was asked for is not there."""
        return self.answer.status == NOT_FOUND and self.answer.code in GONE

    def read[T](self, shape: type[T]) -> T:
        """
        Read the body as JSON of a shape.

        Raises:
            CouldNotLookError: it was no success, or the body is something else.

        """
        if not self.answer.ok:
            raise CouldNotLookError(describe(self.answer))
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
            raise CouldNotLookError(f"{Reach.GARBLED.value}: {why}") from why


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Make a reply of what a registry sent."""
    answer = Answer(
        reach=Reach.ANSWERED,
        status=status,
        errors=_errors(body) if status >= 400 else (),  # noqa: PLR2004 - HTTP
        correlation_id=headers.get("x-ms-correlation-request-id", "")[:100],
        retry_after=asked_to_wait(headers),
    )
    return Reply(answer, body, headers)


def garbled(detail: str) -> Reply:
    """Make a reply of something that no registry says."""
    return Reply(Answer(reach=Reach.GARBLED, detail=one_line(detail)))


def doubted(reply: Reply) -> Reply:
    """
    Distrust a "not found" that is not in a registry's words.

    A proxy, a portal or a wrong host says 404 too, and nothing may be called missing for that.
    """
    if reply.answer.status == NOT_FOUND and not reply.answer.code:
        return garbled("404 without a registry's error in it")
    return reply


def not_connected(why: Exception) -> Reply:
    """Say how far a request came that got no answer."""
    reach = _reach(why)
    return Reply(Answer(reach=reach, detail=one_line(f"{type(why).__name__}: {_said(why)}")))


def describe(answer: Answer) -> str:
    """The answer in one line for people."""
    if answer.reach is not Reach.ANSWERED:
        return f"{answer.reach.value} ({answer.detail})" if answer.detail else answer.reach.value
    first = f" {answer.errors[0].code}: {answer.errors[0].message}" if answer.errors else ""
    return f"{answer.status}{first}"


def obstacle(answer: Answer) -> str:
    """
    What keeps the monitor from asking this registry anything, empty for nothing.

    ``answer`` is that to ``GET /v2/`` or to a request for a token.
    """
    if answer.reach is not Reach.ANSWERED or answer.status == FORBIDDEN:
        return f"not reachable from where Pullwatch runs: {describe(answer)}"
    if answer.status in BUSY:
        return f"the registry does not answer now: {describe(answer)}"
    if answer.ok or answer.status == UNAUTHORIZED:
        return ""
    return f"does not answer like a registry: {describe(answer)}"


def one_line(text: str) -> str:
    """A text of unknown origin, short and on one line."""
    return " ".join(text.split())[:_LONGEST_TEXT]


def with_detail(reply: Reply, detail: str) -> Reply:
    """The same reply with a note of ours."""
    return Reply(replace(reply.answer, detail=detail), reply.body, reply.headers)


def _reach(why: Exception) -> Reach:
    match why:
        case aiohttp.ClientHttpProxyError():
            return _GATEWAY.get(why.status, Reach.PROXY_REFUSED)
        case aiohttp.ClientConnectorDNSError():
            return Reach.NO_NAME
        case aiohttp.ClientSSLError():
            return Reach.BAD_TLS
        case TimeoutError():
            return Reach.TIMED_OUT
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError():
            return Reach.GARBLED
        case _:
            return Reach.NO_CONNECTION


def _said(why: Exception) -> str:
    """Without addresses: those of blobs are signed, those of proxies hold passwords."""
    match why:
        case aiohttp.ClientResponseError():
            return f"{why.status} {why.message}"
        case aiohttp.InvalidURL():
            return "no address"
        case _:
            return str(why)


def _errors(body: bytes) -> tuple[RegistryError, ...]:
    try:
        found = json.loads(body)["errors"]
        return tuple(_error(one) for one in found[:_MOST_ERRORS] if isinstance(one, dict))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()


def _error(one: dict[str, Any]) -> RegistryError:
    detail = one.get("detail")
    return RegistryError(
        code=one_line(str(one.get("code") or "")),
        message=one_line(str(one.get("message") or "")),
        detail="" if detail is None else one_line(json.dumps(detail)),
    )
