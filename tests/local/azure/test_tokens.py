"""Access tokens of Entra."""

from pathlib import Path

import jwt
import pytest

from local.azure.entra import Issuer
from local.azure.entra.tokens import ARM, REGISTRY
from local.estates.identity import Identity

WHO = Identity(name="monitor", client_id="c", object_id="o", tenant="t", id="/x")


@pytest.mark.parametrize(
    "audience", ["https://management.azure.com", "https://management.azure.com/"]
)
def test_a_token_is_good_for_its_audience_with_or_without_a_slash(
    tmp_path: Path, audience: str
) -> None:
    claims = Issuer.open(tmp_path).verify(Issuer.open(tmp_path).issue(WHO, audience), ARM)
    assert claims
    assert (claims["oid"], claims["tid"], claims["appid"], claims["aud"]) == (
        "o",
        "t",
        "c",
        audience,
    )


def test_another_audience_or_key_is_refused(tmp_path: Path) -> None:
    issuer = Issuer.open(tmp_path / "here")
    token = issuer.issue(WHO, "https://management.azure.com")
    assert issuer.verify(token, REGISTRY) is None
    assert Issuer.open(tmp_path / "elsewhere").verify(token, ARM) is None
    assert issuer.verify("garbage", ARM) is None


def test_a_stale_token_is_refused(tmp_path: Path) -> None:
    issuer = Issuer.open(tmp_path)
    assert issuer.verify(issuer.issue(WHO, "https://management.azure.com", -10), ARM) is None


def test_an_unsigned_token_is_refused(tmp_path: Path) -> None:
    forged = jwt.encode({"aud": "https://management.azure.com", "oid": "o"}, "", algorithm="none")
    assert Issuer.open(tmp_path).verify(forged, ARM) is None


def test_the_published_key_verifies_what_was_issued(tmp_path: Path) -> None:
    issuer = Issuer.open(tmp_path)
    (published,) = issuer.public_keys()["keys"]
    key = jwt.PyJWK(published, algorithm="RS256")
    audience = "https://graph.microsoft.com"
    assert jwt.decode(issuer.issue(WHO, audience), key, audience=audience)["oid"] == "o"
