"""What holds for every test: bytecode is kept, and who runs where and when."""

import os
import sys
from typing import override

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # ships no types

from tests.support.order import order, part

# pytest rewrites each test module, in each of its workers, and the tests start some hundred
# processes: all of them would compile everything anew. What they keep, git ignores.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class Parts(LoadFileScheduling):  # type: ignore[misc]
    """Gives each worker one part of the suite after the other, in the order of the collection."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return part(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Parts | None:
    """Of `--dist loadfile` only; the other ways stay what they are."""
    return Parts(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several processes, what takes long begins first; within a file nothing changes."""
    if not hasattr(config, "workerinput"):
        return
    begins = order(_file(item) for item in items)
    items.sort(key=lambda item: begins[_file(item)])


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
