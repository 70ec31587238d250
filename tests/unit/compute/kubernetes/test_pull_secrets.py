"""Which pull secrets a workload names, and for which registry they log in."""

import base64
import json

import pytest

from shared.compute.kubernetes.objects import Secret
from shared.compute.kubernetes.pull_secrets import Login, contents_of, named_secrets
from shared.domain.images import parse_reference
from shared.domain.logins import covers
from tests.unit.compute.kubernetes.objects import (
    IMAGE,
    account,
    controller,
    pod,
    secret,
    template,
    workloads,
)

WANTED = parse_reference(IMAGE)


def packed(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


@pytest.mark.parametrize(
    "server",
    [
        "contoso.azurecr.io",
        "https://contoso.azurecr.io",
        "https://contoso.azurecr.io/v2/",
        "CONTOSO.azurecr.io",
        "*.azurecr.io",
        "contoso.azurecr.io/shop",
    ],
)
def test_a_login_covers_the_registry(server: str) -> None:
    assert covers(server, WANTED)


@pytest.mark.parametrize(
    "server", ["fabrikam.azurecr.io", "*.io", "azurecr.io", "contoso.azurecr.io/web", "docker.io"]
)
def test_a_login_for_something_else_does_not(server: str) -> None:
    assert not covers(server, WANTED)


def test_a_docker_config_is_read_for_servers_and_users_only() -> None:
    auth = base64.b64encode(b"ci-pull:hunter2").decode()
    config = {"auths": {"contoso.azurecr.io": {"auth": auth}, "b": {"username": "u"}}}
    found = contents_of(secret(_dockerconfigjson=packed(config)))
    assert found.logins == (Login("contoso.azurecr.io", "ci-pull"), Login("b", "u"))
    assert "hunter2" not in repr(found)


def test_the_older_form_is_read_too() -> None:
    found = contents_of(secret(_dockercfg=packed({"contoso.azurecr.io": {"username": "u"}})))
    assert found.logins == (Login("contoso.azurecr.io", "u"),)


@pytest.mark.parametrize(
    "broken",
    [
        Secret(),
        secret(other="eA=="),
        secret(_dockerconfigjson="no base64!"),
        secret(_dockerconfigjson=packed([])),
        secret(_dockerconfigjson=packed({"auths": {"a": {"auth": "%%%"}}})),
    ],
)
def test_a_secret_that_kubelet_cannot_use_is_malformed(broken: Secret) -> None:
    assert contents_of(broken).malformed


def test_pods_name_their_secrets_and_templates_get_their_accounts() -> None:
    accounts = [account("default", "of-account")]
    idle = controller("api", replicas=0, template=template(IMAGE))
    templates = workloads(Deployment=[idle]).members
    assert named_secrets(templates, accounts) == {("shop", "of-account")}
    own = controller("api", template=template(IMAGE, imagePullSecrets=[{"name": "own"}]))
    assert named_secrets(workloads(Deployment=[own]).members, accounts) == {("shop", "own")}
    live = workloads(pod("api", IMAGE, imagePullSecrets=[{"name": "live"}])).members
    assert named_secrets((*live, *templates), accounts) == {("shop", "live")}
