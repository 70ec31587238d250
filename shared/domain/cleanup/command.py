"""An ``acr purge`` command line, as its author wrote it."""

from shared.domain.cleanup.model import Purge


def parse_purge(command: str) -> Purge:
    """Read ``acr purge ...``, an image ``.../acr-cli:TAG purge ...``, or ``az acr run|task create
    --cmd "..."`` around them. Raises RefusedError with a reason that a person understands.
    """
    raise NotImplementedError(command)
