"""Snapshots of the world, so that edits can be undone."""

from collections import deque
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from local.azure.contents.model import Contents
from local.azure.faults import Faults
from local.azure.world import World
from local.estates.model import Estate

DEPTH: Final = 20
"""How many edits can be undone."""


@dataclass(frozen=True)
class Snapshot:
    """What a verb may change."""

    verb: str
    estate: Estate
    contents: dict[str, Contents]
    faults: Faults


class History:
    """The last edits; bytes of blobs are shared, not copied."""

    def __init__(self, world: World) -> None:
        """Know the world; nothing is kept yet."""
        self._world = world
        self._kept: deque[Snapshot] = deque(maxlen=DEPTH)

    def snapshot(self, verb: str) -> Snapshot:
        """The world as it is before a verb."""
        world = self._world
        parts = deepcopy((world.estate, world.contents, world.faults))
        return Snapshot(verb, *parts)

    def keep(self, snapshot: Snapshot) -> None:
        """Remember a snapshot once its verb has succeeded."""
        self._kept.append(snapshot)

    def undo(self) -> str | None:
        """Go back before the last edit; its verb, or None without one. No event tells of it."""
        if not self._kept:
            return None
        found = self._kept.pop()
        # In place: services hold on to the estate and its faults.
        for name in found.estate.__struct_fields__:
            setattr(self._world.estate, name, getattr(found.estate, name))
        self._world.contents.clear()
        self._world.contents.update(found.contents)
        vars(self._world.faults).update(vars(found.faults))
        return found.verb

    def forget(self) -> None:
        """Nothing can be undone any more."""
        self._kept.clear()
