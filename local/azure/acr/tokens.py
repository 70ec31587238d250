"""Refresh and access tokens of registries: JSON Web Tokens that clients may read, not forge."""

import secrets
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import jwt

from local.azure.acr.accounts import Account
from local.estates.registry import Registry

REFRESH_LIFETIME: Final = timedelta(hours=3)
ACCESS_LIFETIME: Final = timedelta(minutes=75)

type Kind = Literal["refresh_token", "access_token"]
type Access = list[dict[str, Any]]
"""`[{"type": "repository", "name": "app", "actions": ["pull"]}]`."""


class Signer:
    """Signs and reads the tokens of all registries; its key lives as long as the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self.blob_key = secrets.token_bytes(32)
        """Signs the URLs of blobs."""

    def refresh_token(self, registry: Registry, who: Account, now: datetime) -> str:
        """A refresh token for an account."""
        claims: dict[str, Any] = {"grant_type": "refresh_token"}
        return self._sign(registry, who, claims | times(now, REFRESH_LIFETIME))

    def access_token(self, registry: Registry, who: Account, access: Access, now: datetime) -> str:
        """An access token that carries exactly the access granted."""
        claims = {"grant_type": "access_token", "access": access}
        return self._sign(registry, who, claims | times(now, ACCESS_LIFETIME))

    def read(
        self, token: str, kind: Kind, registry: Registry, now: datetime
    ) -> tuple[Account, Access] | None:
        """Whose token it is and what it grants; None if it is not valid here and now.

        A change of the role assignment mode makes issued tokens invalid.
        """
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=registry.login_server,
                options=options,
            )
        except jwt.InvalidTokenError:
            return None
        fresh = claims["exp"] > now.timestamp() and claims["mode"] == registry.role_assignment_mode
        if not fresh or claims["grant_type"] != kind:
            return None
        return Account(**claims["account"]), claims.get("access", [])

    def _sign(self, registry: Registry, who: Account, claims: dict[str, Any]) -> str:
        common = {
            "jti": str(uuid.uuid4()),
            "sub": who.name,
            "iss": "Azure Container Registry",
            "aud": registry.login_server,
            "version": "1.0",
            "roles": [],
            "mode": registry.role_assignment_mode,
            "account": asdict(who),
        }
        return jwt.encode(common | claims, self._key, algorithm="HS256")


def times(now: datetime, lifetime: timedelta) -> dict[str, Any]:
    """From when to when a token is valid."""
    start = int(now.timestamp())
    return {"nbf": start, "iat": start, "exp": int((now + lifetime).timestamp())}
