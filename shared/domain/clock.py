"""Time, as the domain writes it: always UTC, always aware."""

from datetime import UTC, datetime


def utc(text: str) -> datetime:
    """An ISO 8601 time, with seven digits and ``Z`` as Azure writes them.

    Raises:
        ValueError: naming the text.

    """
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
