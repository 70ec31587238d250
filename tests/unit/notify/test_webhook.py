"""The webhook: what it posts, how it is signed, and the documents that tell others of it."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from local.inbox import Inbox, applications
from local.inbox import webhook as receiver
from shared.domain.alerts import Alert
from shared.domain.incidents import Transition
from shared.notify.base import DeliveryError
from shared.notify.webhook import Webhook, signed
from shared.notify.webhook_body import LIMIT, encode
from shared.notify.webhook_shapes import SCHEMA, schema
from shared.settings import Settings
from tests.support.alerts import RESTORE, about, affected, gallery, hostile, incident

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/webhook.md").read_text()
ALERT = replace(about(incident(hit=affected(2))), id="5f0c:1:opened:webhook")
SECRET = receiver.SECRET


def posted(alert: Alert) -> dict[str, Any]:
    found = json.loads(encode(alert, alert.id))
    assert isinstance(found, dict)
    return found


@asynccontextmanager
async def listening(status: int, seen: list[tuple[dict[str, str], bytes]]) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append((headers, await request.read()))
        return web.Response(status=status, headers={"Location": "/elsewhere", "Retry-After": "7"})

    app = web.Application(client_max_size=1 << 20)
    app.router.add_route("*", "/{any:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook?key=hidden"))


async def failure(status: int) -> tuple[DeliveryError, int]:
    seen: list[tuple[dict[str, str], bytes]] = []
    async with listening(status, seen) as url:
        with pytest.raises(DeliveryError) as failed:
            await Webhook(url, SECRET, 5).send(ALERT)
    return failed.value, len(seen)


def documented() -> Any:
    """The function that docs/webhook.md gives to receivers."""
    [block] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102 - the document's own example, to show that it works
    return names["is_from_pullwatch"]


@pytest.mark.parametrize("secret", [SECRET, "sixteen letters!", "schlüssel-mit-umlaut"])
async def test_what_arrives_is_verified_as_documented(secret: str) -> None:
    seen: list[tuple[dict[str, str], bytes]] = []
    async with listening(204, seen) as url:
        await Webhook(url, secret, 5).send(ALERT)
    [(headers, body)] = seen
    verify = documented()
    assert headers["webhook-id"] == json.loads(body)["id"] == ALERT.id
    assert headers["content-type"] == "application/json"
    assert verify(secret, headers, body)
    assert not verify(secret, headers, body + b" ")
    assert not verify("another secret...", headers, body)
    assert not verify(secret, {**headers, "webhook-id": "other"}, body)
    assert not verify(secret, {**headers, "webhook-timestamp": str(int(time.time()) - 301)}, body)


def test_the_form_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own test."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("kind", gallery())
async def test_the_local_receiver_shows_every_kind_once(tmp_path: Path, kind: str) -> None:
    inbox: Inbox = applications(tmp_path)
    alert = gallery()[kind]
    async with TestServer(inbox.webhook.app) as server:
        url = str(server.make_url("/pullwatch"))
        await Webhook(url, SECRET, 5).send(alert)
        await Webhook(url, SECRET, 5).send(alert)
        with pytest.raises(DeliveryError, match="WEBHOOK_SECRET"):
            await Webhook(url, "not the right secret", 5).send(alert)
        with pytest.raises(DeliveryError, match="401"):
            await Webhook(url, SECRET, 5, clock=lambda: time.time() - 400).send(alert)
    [shown] = inbox.mailbox.after(0, "webhook")
    assert json.loads(shown.text)["version"] == "1"


def test_an_incident_is_told_whole() -> None:
    told = posted(ALERT)
    found = told["incident"]
    assert (told["topic"], told["transition"], told["outcome"]) == ("incident", "opened", "fail")
    assert found["problem"]["fix"][0] == RESTORE
    assert found["origin"]["actor"] == "mallory@contoso.com"
    assert [hit["workload"]["name"] for hit in found["hit"]] == [
        "aks-prod/shop/deployment/api",
        "aks-prod/shop/cronjob/export",
    ]
    assert (found["hit_left_out"], told["report"]) == (0, None)


def test_a_report_has_no_transition() -> None:
    told = posted(gallery()["report"])
    assert (told["topic"], told["transition"], told["incident"]) == ("report", None, None)
    assert told["report"]["pulls"]["fail"] == 6
    assert len(told["report"]["incidents"]) == 4
    assert len(told["report"]["gaps"]) == 2


def test_who_was_hit_is_told_when_it_is_over() -> None:
    ended = about(incident(resolved=ALERT.at), Transition.RESOLVED)
    assert len(posted(ended)["incident"]["hit"]) == 5


@pytest.mark.parametrize("copies", [1, 50, 1_000, 20_000])
def test_a_body_is_never_too_large(copies: int) -> None:
    hits = affected() * copies
    body = encode(replace(ALERT, incident=incident(hit=hits)), "id")
    told = json.loads(body)["incident"]
    assert len(body) <= LIMIT
    assert len(told["hit"]) + told["hit_left_out"] == len(hits)


@pytest.mark.parametrize("text", ["\u202e\x00" * 50_000, '\\"\n' * 100_000, "\U0001f4a3" * 100_000])
def test_what_strangers_named_breaks_nothing(text: str) -> None:
    body = encode(hostile(text), "id")
    assert len(body) <= LIMIT
    shown = json.loads(body)["headline"]
    assert "\u202e" not in shown
    assert len(shown) <= 500


async def test_an_id_that_no_header_takes_is_sent_as_another() -> None:
    seen: list[tuple[dict[str, str], bytes]] = []
    async with listening(200, seen) as url:
        for bad in ("a\r\nX-Evil: 1", "a.b", "ü", "x" * 500):
            await Webhook(url, SECRET, 5).send(replace(ALERT, id=bad))
    assert all(re.fullmatch("[0-9a-f]{32}", headers["webhook-id"]) for headers, _ in seen)
    assert len({headers["webhook-id"] for headers, _ in seen}) == 4
    assert not any("x-evil" in headers for headers, _ in seen)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (302, 400, 401, 403, 404, 410, 413)),
        *((status, False) for status in (408, 429, 500, 503)),
    ],
)
async def test_only_later_is_worth_another_try(status: int, permanent: bool) -> None:
    error, asked = await failure(status)
    assert error.permanent is permanent
    assert f"the webhook answered {status}" in str(error)
    assert "hidden" not in str(error)
    assert error.retry_after == 7
    assert asked == 1, "a redirect is not followed"


@pytest.mark.parametrize("url", ["http://hooks.contoso.com/x?key=hidden", "the wiki", "https://"])
async def test_where_others_can_read_nothing_is_sent(url: str) -> None:
    with pytest.raises(DeliveryError, match="WEBHOOK_URL") as failed:
        await Webhook(url, SECRET, 5).send(ALERT)
    assert failed.value.permanent
    assert "hidden" not in str(failed.value)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_no base64!"])
async def test_nothing_is_sent_unsigned(secret: str) -> None:
    with pytest.raises(DeliveryError, match="WEBHOOK_SECRET") as failed:
        await Webhook("http://127.0.0.1:9/", secret, 5).send(ALERT)
    assert failed.value.permanent


async def test_a_receiver_that_hangs_is_left() -> None:
    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DeliveryError) as failed:
            await Webhook(f"http://127.0.0.1:{port}/", SECRET, 0.1).send(ALERT)
    assert not failed.value.permanent


def test_without_an_address_there_is_no_webhook() -> None:
    assert Webhook.from_settings(Settings()) is None


def test_the_schema_is_that_of_the_code() -> None:
    assert (ROOT / SCHEMA).read_bytes() == schema(), "run: python -m shared.notify"


def test_the_page_shows_what_is_posted() -> None:
    [block] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(block) == posted(ALERT)


def test_the_page_names_every_field() -> None:
    for name in posted(ALERT):
        assert f"| `{name}` |" in PAGE
