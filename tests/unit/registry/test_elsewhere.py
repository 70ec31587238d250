"""Other registries are asked for a lost image, and none is waited for twice."""

import asyncio
from dataclasses import dataclass
from typing import cast

import pytest

from shared.domain.facts.beside import Elsewhere
from shared.domain.facts.registry import ManifestState
from shared.domain.images import Digest
from shared.registry.elsewhere import ElsewhereLooker
from shared.registry.one_image import NOTHING_KEPT
from shared.registry.repository import Repository

DIGEST = Digest("sha256:" + "a" * 64)


@dataclass
class Other:
    """A repository that has the digest, or is silent for ever."""

    host: str
    silent: bool = False
    asked: int = 0

    async def holds(self, digest: str) -> bool:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        return True


async def nothing_kept(home: Repository, digest: str) -> ManifestState:
    del home, digest
    return NOTHING_KEPT


async def test_who_is_silent_holds_up_one_look_and_is_left_out_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.registry.elsewhere.PATIENCE", 0.01)
    looker, home = ElsewhereLooker(nothing_kept), cast("Repository", Other("home"))
    quick, silent = Other("quick"), Other("silent", silent=True)
    others = [cast("Repository", one) for one in (quick, silent)]
    for _ in range(2):
        (told,) = await looker.look(home, others, DIGEST)
        assert isinstance(told, Elsewhere)
        assert (told.login_servers, told.asked, told.known) == (("quick",), 1, 2)
    assert (quick.asked, silent.asked) == (2, 1)
