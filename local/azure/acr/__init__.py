"""Azure Container Registry: the login servers, and the data endpoints behind them.

Both applications find the registry by the Host header, and where the client stands by
`request[CALLER]`, as the listener sets it; without it the client is on the internet.
"""

from local.azure.acr.application import application, data_application
from local.azure.acr.service import Service, TokenVerifier

__all__ = ["Service", "TokenVerifier", "application", "data_application"]
