"""Azure Container Registry: login servers, data endpoints and what they store."""
