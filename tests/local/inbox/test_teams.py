"""The Teams end answers as a workflow does: 202 first, and a failed run where nobody looks."""

import re
from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from local.inbox import Inbox
from local.inbox.teams import MAX_BYTES, message_bytes

CARD = "application/vnd.microsoft.card.adaptive"


def envelope(text: str, kind: str = CARD) -> dict[str, Any]:
    block = {"type": "TextBlock", "text": text}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


async def post(http: ClientSession, url: str, body: object) -> int:
    async with http.post(URL(url, encoded=True), json=body) as answer:
        return answer.status


async def test_a_card_is_accepted_and_kept(inbox: Inbox, teams: str, http: ClientSession) -> None:
    assert await post(http, teams, envelope("An image is gone")) == 202
    [message] = inbox.mailbox.after(0)
    assert (message.subject, message.failure) == ("An image is gone", "")
    assert message.card
    assert message.card["body"][0]["text"] == "An image is gone"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "message", "text": "no attachments"},
        {"@type": "MessageCard", "title": "an Office 365 connector card"},
        envelope("a wrong content type", "application/json"),
        {"attachments": [{"contentType": CARD, "content": {"type": "Message"}}]},
        {"attachments": [7]},
        ["a list"],
    ],
)
async def test_what_is_no_card_is_accepted_but_shown_to_nobody(
    inbox: Inbox, teams: str, http: ClientSession, body: object
) -> None:
    assert await post(http, teams, body) == 202
    [message] = inbox.mailbox.after(0)
    assert message.failure


async def test_a_card_over_28_kb_as_teams_counts_fails_the_run(
    inbox: Inbox, teams: str, http: ClientSession
) -> None:
    assert await post(http, teams, envelope("x" * 29_000)) == 202
    [message] = inbox.mailbox.after(0)
    assert "MessageSizeExceeded" in message.failure


def test_every_quote_of_a_card_counts_twice() -> None:
    assert message_bytes({"a": ""}) == len(r'"{\"a\":\"\"}"')


async def test_a_card_just_under_the_limit_is_shown(
    inbox: Inbox, teams: str, http: ClientSession
) -> None:
    overhead = message_bytes(envelope("")["attachments"][0]["content"])
    assert await post(http, teams, envelope("x" * (MAX_BYTES - overhead))) == 202
    assert await post(http, teams, envelope("x" * (MAX_BYTES - overhead + 1))) == 202
    assert [bool(message.failure) for message in inbox.mailbox.after(0)] == [False, True]


async def test_a_body_that_is_no_json_is_refused(
    inbox: Inbox, teams: str, http: ClientSession
) -> None:
    async with http.post(URL(teams, encoded=True), data=b'{"type": ') as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "InvalidRequestContent"
    assert inbox.mailbox.last == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((r"sig=[^&]*", "sig=guessed"), (401, "DirectApiAuthorizationRequired")),
        ((r"&sig=[^&]*", ""), (401, "DirectApiAuthorizationRequired")),
        ((r"workflows/\w+", "workflows/other"), (401, "DirectApiAuthorizationRequired")),
        ((r"api-version=1&", ""), (400, "MissingApiVersionParameter")),
    ],
)
async def test_an_address_that_is_not_the_whole_one_is_refused(
    inbox: Inbox,
    teams: str,
    http: ClientSession,
    change: tuple[str, str],
    expected: tuple[int, str],
) -> None:
    wrong = URL(re.sub(*change, teams), encoded=True)
    async with http.post(wrong, json=envelope("secret")) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == expected
    assert inbox.mailbox.last == 0


async def test_the_rate_limit_can_be_switched_on_and_off(
    inbox: Inbox, teams: str, page: str, http: ClientSession
) -> None:
    async with http.put(f"{page}/limits", json={"teams_per_second": 4}) as answer:
        assert answer.status == 200
    statuses = [await post(http, teams, envelope(str(number))) for number in range(5)]
    assert statuses == [202, 202, 202, 202, 429]
    async with http.put(f"{page}/limits", json={"teams_per_second": 0}) as answer:
        assert answer.status == 200
    assert await post(http, teams, envelope("again")) == 202
    assert inbox.mailbox.last == 5
