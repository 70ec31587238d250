"""Whom clients in tests trust: read once, since a bundle holds every CA of the system."""

import ssl
from functools import cache
from pathlib import Path


@cache
def trusting(bundle: Path) -> ssl.SSLContext:
    """A context of clients that trust this bundle, which stays as it is."""
    return ssl.create_default_context(cafile=str(bundle))
