"""App Service: sites, slots, their images, and who pulls."""

import base64
from typing import Any

import pytest

from shared.adapters.arm import ForbiddenError
from shared.compute.app_service import AppService
from shared.domain.facts.base import Evidence, MissingEvidenceError
from shared.domain.facts.workload import (
    Audience,
    Egress,
    IdentityKind,
    PullIdentity,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform
from shared.domain.pulls import Compute, Standing
from tests.unit.compute.fakes import GROUP, SERVER, FakeArm, FakeGraph
from tests.unit.compute.support import pull, surroundings

SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
SLOT = f"{SITE}/slots/staging"
IMAGE = f"{SERVER}/shop/api:v1"
PULLER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
CLIENT = "11111111-2222-3333-4444-555555555555"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/spoke/subnets/apps"
IDENTITY = {
    "principalId": "own",
    "tenantId": "tenant",
    "userAssignedIdentities": {PULLER: {"principalId": "puller-object", "clientId": CLIENT}},
}


def row(site_id: str = SITE, kind: str = "app,linux,container", **config: Any) -> dict[str, Any]:
    is_slot = "/slots/" in site_id
    return {
        "id": site_id,
        "type": "microsoft.web/sites/slots" if is_slot else "microsoft.web/sites",
        "kind": kind,
        "properties": {"state": "Running", "siteConfig": config or None},
    }


def site_container(name: str, image: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "properties": {"image": image, **properties}}


def answers(config: dict[str, Any], **changed: Any) -> dict[str, Any]:
    properties = {
        "state": "Running",
        "outboundIpAddresses": "20.0.0.1,20.0.0.2",
        "possibleOutboundIpAddresses": "20.0.0.1,20.0.0.2,20.0.0.3",
        **changed.pop("properties", {}),
    }
    return {
        SITE: {"id": SITE, "identity": IDENTITY, "properties": properties},
        f"{SITE}/config/web": {"properties": config},
        f"{SITE}/slots": [{"id": SLOT, "identity": {"principalId": "staging-object"}}],
        **{f"{SITE}/{name}": answer for name, answer in changed.items()},
    }


async def images(arm: FakeArm) -> list[str]:
    found = await AppService(surroundings(arm)).discover(())
    assert found.gaps == ()
    return [str(pull.image) for pull in found.pulls]


async def observed(
    config: dict[str, Any], graph: FakeGraph | None = None, /, **more: Any
) -> Evidence:
    arm = FakeArm(answers(config, **more))
    platform = AppService(surroundings(arm, graph))
    return Evidence(await platform.observe(pull(SITE, Compute.APP_SERVICE)))


LOGIN = {
    "properties": {
        "DOCKER_REGISTRY_SERVER_URL": f"https://{SERVER}",
        "DOCKER_REGISTRY_SERVER_USERNAME": "contoso",
        "DOCKER_REGISTRY_SERVER_PASSWORD": "hunter2",
    }
}


def login(**changed: str) -> dict[str, Any]:
    given = {f"DOCKER_REGISTRY_SERVER_{name}": value for name, value in changed.items()}
    return {"config/appsettings/list": {"properties": LOGIN["properties"] | given}}


@pytest.mark.parametrize(
    "config", [{"linuxFxVersion": f"DOCKER|{IMAGE}"}, {"windowsFxVersion": f"DOCKER|{IMAGE}"}]
)
async def test_a_single_container_needs_resource_graph_only(config: dict[str, str]) -> None:
    arm = FakeArm({}, row(**config))
    assert await images(arm) == [IMAGE]
    assert not any(line.startswith("GET") for line in arm.asked)


async def test_a_compose_file_names_several() -> None:
    compose = (
        f"services:\n  api: {{image: '{IMAGE}'}}\n  db: {{image: postgres}}\n  own: {{build: .}}\n"
    )
    encoded = base64.b64encode(compose.encode()).decode()
    assert await images(FakeArm({}, row(linuxFxVersion=f"COMPOSE|{encoded}"))) == [IMAGE]


@pytest.mark.parametrize("broken", ["%%%", base64.b64encode(b"[unclosed").decode()])
async def test_a_compose_file_that_cannot_be_read_is_a_gap(broken: str) -> None:
    found = await AppService(
        surroundings(FakeArm({}, row(linuxFxVersion=f"COMPOSE|{broken}")))
    ).discover(())
    assert found.pulls == ()
    assert found.gaps[0].what == SITE


async def test_site_containers_are_asked_for() -> None:
    sidecars = [site_container("main", IMAGE), site_container("side", "mcr.microsoft.com/x")]
    arm = FakeArm({f"{SITE}/sitecontainers": sidecars}, row(linuxFxVersion="sitecontainers"))
    assert await images(arm) == [IMAGE]


async def test_a_runtime_that_resource_graph_does_not_tell_is_read_of_arm() -> None:
    config = {f"{SITE}/config/web": {"properties": {"linuxFxVersion": f"DOCKER|{IMAGE}"}}}
    assert await images(FakeArm(config, row())) == [IMAGE]


@pytest.mark.parametrize(
    "code", [row(linuxFxVersion="PYTHON|3.13"), row(kind="app"), row(kind="functionapp")]
)
async def test_code_is_no_image(code: dict[str, Any]) -> None:
    assert await images(FakeArm({}, code)) == []


async def test_a_slot_is_a_workload_of_its_own() -> None:
    arm = FakeArm({}, row(SLOT, linuxFxVersion=f"DOCKER|{IMAGE}"))
    (found,) = (await AppService(surroundings(arm)).discover(())).pulls
    assert (found.workload.id, found.workload.name) == (SLOT, "web/staging")


async def test_a_stopped_site_pulls_at_its_next_start() -> None:
    stopped = row(linuxFxVersion=f"DOCKER|{IMAGE}")
    stopped["properties"]["state"] = "Stopped"
    (found,) = (await AppService(surroundings(FakeArm({}, stopped))).discover(())).pulls
    assert found.standing is Standing.IDLE


async def test_one_site_that_cannot_be_read_costs_itself_only() -> None:
    other = f"{SITE}2"
    arm = FakeArm(
        {f"{other}/sitecontainers": ForbiddenError("403 reading sitecontainers")},
        row(linuxFxVersion=f"DOCKER|{IMAGE}"),
        row(other, linuxFxVersion="sitecontainers"),
    )
    found = await AppService(surroundings(arm)).discover(())
    assert len(found.pulls) == 1
    assert [(gap.what, gap.reason) for gap in found.gaps] == [(other, "403 reading sitecontainers")]


async def test_the_managed_identity_pulls_with_an_arm_token() -> None:
    seen = await observed({"acrUseManagedIdentityCreds": True})
    identity = seen[PullIdentity]
    assert identity.system_assigned
    assert identity.principal_id == "own"
    assert identity.audience is Audience.ARM
    assert identity.related["system-assigned identity of slot staging"] == "staging-object"
    assert seen[RegistryCredential].configured


async def test_the_user_assigned_identity_is_named_by_client_id() -> None:
    config = {"acrUseManagedIdentityCreds": True, "acrUserManagedIdentityID": CLIENT}
    identity = (await observed(config))[PullIdentity]
    assert (identity.name, identity.principal_id) == ("puller", "puller-object")
    other = {**config, "acrUserManagedIdentityID": CLIENT.replace("1", "9")}
    assert not (await observed(other))[PullIdentity].attached


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        ("contoso", IdentityKind.ADMIN_USER),
        ("ci-pull", IdentityKind.TOKEN),
        (CLIENT, IdentityKind.SERVICE_PRINCIPAL),
    ],
)
async def test_app_settings_tell_the_user(user: str, kind: IdentityKind) -> None:
    seen = await observed({}, FakeGraph({}), **login(USERNAME=user))
    assert seen[PullIdentity].kind is kind
    credential = seen[RegistryCredential]
    assert (credential.configured, credential.username) == (True, user)
    assert "acrUseManagedIdentityCreds" in credential.wanted
    assert b"hunter2" not in seen.to_json()


