"""Microsoft Entra ID: the login host, the managed identity endpoint, and the tokens of both."""

from local.azure.entra.tokens import Issuer

__all__ = ["Issuer"]
