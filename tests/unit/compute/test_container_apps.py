"""Container Apps: revisions, jobs, and who pulls."""

from typing import Any

import pytest

from shared.adapters.arm import ForbiddenError
from shared.compute.container_apps import ContainerApps
from shared.domain.facts.base import Evidence, MissingEvidenceError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import (
    Audience,
    Egress,
    IdentityKind,
    PrivatePath,
    PullIdentity,
    PullState,
    RegistryCredential,
    WorkloadState,
)
from shared.domain.pulls import Compute, Standing
from tests.unit.compute.fakes import GROUP, SERVER, FakeArm
from tests.unit.compute.support import pull, surroundings

APP = f"{GROUP}/providers/Microsoft.App/containerApps/orders"
JOB = f"{GROUP}/providers/Microsoft.App/jobs/nightly"
ENVIRONMENT = f"{GROUP}/providers/Microsoft.App/managedEnvironments/env"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/spoke/subnets/apps"
IMAGE, OLD = f"{SERVER}/shop/api:v1", f"{SERVER}/shop/api:v0"
PULLER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
IDENTITY = {
    "principalId": "own",
    "userAssignedIdentities": {PULLER: {"principalId": "puller-object", "clientId": "c"}},
}


def template(*images: str, init: str = "") -> dict[str, Any]:
    return {
        "containers": [{"name": f"c{n}", "image": image} for n, image in enumerate(images)],
        "initContainers": [{"name": "i", "image": init}] if init else None,
    }


def app(app_id: str = APP, *images: str, **properties: Any) -> dict[str, Any]:
    named = "environmentId" if "/jobs/" in app_id else "managedEnvironmentId"
    return {
        "id": app_id,
        "name": app_id.rpartition("/")[2],
        "type": "microsoft.app/jobs" if "/jobs/" in app_id else "microsoft.app/containerapps",
        "identity": IDENTITY,
        "properties": {named: ENVIRONMENT, "template": template(*images or (IMAGE,)), **properties},
    }


def revision(name: str, image: str = IMAGE, **properties: Any) -> dict[str, Any]:
    sound = {
        "active": True,
        "replicas": 1,
        "healthState": "Healthy",
        "createdTime": "2026-03-01T00:00:00+00:00",
        "template": template(image),
    }
    return {"name": name, "properties": sound | properties}


async def discovered(*revisions: dict[str, Any], **properties: Any) -> dict[str, Standing]:
    arm = FakeArm({f"{APP}/revisions": list(revisions)}, app(**properties))
    found = await ContainerApps(surroundings(arm)).discover(())
    assert found.gaps == ()
    return {str(pull.image): pull.standing for pull in found.pulls}


async def observed(
    *revisions: dict[str, Any], environment: dict[str, Any] | None = None, **configuration: Any
) -> Evidence:
    arm = FakeArm(
        {
            APP: app(configuration=configuration, outboundIpAddresses=["20.0.0.9"]),
            f"{APP}/revisions": list(revisions or (revision("orders--1"),)),
            ENVIRONMENT: environment or {"properties": {"staticIp": "20.0.0.1"}},
            SUBNET: {"properties": {}},
            SUBNET.removesuffix("/subnets/apps"): {"properties": {}},
        }
    )
    found = await ContainerApps(surroundings(arm)).observe(pull(APP, Compute.CONTAINER_APPS))
    return Evidence(found)


async def test_each_revision_has_a_template_of_its_own() -> None:
    assert await discovered(revision("orders--2"), revision("orders--1", OLD, active=False)) == {
        IMAGE: Standing.ACTIVE,
        OLD: Standing.ROLLBACK,
    }


async def test_an_old_revision_that_is_still_active_is_in_use() -> None:
    found = await discovered(revision("orders--2"), revision("orders--1", OLD))
    assert found[OLD] is Standing.ACTIVE


async def test_an_app_at_zero_or_stopped_pulls_at_its_next_start() -> None:
    assert await discovered(revision("orders--1", replicas=0)) == {IMAGE: Standing.IDLE}
    stopped = await discovered(revision("orders--1"), runningStatus="Stopped")
    assert stopped == {IMAGE: Standing.IDLE}


async def test_a_template_that_no_revision_was_made_from_counts() -> None:
    assert (await discovered(revision("orders--1", OLD)))[IMAGE] is Standing.ACTIVE


async def test_revisions_that_cannot_be_read_are_a_gap_and_the_newest_template_is_left() -> None:
    arm = FakeArm({f"{APP}/revisions": ForbiddenError("403")}, app())
    found = await ContainerApps(surroundings(arm)).discover(())
    assert [str(pull.image) for pull in found.pulls] == [IMAGE]
    assert [(gap.what, gap.reason) for gap in found.gaps] == [(APP, "its revisions: 403")]


async def test_jobs_are_idle_between_runs_and_init_containers_pull() -> None:
    job = app(JOB)
    job["properties"]["template"] = template(IMAGE, init=OLD)
    found = await ContainerApps(surroundings(FakeArm({}, job))).discover(())
    assert {str(one.image): one.standing for one in found.pulls} == {
        IMAGE: Standing.IDLE,
        OLD: Standing.IDLE,
    }
    assert found.pulls[0].workload.name == "nightly"


