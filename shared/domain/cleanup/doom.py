"""What one run of a purge takes from a registry."""

from datetime import datetime

from shared.domain.cleanup.model import Doomed, Purge, RegistryContents


def doomed(purge: Purge, contents: RegistryContents, now: datetime) -> Doomed:
    """What the purge would take if it ran now. Never raises: what is not known is ``refused``."""
    raise NotImplementedError(purge, contents, now)
