"""What was received is kept, counted, and told to whoever waits."""

import asyncio
import time
from pathlib import Path

from aiohttp import ClientSession

from local.inbox import Inbox, Mailbox
from local.inbox.messages import Letter


async def test_messages_survive_a_restart_and_numbers_go_on(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "inbox.jsonl"
    first = await Mailbox.open(file).add(Letter(channel="smtp", subject="one"))
    again = Mailbox.open(file)
    assert again.after(0) == [first]
    assert (await again.add(Letter(channel="smtp", subject="two"))).number == 2


async def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "inbox.jsonl"
    first = await Mailbox.open(file).add(Letter(channel="smtp", subject="one"))
    with file.open("ab") as opened:
        opened.write(b'{"number":2,"chan')
    assert Mailbox.open(file).after(0) == [first]


async def test_a_message_carries_the_clock_that_processes_share() -> None:
    before = time.monotonic() * 1000
    message = await Mailbox().add(Letter(channel="teams"))
    assert before <= message.monotonic_ms <= time.monotonic() * 1000


async def test_who_waits_is_answered_when_a_message_of_the_channel_arrives(
    inbox: Inbox, page: str, http: ClientSession
) -> None:
    async def ask() -> list[str]:
        url = f"{page}/messages?after=1&wait=20&channel=teams"
        async with http.get(url) as answer:
            content = await answer.json()
        return [message["subject"] for message in content["messages"]]

    await inbox.mailbox.add(Letter(channel="teams", subject="before"))
    asking = asyncio.create_task(ask())
    await asyncio.sleep(0.05)
    await inbox.mailbox.add(Letter(channel="smtp", subject="other channel"))
    assert not asking.done()
    await inbox.mailbox.add(Letter(channel="teams", subject="after"))
    assert await asking == ["after"]


async def test_waiting_ends_with_nothing_when_the_time_is_over(
    page: str, http: ClientSession
) -> None:
    async with http.get(f"{page}/messages?wait=0.05") as answer:
        assert await answer.json() == {"last": 0, "messages": []}


async def test_a_wrong_question_is_told_why(page: str, http: ClientSession) -> None:
    async with http.get(f"{page}/messages?after=-1") as answer:
        assert answer.status == 400
        assert "after" in await answer.text()


async def test_the_page_loads_nothing_from_elsewhere(page: str, http: ClientSession) -> None:
    async with http.get(page) as answer:
        text = await answer.text()
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "http://" not in text
    assert "https://" not in text


async def test_only_known_scripts_are_served(page: str, http: ClientSession) -> None:
    async with http.get(f"{page}/scripts/package.json") as answer:
        assert answer.status == 404
