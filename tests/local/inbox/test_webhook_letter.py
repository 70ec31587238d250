"""An alert of the webhook channel, as the inbox names it."""

import pytest

from local.inbox.webhook import letter


@pytest.mark.parametrize(
    ("transition", "subject"),
    [("opened", "[WARN] It goes"), ("resolved", "[RESOLVED] It goes"), (None, "[WARN] It goes")],
)
def test_what_is_over_is_named_so(transition: str | None, subject: str) -> None:
    alert = {"outcome": "warn", "headline": "It goes", "transition": transition}
    assert letter(alert).subject == subject