async def test_app_settings_for_another_server_leave_the_pull_anonymous() -> None:
    seen = await observed({}, **login(URL="https://fabrikam.azurecr.io"))
    assert seen[PullIdentity].kind is IdentityKind.ANONYMOUS
    assert not seen[RegistryCredential].configured
    assert seen[PullIdentity].related["puller"] == "puller-object"


async def test_app_settings_that_a_reader_may_not_read_leave_the_puller_unknown() -> None:
    refused = ForbiddenError("403: needs Microsoft.Web/sites/config/list/action")
    seen = await observed({}, **{"config/appsettings/list": refused})
    for kind in (PullIdentity, RegistryCredential):
        with pytest.raises(MissingEvidenceError, match="config/list/action"):
            _ = seen[kind]


async def test_a_user_in_a_key_vault_is_unknown() -> None:
    vault = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/user)"
    seen = await observed({}, **login(USERNAME=vault))
    with pytest.raises(MissingEvidenceError, match="key vault"):
        _ = seen[PullIdentity]


@pytest.mark.parametrize(
    ("properties", "kind", "attached"),
    [
        ({"authType": "SystemIdentity"}, IdentityKind.MANAGED_IDENTITY, True),
        (
            {"authType": "UserAssigned", "userManagedIdentityClientId": CLIENT},
            IdentityKind.MANAGED_IDENTITY,
            True,
        ),
        (
            {"authType": "UserAssigned", "userManagedIdentityClientId": "gone"},
            IdentityKind.MANAGED_IDENTITY,
            False,
        ),
        ({"authType": "UserCredentials", "userName": "ci"}, IdentityKind.TOKEN, True),
        ({"authType": "Anonymous"}, IdentityKind.ANONYMOUS, True),
    ],
)
async def test_each_site_container_has_its_own_auth_type(
    properties: dict[str, str], kind: IdentityKind, attached: bool
) -> None:
    containers = [
        site_container("other", f"{SERVER}/other:v1", authType="Anonymous"),
        site_container("main", IMAGE, **properties),
    ]
    seen = await observed({"linuxFxVersion": "sitecontainers"}, sitecontainers=containers)
    assert (seen[PullIdentity].kind, seen[PullIdentity].attached) == (kind, attached)
    assert seen[RegistryCredential].configured is (kind is not IdentityKind.ANONYMOUS)


