"""Cards as Microsoft's own parser (npm adaptivecards) reads them."""

import asyncio
import json
from typing import Any

import pytest

from local import azurite
from tests.support.alerts import gallery
from tests.unit.notify.test_card import runs, sent

pytestmark = pytest.mark.contract

SCRIPT = "tests/support/parse_cards.cjs"
LIBRARY = azurite.MODULES / "node_modules/adaptivecards/dist/adaptivecards.js"


async def parsed(cards: dict[str, Any]) -> dict[str, Any]:
    """What the parser finds wrong with each card, and what it keeps of it."""
    await azurite.install(print)
    process = await asyncio.create_subprocess_exec(
        azurite.node(),
        SCRIPT,
        LIBRARY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(cards).encode())
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    return found


async def test_microsofts_parser_finds_nothing_wrong_and_drops_no_text() -> None:
    cards = {name: sent(alert) for name, alert in gallery().items()}
    found = await parsed(cards)
    assert [name for name, one in found.items() if one["problems"]] == []
    assert found.keys() == cards.keys()
    for name, card in cards.items():
        kept = [run["text"] for run in runs(found[name]["kept"])]
        assert kept == [run["text"] for run in runs(card)]


async def test_the_parser_would_tell() -> None:
    wrong = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "Nothing"}]}
    assert (await parsed({"wrong": wrong}))["wrong"]["problems"]
