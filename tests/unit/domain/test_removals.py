"""Removals: what they take, and how they are named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.images import Digest, parse_reference
from shared.domain.removals import Removal, RemovalKind, means, tool

DIGEST = f"sha256:{1:064x}"


def removal(kind: RemovalKind = RemovalKind.DELETED, tag: str = "", digest: str = "") -> Removal:
    return Removal(
        id="r",
        kind=kind,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        registry="contoso.azurecr.io",
        repository="team/api",
        tag=tag,
        digest=Digest(digest),
    )


@pytest.mark.parametrize(
    ("given", "reference", "takes"),
    [
        (removal(RemovalKind.UNTAGGED, tag="v1"), ":v1", True),
        (removal(RemovalKind.UNTAGGED, tag="v1"), ":v10", False),
        (removal(RemovalKind.UNTAGGED, tag="v1"), f"@{DIGEST}", False),
        (removal(RemovalKind.UNTAGGED), ":v1", False),
        (removal(tag="v1"), ":v1", True),
        (removal(tag="v1"), ":v2", False),
        (removal(digest=DIGEST), ":v1", False),
        (removal(), ":v1", True),
        (removal(), f"@{DIGEST}", True),
        (removal(RemovalKind.EXPIRED, tag="v1"), ":v1", True),
    ],
)
def test_a_removal_takes_what_it_names(given: Removal, reference: str, takes: bool) -> None:
    assert given.takes(parse_reference(f"contoso.azurecr.io/team/api{reference}")) is takes


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Azure-SDK-For-Go/0.0.0 acrapi/1.0", "acr purge (acr-cli)"),
        (
            "Go/go1.24.3 (amd64-linux) go-autorest/v14.2.1 Azure-SDK-For-Go/0.0.0 acrapi/1.0",
            "acr purge (acr-cli)",
        ),
        ("AZURECLI/2.91.0", "the Azure CLI"),
        ("python-requests/2.18.4", "the Azure CLI or a Python script"),
        ("azsdk-python-containerregistry/1.2.0 Python/3.13", "a program on the Azure SDK"),
        ("Mozilla/5.0 (Windows NT 10.0)", "a browser, as the portal does"),
        ("docker/27.5.1 go/go1.22", "docker"),
        ("skopeo/1.9", "skopeo"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("harvester/1", ""),
    ],
)
def test_tools_are_named_by_their_agents(agent: str, name: str) -> None:
    assert tool(agent) == name


def test_a_policy_has_no_agent() -> None:
    assert means("", RemovalKind.EXPIRED) == "a clean-up policy of the registry"
    assert means("harvester/1") == "harvester/1"
    assert means("curl/8") == "curl (curl/8)"


@given(st.text())
def test_whatever_an_agent_says_it_is_kept_in_what_is_told(agent: str) -> None:
    assert agent in means(agent)
