"""Image references, as docker and containerd read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.images import (
    Digest,
    ImageReference,
    InvalidReferenceError,
    Platform,
    parse_reference,
    read_loosely,
)

DIGEST = Digest("sha256:" + "a" * 64)

VALID = [
    ("nginx", ImageReference("docker.io", "library/nginx", "latest")),
    ("nginx:1.27", ImageReference("docker.io", "library/nginx", "1.27")),
    ("team/api", ImageReference("docker.io", "team/api", "latest")),
    ("localhost/api", ImageReference("localhost", "api", "latest")),
    ("localhost:5000/api:1", ImageReference("localhost:5000", "api", "1")),
    ("registry:5000/a/b", ImageReference("registry:5000", "a/b", "latest")),
    ("contoso.azurecr.io/api", ImageReference("contoso.azurecr.io", "api", "latest")),
    ("CONTOSO.azurecr.io/api:V1", ImageReference("contoso.azurecr.io", "api", "V1")),
    ("contoso.azurecr.io/a/b/c:x_y.z-1", ImageReference("contoso.azurecr.io", "a/b/c", "x_y.z-1")),
    (f"contoso.azurecr.io/api@{DIGEST}", ImageReference("contoso.azurecr.io", "api", "", DIGEST)),
    (
        f"contoso.azurecr.io/api:v1@{DIGEST}",
        ImageReference("contoso.azurecr.io", "api", "v1", DIGEST),
    ),
    (
        f"contoso.azurecr.io/api@{DIGEST.upper().replace('SHA', 'sha')}",
        ImageReference("contoso.azurecr.io", "api", "", DIGEST),
    ),
    ("a__b/c-d.e", ImageReference("docker.io", "a__b/c-d.e", "latest")),
    ("  nginx  ", ImageReference("docker.io", "library/nginx", "latest")),
]

INVALID = [
    ("", "1 to 1024"),
    ("a" * 1025, "1 to 1024"),
    ("contoso.azurecr.io/Api", "lower-case"),
    ("contoso.azurecr.io/api/", "repository"),
    ("contoso.azurecr.io//api", "repository"),
    ("contoso.azurecr.io/a..b", "repository"),
    ("contoso.azurecr.io/api:", "tag"),
    ("contoso.azurecr.io/api:.x", "tag"),
    ("contoso.azurecr.io/api:" + "x" * 129, "tag"),
    ("contoso.azurecr.io/api:a b", "tag"),
    ("contoso.azurecr.io/api@sha256:12", "digest"),
    ("contoso.azurecr.io/api@", "digest"),
    ("-x.azurecr.io/api", "registry"),
    ("contoso.azurecr.io:port/api", "registry"),
    ("https://contoso.azurecr.io/api", "registry"),
    ("a\nb", "repository"),
    ("api;rm", "repository"),
]


@pytest.mark.parametrize(("text", "image"), VALID)
def test_a_reference_is_read(text: str, image: ImageReference) -> None:
    assert parse_reference(text) == image


@pytest.mark.parametrize(("text", "image"), VALID)
def test_a_reference_written_out_is_read_back(text: str, image: ImageReference) -> None:
    assert parse_reference(str(parse_reference(text))) == image


@pytest.mark.parametrize(("text", "part"), INVALID)
def test_what_is_no_reference_is_refused_and_the_part_named(text: str, part: str) -> None:
    with pytest.raises(InvalidReferenceError, match=part):
        parse_reference(text)


@given(st.text(max_size=200))
def test_any_text_is_a_reference_or_is_refused(text: str) -> None:
    try:
        image = parse_reference(text)
    except InvalidReferenceError:
        return
    assert parse_reference(str(image)) == image


def test_the_digest_decides_where_there_are_both() -> None:
    assert parse_reference(f"x.azurecr.io/api:v1@{DIGEST}").reference == DIGEST
    assert parse_reference("x.azurecr.io/api:v1").reference == "v1"


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("contoso.azurecr.io", True),
        ("contoso.azurecr.oi", True),
        ("contoso.azurecr", True),
        ("azurecr.io", False),
        ("contoso.azurecr.io.evil.com", False),
        ("docker.io", False),
    ],
)
def test_a_slip_of_the_pen_is_meant_for_azure(host: str, meant: bool) -> None:
    assert ImageReference(host, "api", "1").meant_for_acr is meant


@pytest.mark.parametrize(
    ("host", "on_acr"),
    [
        ("contoso.azurecr.io", True),
        ("contoso.azurecr.cn", True),
        ("contoso-a1b2.azurecr.io", True),
        ("contoso.westeurope.geo.azurecr.io", True),
        ("azurecr.io", False),
        ("contoso.azurecr.io.evil.com", False),
        ("docker.io", False),
        ("mcr.microsoft.com", False),
    ],
)
def test_registries_of_azure_are_known_by_their_names(host: str, on_acr: bool) -> None:
    assert ImageReference(host, "api", "1").on_acr is on_acr


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        (Platform("linux", "amd64"), "linux/amd64"),
        (Platform("linux", "arm64", "v8"), "linux/arm64/v8"),
        (Platform("windows", "amd64", "", "10.0.17763.1"), "windows/amd64"),
    ],
)
def test_a_platform_is_written_as_docker_does(platform: Platform, text: str) -> None:
    assert str(platform) == text


@pytest.mark.parametrize(
    ("text", "repository", "tag"),
    [
        ("contoso.azurecr.io/Shop/API:v1", "Shop/API", "v1"),
        ("Contoso.azurecr.io/shop api", "shop api", ""),
        ("contoso.azurecr.io/shop:v1:2", "shop:v1", "2"),
    ],
)
def test_an_invalid_name_that_is_meant_for_acr_is_read_as_it_is_written(
    text: str, repository: str, tag: str
) -> None:
    found = read_loosely(text)
    assert found == ImageReference("contoso.azurecr.io", repository, tag)
    with pytest.raises(InvalidReferenceError):
        parse_reference(str(found))


@pytest.mark.parametrize("text", ["", "Shop/API:v1", "docker.io/Shop", "contoso.azurecr.io/", "/"])
def test_anything_else_that_is_invalid_is_nothing(text: str) -> None:
    assert read_loosely(text) is None


def test_a_host_has_as_many_characters_as_dns_allows() -> None:
    longest = ".".join(["a" * 47] * 5) + "." + "b" * 2 + ".azurecr.io"
    assert len(longest) == 253
    assert parse_reference(f"{longest}:5000/app:v1").registry == f"{longest}:5000"
    with pytest.raises(InvalidReferenceError, match="host name"):
        parse_reference(f"c{longest}:5000/app:v1")
