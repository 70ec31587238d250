"""What every simulated service shares: the world, tokens, certificates, and who is calling."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from local.azure.ca import Authority
from local.azure.entra.tokens import Issuer
from local.azure.places import Callers
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.model import Estate


@dataclass
class Cloud:
    """One simulated Azure."""

    world: World
    issuer: Issuer
    authority: Authority
    callers: Callers = field(default_factory=Callers)

    @property
    def estate(self) -> Estate:
        """The estate as it is now."""
        return self.world.estate

    def bearer(self, request: web.BaseRequest, audiences: Collection[str]) -> Identity | None:
        """Whose access token of Entra a request carries; None without a good one for these."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claims = self.issuer.verify(token, audiences) if scheme.lower() == "bearer" else None
        return self.world.identity(str(claims["oid"])) if claims else None


CLOUD: Final = web.AppKey("cloud", Cloud)
