"""How a message is posted: one request, after which it is known whether it may have arrived."""

from collections.abc import Mapping

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    InvalidURL,
    NonHttpUrlClientError,
)
from msgspec import Struct

from shared.adapters.http import without_netrc
from shared.notify.base import DeliveryError, UnansweredError, refused

NOT_SENT = (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError)
"""No connection came about, so nothing can have arrived."""


class Receiver(Struct, frozen=True):
    """Words for errors: who it is, which setting has the address, what a status means there."""

    who: str
    setting: str
    hints: dict[int, str]


async def post(
    to: Receiver, url: str, body: bytes, headers: Mapping[str, str], seconds: float
) -> None:
    """Post a message within some seconds, and insist on success.

    No error has the URL in it: it is a secret.

    Raises:
        DeliveryError: it did not arrive.
        UnansweredError: it was sent, and nobody said whether it arrived.

    """
    limits = ClientTimeout(total=seconds, connect=seconds / 2)
    try:
        async with (
            without_netrc(ClientSession(timeout=limits, trust_env=True)) as session,
            # a redirect would be followed with a GET, whose 200 is no delivery
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            status, told = answer.status, answer.headers
    except (InvalidURL, NonHttpUrlClientError):
        raise DeliveryError(f"{to.who}: {to.setting} is no URL", permanent=True) from None
    except NOT_SENT as error:
        raise DeliveryError(f"{to.who}: {type(error).__name__}") from None
    except (ClientError, TimeoutError) as error:
        raise UnansweredError(f"{to.who}: {type(error).__name__}") from None
    if not 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls success
        raise refused(to.who, status, told, to.hints.get(status, ""))