@pytest.mark.parametrize(
    ("entry", "principal", "attached"),
    [
        ({"identity": "system"}, "own", True),
        ({"identity": PULLER.upper()}, "puller-object", True),
        ({"identity": PULLER.replace("puller", "gone")}, "", False),
        ({"identity": "system-environment"}, "env-object", True),
    ],
)
async def test_the_registries_entry_names_the_identity(
    entry: dict[str, str], principal: str, attached: bool
) -> None:
    environment = {"identity": {"principalId": "env-object"}, "properties": {}}
    registries = [
        {"server": "fabrikam.azurecr.io", "identity": "system"},
        {"server": SERVER, **entry},
    ]
    seen = await observed(registries=registries, environment=environment)
    identity = seen[PullIdentity]
    assert (identity.principal_id, identity.attached) == (principal, attached)
    assert identity.audience is Audience.ARM
    assert seen[RegistryCredential] == RegistryCredential(configured=True)


@pytest.mark.parametrize(("secret", "exists"), [("acr-password", True), ("gone", False)])
async def test_a_password_is_one_of_the_apps_secrets(secret: str, exists: bool) -> None:
    entry = {"server": SERVER, "username": "contoso", "passwordSecretRef": secret, "identity": ""}
    seen = await observed(registries=[entry], secrets=[{"name": "acr-password"}])
    assert seen[PullIdentity].kind is IdentityKind.ADMIN_USER
    credential = seen[RegistryCredential]
    assert (credential.username, credential.secret_name) == ("contoso", secret)
    assert credential.secret_exists is exists


async def test_without_an_entry_for_the_server_the_pull_is_anonymous() -> None:
    seen = await observed(registries=[{"server": "fabrikam.azurecr.io", "identity": "system"}])
    assert seen[PullIdentity].kind is IdentityKind.ANONYMOUS
    assert seen[PullIdentity].related["system-assigned identity"] == "own"
    assert not seen[RegistryCredential].configured


async def test_without_a_network_the_addresses_may_change() -> None:
    seen = await observed()
    assert seen[Egress] == Egress(addresses=("20.0.0.9",), complete=False)
    assert seen[PrivatePath] == PrivatePath()


async def test_an_environment_in_a_network_pulls_through_it() -> None:
    environment = {"properties": {"vnetConfiguration": {"infrastructureSubnetId": SUBNET}}}
    seen = await observed(environment=environment)
    assert seen[Egress].network == SUBNET.removesuffix("/subnets/apps")
    assert not seen[Egress].complete


async def test_a_provisioning_error_is_the_live_error() -> None:
    text = "Failed to provision revision: GET https:: UNAUTHORIZED: authentication required"
    failed = revision("orders--2", provisioningError=text, replicas=0, healthState="Unhealthy")
    seen = await observed(failed, revision("orders--1", OLD))
    assert (seen[WorkloadState].state, seen[WorkloadState].message) == (PullState.FAILING, text)
    assert seen[ReportedError].text == text
    assert seen[ReportedError].source == "revision orders--2"


@pytest.mark.parametrize(
    ("properties", "state"),
    [
        ({}, PullState.RUNNING),
        ({"replicas": 0}, PullState.STOPPED),
        ({"active": False, "provisioningError": "long ago"}, PullState.STOPPED),
        ({"healthState": "Unhealthy"}, PullState.PENDING),
    ],
)
async def test_the_state_of_a_revision(properties: dict[str, Any], state: PullState) -> None:
    seen = await observed(revision("orders--1", **properties))
    assert seen[WorkloadState].state is state
    assert seen.get(ReportedError) is None


async def test_an_image_that_no_revision_has_any_more_has_no_state() -> None:
    with pytest.raises(MissingEvidenceError, match="no revision"):
        _ = (await observed(revision("orders--1", OLD)))[WorkloadState]


@pytest.mark.parametrize(
    ("status", "state"), [("Running", PullState.RUNNING), ("Succeeded", PullState.STOPPED)]
)
async def test_the_newest_execution_is_the_state_of_a_job(status: str, state: PullState) -> None:
    executions = [
        {"properties": {"status": "Failed", "startTime": "2026-02-28T00:00:00+00:00"}},
        {"properties": {"status": status, "startTime": "2026-03-01T00:00:00+00:00"}},
    ]
    arm = FakeArm({JOB: app(JOB), f"{JOB}/executions": executions, ENVIRONMENT: {}})
    seen = Evidence(
        await ContainerApps(surroundings(arm)).observe(pull(JOB, Compute.CONTAINER_APPS))
    )
    assert seen[WorkloadState].state is state


async def test_why_an_execution_failed_is_not_known() -> None:
    failed = [{"properties": {"status": "Failed", "startTime": "2026-03-01T00:00:00+00:00"}}]
    arm = FakeArm({JOB: app(JOB), f"{JOB}/executions": failed, ENVIRONMENT: {}})
    seen = Evidence(
        await ContainerApps(surroundings(arm)).observe(pull(JOB, Compute.CONTAINER_APPS))
    )
    with pytest.raises(MissingEvidenceError, match="Failed"):
        _ = seen[WorkloadState]
