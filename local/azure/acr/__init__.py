"""Azure Container Registry: the login servers, and the data endpoints behind them.

Both applications expect `request["place"]`, a `Place`: where the client stands. Without it the
client is on the internet. They find the registry by the Host header.
"""

from local.azure.acr.application import application, data_application
from local.azure.acr.service import Service, TokenVerifier

__all__ = ["Service", "TokenVerifier", "application", "data_application"]
