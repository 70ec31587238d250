"""YAML from strangers: no tags, no anchors, no depth, no size."""

from typing import Any

import yaml

from shared.domain.cleanup.model import RefusedError

LONGEST = 64_000
"""Characters of a task file. Real ones have under a thousand."""
DEEPEST = 30
MOST_EVENTS = 5_000


def read_yaml(text: str) -> Any:
    """One document of plain values. Raises RefusedError."""
    if len(text) > LONGEST:
        raise RefusedError(f"the task has more than {LONGEST} characters")
    try:
        _look(text)
        return yaml.safe_load(text)
    except RefusedError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as why:
        told = " ".join(str(why).split())[:200]
        raise RefusedError(f"the task is no YAML: {told}") from why


def _look(text: str) -> None:
    """Refuse what could cost time or memory, event by event."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise RefusedError("the task uses a YAML alias (*name), which is not followed")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST_EVENTS:
            raise RefusedError("the task is nested too deeply or has too many parts")
