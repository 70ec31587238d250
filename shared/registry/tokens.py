"""
Entra token -> refresh token -> access token (``/oauth2/exchange``, ``/oauth2/token``).

One refresh token per registry, one access token per scope; each is asked for once, however many
wait for it. Tokens go to the login server that is named by the caller, which must be a known one:
never to a realm that a challenge names.
"""

import base64
import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.adapters.credentials import Credentials
from shared.adapters.resilience import cached_until_stale
from shared.domain.facts.registry import Answer
from shared.domain.facts.workload import Audience
from shared.registry.answers import UNAUTHORIZED, Reply, garbled
from shared.registry.data_plane import Ask, DataPlane

CATALOG = "registry:catalog:*"
RENEW_BEFORE = 300.0
_TOKEN_LIMIT = 64 * 1024
_FRESH = 60.0


@dataclass(frozen=True)
class Grant:
    """What a registry gave us: a token and its actions, or the answer that was a refusal."""

    answer: Answer
    stale_at: float
    token: str = field(default="", repr=False)
    actions: tuple[str, ...] = ()
    given_at: float = 0.0

    def allows(self, action: str) -> bool:
        """Whether the token carries an action such as ``pull``."""
        return action in self.actions or "*" in self.actions


def repository_scope(repository: str, actions: str = "pull,metadata_read") -> str:
    """The scope to ask for. Listing needs ``metadata_read``, which ``pull`` does not include."""
    return f"repository:{repository}:{actions}"


class Tokens:
    """The monitor's tokens for registries."""

    def __init__(self, plane: DataPlane, credentials: Credentials, refusal_seconds: float) -> None:
        """
        Remember a refusal for ``refusal_seconds``, so that it is not asked for again at once.

        A token with fewer actions than were asked for is one, too: once somebody has given the
        right, nobody waits for an hour until it ends.
        """
        self._plane = plane
        self._credentials = credentials
        self._refusal_seconds = refusal_seconds
        self._refresh = cached_until_stale(self._exchange)
        self._access = cached_until_stale(self._grant)

    async def access(self, host: str, scope: str) -> Grant:
        """
        Get an access token of a known registry for a scope.

        Raises:
            CouldNotLookError: Entra gave no token, or the registry's breaker is open.

        """
        return await self._access((host, scope))

    async def refresh(self, host: str) -> Grant:
        """
        Get the refresh token of a known registry, or the answer that was a refusal.

        Raises:
            CouldNotLookError: Entra gave no token, or the registry's breaker is open.

        """
        return await self._refresh(host)

    def outdated(self, host: str, scope: str, grant: Grant) -> bool:
        """Drop a token that the registry refused, unless it is so new that another would not do."""
        old = time.time() - grant.given_at > _FRESH
        if old:
            self._access.forget((host, scope))
        return old

    async def _exchange(self, host: str) -> Grant:
        entra = await self._credentials.token(Audience.ACR.value)
        form = {"grant_type": "access_token", "service": host, "access_token": entra}
        return await self._ask(host, "/oauth2/exchange", form, "refresh_token")

    async def _grant(self, key: tuple[str, str]) -> Grant:
        host, scope = key
        refresh = await self._refresh(host)
        granted = await self._use(host, scope, refresh)
        if granted.answer.status == UNAUTHORIZED and time.time() - refresh.given_at > _FRESH:
            self._refresh.forget(host)
            granted = await self._use(host, scope, await self._refresh(host))
        return granted

    async def _use(self, host: str, scope: str, refresh: Grant) -> Grant:
        if not refresh.token:
            return refresh
        form = {
            "grant_type": "refresh_token",
            "service": host,
            "scope": scope,
            "refresh_token": refresh.token,
        }
        return await self._ask(host, "/oauth2/token", form, "access_token")

    async def _ask(self, host: str, path: str, form: Mapping[str, str], name: str) -> Grant:
        reply = await self._plane.ask(Ask(host, path, form=form, most=_TOKEN_LIMIT))
        now = time.time()
        if reply.answer.ok:
            token = _field(reply, name)
            claims = _claims(token) if token else None
            if claims is not None:
                actions = _actions(claims)
                stale_at = _stale_at(claims, now)
                if _lacks(actions, form.get("scope", "")):
                    stale_at = min(stale_at, now + self._refusal_seconds)
                return Grant(reply.answer, stale_at, token, actions, now)
            reply = garbled(f"{path} gave no token that can be read")
        return Grant(reply.answer, now + self._refusal_seconds, given_at=now)


def _field(reply: Reply, name: str) -> str:
    try:
        value = json.loads(reply.body)[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _claims(token: str) -> dict[str, Any] | None:
    """Read a JWT's claims; the signature is the registry's affair, which it came from."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _stale_at(claims: Mapping[str, Any], now: float) -> float:
    expires = claims.get("exp")
    left = expires - now if isinstance(expires, int | float) else 0.0
    return now + max(left - RENEW_BEFORE, left / 2)


def _lacks(actions: Collection[str], scope: str) -> bool:
    """Whether a token allows less than its scope (``repository:app:pull,...``) asked for."""
    wanted = set(scope.rpartition(":")[2].split(",")) if scope else set[str]()
    return "*" not in actions and not wanted.issubset(actions)


def _actions(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Read ``access[].actions``: a 200 can come with fewer actions than were asked for."""
    access = claims.get("access")
    found = {
        action
        for entry in (access if isinstance(access, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("actions"), list)
        for action in entry["actions"]
        if isinstance(action, str)
    }
    return tuple(sorted(found))
