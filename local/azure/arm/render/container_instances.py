"""Microsoft.ContainerInstance: container groups."""

from collections.abc import Iterator, Sequence
from functools import partial

from local.azure.arm.render.common import (
    Entry,
    Json,
    always,
    identity_block,
    identity_id,
    present,
    subnet_id,
    tracked,
)
from local.azure.stamps import seconds
from local.azure.world import World
from local.estates.hosting import ContainerGroup, GroupContainer, GroupEvent


def entries(world: World) -> Iterator[Entry]:
    """Every container group."""
    for group in world.estate.container_groups:
        render = always(partial(body, world, group))
        yield Entry(group.id, ContainerGroup.TYPE, render, in_graph=True)


def body(world: World, group: ContainerGroup) -> Json:
    """A container group with the instance view of each container."""
    subnets = [{"id": subnet_id(world, group.network)}] if group.network else None
    properties = {
        "containers": _containers(world, group.containers),
        "initContainers": _containers(world, group.init_containers),
        "imageRegistryCredentials": [
            present(
                {
                    "server": one.server,
                    "username": one.username or None,
                    "identity": identity_id(world, one.identity) or None,
                }
            )
            for one in group.credentials
        ],
        "osType": group.os,
        "restartPolicy": "Always",
        "sku": "Standard",
        "ipAddress": {"type": "Public", "ip": group.outbound[0]} if group.outbound else None,
        "subnetIds": subnets,
        "instanceView": {"events": [], "state": group.state},
    }
    block = identity_block(world, group.name, group.identity)
    return tracked(group, present(properties), **present({"identity": block}))


def _containers(world: World, containers: Sequence[GroupContainer]) -> list[Json]:
    return [
        {
            "name": one.name,
            "properties": {
                "image": one.image,
                "resources": {"requests": {"cpu": 1.0, "memoryInGB": 1.5}},
                "instanceView": {
                    "restartCount": 0,
                    "currentState": {"state": one.state, "detailStatus": ""},
                    "events": [_event(world, event) for event in one.events],
                },
            },
        }
        for one in containers
    ]


def _event(world: World, event: GroupEvent) -> Json:
    moment = seconds(world.clock.before_start(event.age))
    return {
        "count": event.count,
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "name": event.name,
        "message": event.message,
        "type": event.type,
    }
