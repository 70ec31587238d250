"""Pullwatch, the app: why an image in Azure Container Registry cannot be pulled."""
