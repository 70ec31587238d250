"""The routes over a world in memory."""

import pytest

from shared import bootstrap
from tests.support.fakes import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The world that the routes get their services from."""
    made = World()
    monkeypatch.setattr(bootstrap, "urgent", lambda: made.services)
    monkeypatch.setattr(bootstrap, "afresh", lambda: made.services)
    return made
