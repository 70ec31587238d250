"""Whose credential a request carries."""

from dataclasses import dataclass
from typing import Literal

from local.estates.identity import Identity


@dataclass(frozen=True)
class Account:
    """Nobody, the admin account, a token of the registry, or a principal of Entra."""

    kind: Literal["anonymous", "admin", "token", "identity"]
    key: str = ""
    """Name of the admin account or token; name of the identity in the estate."""
    name: str = ""
    """How logs and events name it: user principal name, client id, or the key."""
    object_id: str = ""

    @property
    def subject(self) -> str:
        """A text that tells accounts apart, for tokens."""
        return f"{self.kind}:{self.key}"


ANONYMOUS = Account("anonymous")


def of_identity(identity: Identity, domain: str) -> Account:
    """The account of a principal: users are named as they sign in, all others by client id."""
    is_user = identity.kind == "user"
    name = f"{identity.name}@{domain}" if is_user else identity.client_id
    return Account("identity", identity.name, name, identity.object_id)
