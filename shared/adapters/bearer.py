"""A service that is asked with the app's token: no redirect is followed, no answer is endless."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from shared.adapters.http import Http, bounded
from shared.adapters.resilience import Dependency, TransientError, asked_to_wait
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

LONGEST_ANSWER = 16 * 1024 * 1024
JSON = "application/json"
_BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class About:
    """
    What is told of a service.

    ``name`` is for people, ``token`` gives one for it, ``said`` finds the message in the body of
    a refusal, ``hint`` follows where nobody answers. ``trust`` are the authorities that may vouch
    for it, ``longest`` is the most that is read of an answer (bytes).
    """

    name: str
    token: Callable[[], Awaitable[str]]
    said: Callable[[bytes], str]
    hint: str = ""
    trust: ssl.SSLContext | bool = True
    longest: int = LONGEST_ANSWER


@dataclass(frozen=True)
class _Question:
    url: str
    parameters: Mapping[str, str] | None
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]


class Service:
    """Questions to one service: capped retries, a breaker, the lane's connections."""

    def __init__(self, about: About, settings: Settings, http: Http) -> None:
        """Use the lane's connections."""
        self._about = about
        self._http = http
        self._dependency = Dependency(about.name, settings)

    async def ask(
        self,
        url: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        accept: str = JSON,
    ) -> tuple[int, bytes]:
        """
        Ask with a GET, or a POST where there is a body. Gives the status and what was sent.

        Raises:
            CouldNotLookError: there is no token, no answer, or one that is too long; or the
                service is busy.

        """
        headers = {"Authorization": f"Bearer {await self._about.token()}", "Accept": accept}
        question = _Question(url, parameters, body, headers)
        try:
            return await self._dependency.call(lambda: self._once(question))
        except TransientError as why:
            raise CouldNotLookError(str(why)) from why

    async def _once(self, question: _Question) -> tuple[int, bytes]:
        about = self._about
        try:
            async with (
                self._http.slot() as session,
                session.request(
                    "GET" if question.body is None else "POST",
                    question.url,
                    params=question.parameters,
                    json=question.body,
                    headers=question.headers,
                    ssl=about.trust,
                    allow_redirects=False,
                ) as response,
            ):
                status, sent = response.status, response.headers
                found = await bounded(response, about.longest)
        except TimeoutError:
            raise TransientError(self._unreached("it timed out"), again=False) from None
        except (aiohttp.ClientError, OSError) as why:
            raise TransientError(self._unreached(type(why).__name__)) from why
        if found is None:
            raise CouldNotLookError(f"{about.name} sent more than {about.longest} bytes")
        if status in _BUSY:
            reason = f"{status} from {about.name}: {about.said(found)}".removesuffix(": ")
            raise TransientError(reason, retry_after=asked_to_wait(sent))
        return status, found

    def _unreached(self, why: str) -> str:
        hint = f": {self._about.hint}" if self._about.hint else ""
        return f"no connection to {self._about.name} ({why}){hint}"
