"""What people would have received: the ends of the app's channels, and a page to read them.

    inbox = applications(state_dir)
    for pattern, application in inbox.hosts:      # mounted by host on the TLS listener
        ...
    page_port = await inbox.start_page(0)         # http://127.0.0.1:PORT/ and GET /messages
    smtp_port = await inbox.start_smtp(0)
    ... inbox.webhook_url ...                     # the app's TEAMS_WEBHOOK_URL
    await inbox.stop()

`GET /messages?after=N&wait=S&channel=teams` answers `{"last": n, "messages": [...]}` with the
messages after number N, waiting up to S seconds for the first one. All messages are kept in
`state_dir`/inbox.jsonl, too.
"""

from pathlib import Path

from local.inbox.inbox import Inbox
from local.inbox.messages import Mailbox, Message

__all__ = ["Inbox", "Mailbox", "Message", "applications"]


def applications(state: Path) -> Inbox:
    """The inbox that keeps what it received in `state`, with what it had before."""
    return Inbox(Mailbox.open(state / "inbox.jsonl"))
