"""From a credential to a token, over HTTP: `/v2/`, `/oauth2/exchange`, `/oauth2/token`."""

import jwt
import pytest

from local.azure.world import World
from tests.local.acr.support import ARM, Client, basic

PULL = "repository:shop/web:pull"


async def test_an_anonymous_client_is_told_where_to_get_a_token(client: Client) -> None:
    response = await client.send("GET", "fabrikam", "/v2/")
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="http')
    assert 'service="fabrikam.azurecr.io"' in response.headers["WWW-Authenticate"]
    assert response.headers["X-Ms-Correlation-Request-Id"]
    assert (await response.json())["errors"][0]["code"] == "UNAUTHORIZED"


async def test_a_role_becomes_a_token_that_says_what_it_is_good_for(client: Client) -> None:
    response = await client.token("fabrikam", "puller", "repository:shop/web:pull,push")
    claims = jwt.decode(
        (await response.json())["access_token"], options={"verify_signature": False}
    )
    assert claims["access"] == [{"type": "repository", "name": "shop/web", "actions": ["pull"]}]


async def test_nothing_granted_is_401(client: Client) -> None:
    response = await client.token("fabrikam", "puller", "repository:shop/web:push")
    assert response.status == 401


async def test_an_identity_without_a_role_gets_no_refresh_token(client: Client) -> None:
    assert (await client.exchange("fabrikam", "nobody")).status == 401


async def test_acr_pull_means_nothing_on_an_abac_registry(client: Client) -> None:
    assert (await client.exchange("tailwind", "puller")).status == 401


async def test_a_condition_opens_one_prefix_only(client: Client) -> None:
    allowed = await client.token("tailwind", "prefixed", "repository:team/api:pull")
    refused = await client.token("tailwind", "prefixed", "repository:other:pull")
    assert (allowed.status, refused.status) == (200, 401)


async def test_arm_tokens_can_be_switched_off(client: Client, world: World) -> None:
    assert (await client.exchange("fabrikam", "puller", ARM)).status == 200
    world.registry("fabrikam").policies.azure_ad_authentication_as_arm = "Disabled"
    response = await client.exchange("fabrikam", "puller", ARM)
    assert response.status == 401
    assert "token validation failed" in await response.text()
    assert (await client.exchange("fabrikam", "puller")).status == 200


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [
        ("fabrikam", "fabrikam-admin-1", 200),
        ("fabrikam", "wrong", 401),
        ("web", "t1", 200),
        ("web", "t2", 401),
    ],
)
async def test_passwords(client: Client, name: str, password: str, status: int) -> None:
    path = f"/oauth2/token?service=fabrikam.azurecr.io&scope={PULL}"
    response = await client.send("GET", "fabrikam", path, headers=basic(name, password))
    assert response.status == status


async def test_a_disabled_admin_account_or_token_is_refused(client: Client, world: World) -> None:
    world.registry("fabrikam").admin_user_enabled = False
    world.registry("fabrikam").tokens[0].status = "disabled"
    for name, password in (("fabrikam", "fabrikam-admin-1"), ("web", "t1")):
        response = await client.send("GET", "fabrikam", "/v2/", headers=basic(name, password))
        assert response.status == 401


@pytest.mark.parametrize(
    ("identity", "secret", "text"),
    [
        ("builder", "good", ""),
        ("builder", "old", "Invalid clientid or client secret"),
        ("builder", "wrong", "Invalid clientid or client secret"),
        ("foreigner", "good", "Application not registered with AAD"),
    ],
)
async def test_service_principals(client: Client, identity: str, secret: str, text: str) -> None:
    found = client.world.identity(identity)
    assert found
    headers = basic(found.client_id, secret)
    response = await client.send("GET", "fabrikam", "/v2/", headers=headers)
    assert response.status == (401 if text else 200)
    assert text in await response.text()


async def test_a_refresh_token_is_a_password(client: Client) -> None:
    token = (await (await client.exchange("fabrikam", "puller")).json())["refresh_token"]
    headers = basic("00000000-0000-0000-0000-000000000000", token)
    path = "/v2/shop/web/tags/list"
    assert (await client.send("GET", "fabrikam", path, headers=headers)).status == 200
    assert (await client.send("GET", "tailwind", path, headers=headers)).status == 401


async def test_anonymous_pull_needs_a_switch(client: Client, world: World) -> None:
    path = f"/oauth2/token?service=fabrikam.azurecr.io&scope={PULL}"
    assert (await client.send("GET", "fabrikam", path)).status == 401
    world.registry("fabrikam").anonymous_pull_enabled = True
    assert (await client.send("GET", "fabrikam", path)).status == 200


async def test_a_scope_map_says_which_repositories_a_token_reaches(client: Client) -> None:
    headers = basic("web", "t1")
    for path, status in (("/v2/shop/web/manifests/v1", 200), ("/v2/tools/manifests/one", 401)):
        assert (await client.send("GET", "fabrikam", path, headers=headers)).status == status


async def test_a_change_of_mode_makes_issued_tokens_invalid(client: Client, world: World) -> None:
    headers = await client.bearer("fabrikam", "puller", PULL)
    path = "/v2/shop/web/manifests/v1"
    assert (await client.send("GET", "fabrikam", path, headers=headers)).status == 200
    world.registry("fabrikam").role_assignment_mode = "AbacRepositoryPermissions"
    response = await client.send("GET", "fabrikam", path, headers=headers)
    assert response.status == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


async def test_a_token_for_one_thing_does_not_do_another(client: Client) -> None:
    headers = await client.bearer("fabrikam", "puller", PULL)
    response = await client.send("GET", "fabrikam", "/v2/shop/web/tags/list", headers=headers)
    assert response.status == 401
    assert (await response.json())["errors"][0]["detail"] == [
        {"Type": "repository", "Name": "shop/web", "Action": "metadata_read"}
    ]
    assert 'scope="repository:shop/web:metadata_read"' in response.headers["WWW-Authenticate"]
