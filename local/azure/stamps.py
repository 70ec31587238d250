"""Times as Azure's services write them."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A time as ARM writes it, seven digits of a second: `2021-06-15T21:38:26.1537860Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def seconds(moment: datetime) -> str:
    """A time in whole seconds, as Kubernetes writes it: `2021-06-15T21:38:26Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
