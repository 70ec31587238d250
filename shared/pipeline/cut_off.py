"""Alerts that were cut off while they were sent: named in one notice, neither repeated nor lost.

No webhook says whether it has had a message before. Sent again, an alert might come twice; not
sent again, it might never come. So the next notice of its channel names it, with its fix.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from shared.adapters.queue import Outgoing
from shared.domain.alerts import Announcement, Topic
from shared.pipeline.services import Services

GATHERING = timedelta(seconds=10)
"""How long a notice waits for more: a process that dies cuts off several alerts at once."""


async def remember(services: Services, announcement: Announcement) -> None:
    """Keep an alert of which nobody knows whether it arrived, and have a notice name it.

    What is cut off within the same few seconds shares one notice: two at the same time would both
    name everything.
    """
    await services.store.ledger.cut_off(announcement)
    turn = int(services.now().timestamp() // GATHERING.total_seconds())
    notice = Announcement(
        id=f"cut-off:{announcement.channel}:{turn}",
        channel=announcement.channel,
        topic=Topic.CUT_OFF,
        about="",
        at=services.now(),
    )
    due = datetime.fromtimestamp((turn + 2) * GATHERING.total_seconds(), UTC)
    message = Outgoing(notice.id, msgspec.json.encode(notice), due)
    await services.queue.send(services.settings.alerts_queue, [message])
