"""What the alerts look for really comes out of a running host."""

import pytest

from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_timers_reports_and_capacity_are_said_on_lines_of_their_own(live: Live) -> None:
    await live.swept()
    await live.watched()
    said = live.stack.log("functions").read_text()
    for signal in (
        'pullwatch.heartbeat {"timer":"sweep"}',
        'pullwatch.heartbeat {"timer":"watch"}',
        'pullwatch.capacity {"registry":"harbour.azurecr.io",',
        '"complete":true,',
    ):
        assert signal in said, signal
