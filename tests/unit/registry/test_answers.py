"""Statuses, error bodies and broken connections made answers."""

import json
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import Answer, Reach
from shared.registry.answers import Reply, answered, describe, doubted, not_connected, obstacle
from shared.registry.wire import Manifest

KEY = ConnectionKey(
    "contoso.azurecr.io",
    443,
    is_ssl=True,
    ssl=True,
    proxy=None,
    proxy_auth=None,
    proxy_headers_hash=None,
)


def proxy_says(status: int) -> aiohttp.ClientHttpProxyError:
    request = aiohttp.RequestInfo(
        URL("https://contoso.azurecr.io"), "CONNECT", CIMultiDictProxy(CIMultiDict())
    )
    return aiohttp.ClientHttpProxyError(request, (), status=status, message="no way")


@pytest.mark.parametrize(
    ("why", "reach"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError("no such name")), Reach.NO_NAME),
        (aiohttp.ClientConnectorError(KEY, OSError(111, "refused")), Reach.NO_CONNECTION),
        (aiohttp.ServerDisconnectedError(), Reach.NO_CONNECTION),
        (aiohttp.ClientOSError(104, "reset"), Reach.NO_CONNECTION),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError("handshake")), Reach.BAD_TLS),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("expired")),
            Reach.BAD_TLS,
        ),
        (TimeoutError(), Reach.TIMED_OUT),
        (aiohttp.ConnectionTimeoutError(), Reach.TIMED_OUT),
        (aiohttp.ClientPayloadError("cut"), Reach.GARBLED),
        (aiohttp.ClientProxyConnectionError(KEY, OSError("down")), Reach.NO_CONNECTION),
        (proxy_says(502), Reach.NO_CONNECTION),
        (proxy_says(504), Reach.TIMED_OUT),
        (proxy_says(403), Reach.PROXY_REFUSED),
        (proxy_says(407), Reach.PROXY_REFUSED),
    ],
)
def test_how_far_a_request_came(why: Exception, reach: Reach) -> None:
    answer = not_connected(why).answer
    assert (answer.reach, answer.status) == (reach, 0)
    assert answer.detail


def test_an_error_body_is_read_into_code_message_and_detail() -> None:
    error = {"code": "MANIFEST_UNKNOWN", "message": 'tagged by "x"', "detail": {"Tag": "x"}}
    headers = {"x-ms-correlation-request-id": "abc", "Retry-After": "7"}
    answer = answered(404, headers, json.dumps({"errors": [error]}).encode()).answer
    assert (answer.code, answer.correlation_id, answer.retry_after) == (
        "MANIFEST_UNKNOWN",
        "abc",
        7,
    )
    assert answer.errors[0].detail == '{"Tag": "x"}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"errors": null}',
        b'{"errors": "x"}',
        b'{"errors": [1]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_other_bodies_are_no_errors(body: bytes) -> None:
    assert answered(404, {}, body).answer.errors == ()


def test_errors_are_bounded_and_on_one_line() -> None:
    errors = [{"code": "X\nY", "message": "m" * 10_000}] * 1000
    answer = answered(400, {}, json.dumps({"errors": errors}).encode()).answer
    assert len(answer.errors) <= 10
    assert answer.code == "X Y"
    assert len(answer.errors[0].message) <= 500


def test_only_a_registrys_own_words_make_something_missing() -> None:
    portal = doubted(answered(404, {}, b"<html>no such page</html>"))
    assert portal.answer.reach is Reach.GARBLED
    assert not portal.gone
    real = doubted(answered(404, {}, b'{"errors": [{"code": "NAME_UNKNOWN"}]}'))
    assert real.gone
    other = doubted(answered(404, {}, b'{"errors": [{"code": "PAGE_UNKNOWN"}]}'))
    assert not other.gone


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(reach=Reach.ANSWERED, status=200), ""),
        (Answer(reach=Reach.ANSWERED, status=401), ""),
        (Answer(reach=Reach.ANSWERED, status=403), "not reachable from where Pullwatch runs"),
        (Answer(reach=Reach.TIMED_OUT), "not reachable from where Pullwatch runs"),
        (Answer(reach=Reach.ANSWERED, status=429), "does not answer now"),
        (Answer(reach=Reach.ANSWERED, status=503), "does not answer now"),
        (Answer(reach=Reach.ANSWERED, status=404), "does not answer like a registry"),
    ],
)
def test_what_keeps_the_monitor_from_looking(answer: Answer, expected: str) -> None:
    found = obstacle(answer)
    assert expected in found
    assert bool(found) is bool(expected)


def test_an_answer_in_one_line() -> None:
    body = b'{"errors": [{"code": "DENIED", "message": "client with IP"}]}'
    assert describe(answered(403, {}, body).answer) == "403 DENIED: client with IP"
    assert describe(Answer(reach=Reach.TIMED_OUT, detail="x")) == "timed out (x)"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"mediaType": 1}', b'{"mediaType": "\xff\xfe"}', b"[" * 100_000]
)
def test_a_body_that_is_no_manifest_could_not_be_looked_at(body: bytes) -> None:
    reply = Reply(Answer(reach=Reach.ANSWERED, status=200), body)
    with pytest.raises(CouldNotLookError):
        reply.read(Manifest)


def test_a_signed_address_is_not_told() -> None:
    signed = URL("https://eusmanaged1.blob.core.windows.net/b?sig=hunter2")
    request = aiohttp.RequestInfo(signed, "GET", CIMultiDictProxy(CIMultiDict()))
    for why in (
        aiohttp.ClientResponseError(request, (), status=400, message="bad line"),
        aiohttp.ContentTypeError(request, (), status=200, message="odd"),
        aiohttp.InvalidURL(str(signed)),
    ):
        assert "hunter2" not in not_connected(why).answer.detail
    assert (
        "bad line"
        in not_connected(aiohttp.ClientResponseError(request, (), message="bad line")).answer.detail
    )
