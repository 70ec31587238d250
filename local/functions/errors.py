"""The one error with which the host refuses to start."""


class StartupError(Exception):
    """A mistake in the app or its settings; `str()` is meant for the one who starts the host."""
