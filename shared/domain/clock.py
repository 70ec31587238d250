"""Time, as the domain writes it: always UTC, always aware."""

from datetime import UTC, datetime


def utc(text: str) -> datetime:
    """An ISO 8601 time, with seven digits and ``Z`` as Azure writes them.

    Raises:
        ValueError: naming the text.

    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text[:50]!r} is in no year from 1 to 9999") from None
