"""Container Instances: groups, their credentials and events."""

from typing import Any

import pytest

from shared.adapters.arm import ForbiddenError, NotFoundError
from shared.compute.container_instances import ContainerInstances
from shared.domain.facts.base import Evidence, MissingEvidenceError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import (
    Egress,
    IdentityKind,
    PullIdentity,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform
from shared.domain.pulls import Compute
from tests.unit.compute.fakes import GROUP, SERVER, FakeArm
from tests.unit.compute.support import pull, surroundings

ID = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/batch"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/spoke/subnets/aci"
IMAGE = f"{SERVER}/shop/api:v1"
PULLER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
FAILED = {
    "name": "Failed",
    "message": f'Failed to pull image "{IMAGE}": denied',
    "firstTimestamp": "2026-03-01T00:00:00Z",
    "lastTimestamp": "2026-03-01T00:05:00Z",
}
PULLED = {"name": "Pulled", "message": "ok", "lastTimestamp": "2026-03-01T00:06:00Z"}


def container(image: str = IMAGE, state: str = "Running", *events: Any) -> dict[str, Any]:
    view = {"currentState": {"state": state, "detailStatus": ""}, "events": list(events)}
    return {"name": "main", "properties": {"image": image, "instanceView": view}}


def group(*containers: Any, **properties: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "name": "batch",
        "type": "microsoft.containerinstance/containergroups",
        "identity": {
            "principalId": "own",
            "userAssignedIdentities": {PULLER: {"principalId": "puller-object"}},
        },
        "properties": {
            "containers": list(containers or (container(),)),
            "osType": "Linux",
            **properties,
        },
    }


async def observed(found: dict[str, Any]) -> Evidence:
    arm = FakeArm({ID: found, SUBNET: {"properties": {}}})
    platform = ContainerInstances(surroundings(arm))
    return Evidence(await platform.observe(pull(ID, Compute.CONTAINER_INSTANCES)))


async def test_resource_graph_holds_all_images() -> None:
    init = {"name": "init", "properties": {"image": f"{SERVER}/init:v1"}}
    arm = FakeArm({}, group(initContainers=[init]))
    found = await ContainerInstances(surroundings(arm)).discover(())
    assert [str(one.image) for one in found.pulls] == [f"{SERVER}/init:v1", IMAGE]
    assert sum(line.startswith("GET") for line in arm.asked) == 0


async def test_a_malformed_group_is_a_gap_and_the_others_are_found() -> None:
    bad = {**group(), "id": f"{ID}2", "properties": {"containers": "none"}}
    found = await ContainerInstances(surroundings(FakeArm({}, bad, group()))).discover(())
    assert len(found.pulls) == 1
    assert [gap.what for gap in found.gaps] == [f"{ID}2"]


@pytest.mark.parametrize(
    ("entry", "kind", "attached"),
    [
        ({"identity": PULLER}, IdentityKind.MANAGED_IDENTITY, True),
        ({"identity": PULLER + "2"}, IdentityKind.MANAGED_IDENTITY, False),
        ({"username": "contoso"}, IdentityKind.ADMIN_USER, True),
        ({}, IdentityKind.ANONYMOUS, True),
    ],
)
async def test_the_credential_for_the_server_tells_who_pulls(
    entry: dict[str, str], kind: IdentityKind, attached: bool
) -> None:
    seen = await observed(group(imageRegistryCredentials=[{"server": SERVER, **entry}]))
    assert (seen[PullIdentity].kind, seen[PullIdentity].attached) == (kind, attached)
    assert not seen[PullIdentity].system_assigned
    assert seen[RegistryCredential].configured is (kind is not IdentityKind.ANONYMOUS)


@pytest.mark.parametrize("name", ["system", "[system]"])
async def test_the_groups_own_identity_is_told_as_such(name: str) -> None:
    entry = {"server": SERVER, "identity": name}
    seen = await observed(group(imageRegistryCredentials=[entry]))
    assert seen[PullIdentity].system_assigned


async def test_a_failed_pull_is_told_with_its_text() -> None:
    seen = await observed(group(container(IMAGE, "Waiting", FAILED)))
    assert (seen[WorkloadState].state, seen[WorkloadState].failing) == (PullState.FAILING, 1)
    assert seen[ReportedError].text == FAILED["message"]
    assert seen[ReportedError].at is not None


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (group(container(IMAGE, "Running", FAILED, PULLED)), PullState.RUNNING),
        (group(container(IMAGE, "Waiting")), PullState.PENDING),
        (group(container(IMAGE, "Terminated")), PullState.RUNNING),
        (
            group(container(IMAGE, "Terminated"), instanceView={"state": "Stopped"}),
            PullState.STOPPED,
        ),
    ],
)
async def test_the_state_of_a_group(found: dict[str, Any], state: PullState) -> None:
    seen = await observed(found)
    assert seen[WorkloadState].state is state
    assert seen.get(ReportedError) is None


async def test_a_container_without_a_view_has_no_state() -> None:
    seen = await observed(group({"name": "main", "properties": {"image": IMAGE}}))
    with pytest.raises(MissingEvidenceError, match="no state"):
        _ = seen[WorkloadState]


async def test_a_group_leaves_by_addresses_that_nobody_tells() -> None:
    assert (await observed(group()))[Egress] == Egress(complete=False)
    inside = (await observed(group(subnetIds=[{"id": SUBNET}])))[Egress]
    assert inside == Egress(complete=False, network=SUBNET.removesuffix("/subnets/aci"))


async def test_windows_groups_need_windows_images() -> None:
    seen = await observed(group(osType="Windows"))
    assert seen[RuntimePlatforms].platforms == (Platform("windows", "amd64"),)


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [({"name": "puller"}, False), (NotFoundError("404"), True), (ForbiddenError("403"), False)],
)
async def test_an_identity_that_arm_no_longer_has_is_deleted(answer: Any, deleted: bool) -> None:
    """The group goes on naming it. That ARM does not show it proves nothing."""
    entry = {"server": SERVER, "identity": PULLER}
    arm = FakeArm({ID: group(imageRegistryCredentials=[entry]), PULLER: answer})
    platform = ContainerInstances(surroundings(arm))
    seen = Evidence(await platform.observe(pull(ID, Compute.CONTAINER_INSTANCES)))
    assert seen[PullIdentity].deleted is deleted


@pytest.mark.parametrize("written", ["yesterday", "0001-01-01T00:00:00+02:00"])
async def test_a_time_that_is_none_costs_the_state_only(written: str) -> None:
    broken = group(container(IMAGE, "Waiting", {**FAILED, "firstTimestamp": written}))
    evidence = await observed(broken)
    assert "firstTimestamp is not a time" in evidence.gaps[WorkloadState.__name__]
    assert evidence[PullIdentity]
    assert evidence[RuntimePlatforms]
