"""Entra access tokens: RS256 with a key of the state folder, so that a restart keeps them valid."""

import time
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.estates.identity import Identity

ARM: Final = frozenset({"https://management.azure.com", "https://management.core.windows.net"})
REGISTRY: Final = frozenset({"https://containerregistry.azure.net"})
GRAPH: Final = frozenset({"https://graph.microsoft.com"})
LOGS: Final = frozenset({"https://api.loganalytics.io", "https://api.loganalytics.azure.com"})
AKS: Final = frozenset({"6dae42f8-4368-4678-94ff-3960e28e3630"})
AUDIENCES: Final = (
    ARM
    | REGISTRY
    | GRAPH
    | LOGS
    | AKS
    | {
        "https://servicebus.azure.net",
        "https://storage.azure.com",
        "https://communication.azure.com",
    }
)

LIFETIME: Final = 86_400
"""Seconds. Managed identities get tokens for a day; that is long enough for everyone here."""

_KEY_ID = "pullwatch-local"

type Claims = Mapping[str, Any]


class Issuer:
    """Issues and verifies tokens of every tenant."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    @classmethod
    def open(cls, state: Path) -> "Issuer":
        """The key kept in `state`, made there if there is none."""
        file = state / "entra.key"
        if file.exists():
            key = serialization.load_pem_private_key(
                file.read_bytes(),
                password=None,
                unsafe_skip_rsa_key_validation=True,  # it is our own, and the check is slow
            )
            if isinstance(key, rsa.RSAPrivateKey):
                return cls(key)
        state.mkdir(parents=True, exist_ok=True)
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        file.touch(mode=0o600)
        file.write_bytes(
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cls(made)

    def issue(self, who: Identity, audience: str, lifetime: int = LIFETIME) -> str:
        """A v1 access token of `who` for an audience (as asked for, with or without a slash)."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{who.tenant}/",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "appid": who.client_id,
            "idtyp": "user" if who.kind == "user" else "app",
            "oid": who.object_id,
            "sub": who.object_id,
            "tid": who.tenant,
            "uti": uuid.uuid4().hex[:22],
            "ver": "1.0",
        }
        if who.kind == "managedIdentity":
            claims["xms_mirid"] = who.id
        if audience.rstrip("/") in GRAPH:
            claims["roles"] = who.graph_permissions
        return self.sign(claims)

    def sign(self, claims: Claims) -> str:
        """A token with these claims."""
        return jwt.encode(dict(claims), self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def verify(self, token: str, audiences: Collection[str]) -> Claims | None:
        """The claims of a token for one of the audiences; None if it is none, stale or forged."""
        wanted = [form for one in audiences for form in (one.rstrip("/"), one.rstrip("/") + "/")]
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key.public_key(), algorithms=["RS256"], audience=wanted
            )
        except jwt.InvalidTokenError:
            return None
        return claims

    def public_keys(self) -> Mapping[str, Any]:
        """The JSON Web Key Set of the `jwks_uri`."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "use": "sig", "kid": _KEY_ID, "x5t": _KEY_ID}]}
