"""Alerts that were cut off while they were sent: named in one notice, neither repeated nor lost.

No webhook says whether it has had a message before. Sent again, an alert might come twice; not
sent again, it might never come. So the next notice of its channel names it, with its fix.
"""

from datetime import timedelta

import msgspec

from shared.adapters.queue import Outgoing
from shared.domain.alerts import Announcement, Topic
from shared.pipeline.services import Services

GATHERING = timedelta(seconds=10)
"""How long a notice waits for more: a process that dies cuts off several alerts at once."""


async def remember(services: Services, announcement: Announcement) -> None:
    """Keep an alert of which nobody knows whether it arrived, and have a notice name it."""
    await services.store.ledger.cut_off(announcement)
    notice = Announcement(
        id=f"cut-off:{announcement.id}",
        channel=announcement.channel,
        topic=Topic.CUT_OFF,
        about="",
        at=services.now(),
    )
    message = Outgoing(notice.id, msgspec.json.encode(notice), services.now() + GATHERING)
    await services.queue.send(services.settings.alerts_queue, [message])