async def test_an_unknown_auth_type_is_not_taken_for_anonymous() -> None:
    containers = [site_container("main", IMAGE, authType="Brand new")]
    seen = await observed({"linuxFxVersion": "sitecontainers"}, sitecontainers=containers)
    with pytest.raises(MissingEvidenceError, match="Brand new"):
        _ = seen[PullIdentity]


@pytest.mark.parametrize(
    ("now", "addresses"),
    [
        ({}, ("20.0.0.1", "20.0.0.2")),
        ({"outboundIpAddresses": ""}, ("20.0.0.1", "20.0.0.2", "20.0.0.3")),
    ],
)
async def test_pulls_leave_by_the_addresses_of_now_outside_of_the_network(
    now: dict[str, str], addresses: tuple[str, ...]
) -> None:
    integrated = {"virtualNetworkSubnetId": SUBNET, **now}
    egress = (await observed({}, properties=integrated))[Egress]
    assert egress == Egress(
        addresses=addresses, network="", unrouted=SUBNET.rpartition("/subnets/")[0]
    )


@pytest.mark.parametrize(
    "routing",
    [
        {"outboundVnetRouting": {"imagePullTraffic": True}},
        {"outboundVnetRouting": {"allTraffic": True}},
        {"vnetImagePullEnabled": True},
    ],
)
async def test_pulls_take_the_network_where_they_are_told_to(routing: dict[str, Any]) -> None:
    properties = {"virtualNetworkSubnetId": SUBNET, **routing}
    arm = FakeArm({**answers({}, properties=properties), SUBNET: {"properties": {}}})
    seen = Evidence(await AppService(surroundings(arm)).observe(pull(SITE, Compute.APP_SERVICE)))
    assert seen[Egress].network == SUBNET.removesuffix("/subnets/apps")
    assert "20.0.0.1" in seen[Egress].addresses


@pytest.mark.parametrize(
    ("config", "system"), [({"windowsFxVersion": "DOCKER|x"}, "windows"), ({}, "linux")]
)
async def test_the_platform(config: dict[str, str], system: str) -> None:
    assert (await observed(config))[RuntimePlatforms].platforms == (Platform(system, "amd64"),)


async def test_a_running_site_does_not_tell_whether_it_pulled() -> None:
    with pytest.raises(MissingEvidenceError, match="docker log"):
        _ = (await observed({}))[WorkloadState]
    stopped = (await observed({}, properties={"state": "Stopped"}))[WorkloadState]
    assert stopped.state is PullState.STOPPED


@pytest.mark.parametrize(
    "compose",
    [
        b"services: {a: {image: x, since: 2026-13-45}}",
        b"services: {1: {image: []}}",
        b"services: {a: {image: 7}}",
        b"[" * 5000,
        b"services: {? {a: b} : c}",
        b"!!python/object:os.system {}",
    ],
)
async def test_a_site_that_is_not_understood_costs_only_itself(compose: bytes) -> None:
    other = f"{GROUP}/providers/Microsoft.Web/sites/other"
    odd = row(other, linuxFxVersion="COMPOSE|" + base64.b64encode(compose).decode())
    arm = FakeArm({}, odd, row(linuxFxVersion=f"DOCKER|{IMAGE}"))

    found = await AppService(surroundings(arm)).discover(())

    assert [str(pull.image) for pull in found.pulls] == [IMAGE]
    assert [gap.what for gap in found.gaps] == [other]


async def test_sidecars_of_a_code_site_are_discovered() -> None:
    sidecars = [site_container("proxy", IMAGE, isMain=False)]
    arm = FakeArm(
        {f"{SITE}/sitecontainers": sidecars}, row(kind="app,linux", linuxFxVersion="PYTHON|3.13")
    )
    assert await images(arm) == [IMAGE]


async def test_a_sidecar_of_a_code_site_pulls_with_its_own_credential() -> None:
    containers = [site_container("proxy", IMAGE, authType="SystemIdentity")]
    seen = await observed({"linuxFxVersion": "PYTHON|3.13"}, sitecontainers=containers)
    assert seen[PullIdentity].principal_id == "own"
