"""The story of the demo comes true on the estate that it is told about."""

import pytest

from local.stack import Stack
from local.story import tell_story
from local.story.story import SCENES

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]


async def test_every_step_of_the_story_is_seen(tmp_path_factory: pytest.TempPathFactory) -> None:
    told: list[str] = []
    async with Stack(tmp_path_factory.mktemp("story")) as stack:
        steps = await tell_story(stack, told.append)
    assert [step.observed for step in steps if not step.ok] == []
    assert [step.name for step in steps] == [name for _, name, _, _ in SCENES]
    assert len(told) == 2 * len(SCENES), "why it happens, and what was seen"
