"""Events find their pulls, also when Azure does not tell which registry they are of."""

import json

import azure.functions as func
import pytest

from shared.adapters.store.ledger import NoteKind
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.pipeline.intake import on_queued_events, on_registry_event
from shared.pipeline.sweep import sweep
from shared.registry.base import Registries
from tests.support.fakes import REGISTRY, START, FakeRegistry, World, digest
from tests.support.recorded import SCHEMAS, Schema, event
from tests.support.stories import deleted, work_off


class Unreadable(FakeRegistry):
    """A registry whose resource cannot be read."""

    async def registries(self) -> Registries:
        return Registries((), (Gap("/subscriptions/s", "503"),))


class Raising(FakeRegistry):
    """The observer cannot even say that."""

    async def registries(self) -> Registries:
        raise CouldNotLookError("503")


class Empty(FakeRegistry):
    """Everything could be read, and it is not there."""

    async def registries(self) -> Registries:
        return Registries(())


async def estate(registry: FakeRegistry) -> World:
    world = World()
    world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    registry.tagged = {}
    world.registry = registry
    return world


def from_host(host: str) -> func.EventGridEvent:
    data = deleted("team/api", 1).get_json()
    data["request"]["host"] = host
    return func.EventGridEvent(
        id="e",
        data=data,
        topic=REGISTRY.resource_id,
        subject="team/api",
        event_type="Microsoft.ContainerRegistry.ImageDeleted",
        event_time=START,
        data_version="1.0",
    )


@pytest.mark.parametrize("registry", [Unreadable(), Raising(), Empty()])
@pytest.mark.parametrize("host", ["contoso.azurecr.io", "contoso.westeurope.geo.azurecr.io"])
async def test_the_host_tells_the_registry_where_azure_does_not(
    registry: FakeRegistry, host: str
) -> None:
    world = await estate(registry)
    await on_registry_event(world.services, from_host(host))
    assert len(world.queue.take(world.settings.urgent_queue)) == 1


@pytest.mark.parametrize("registry", [Unreadable(), Raising()])
async def test_an_event_whose_registry_cannot_be_told_now_comes_again(
    registry: FakeRegistry,
) -> None:
    world = await estate(registry)
    with pytest.raises(CouldNotLookError):
        await on_registry_event(world.services, from_host(""))


async def test_an_event_of_a_registry_that_is_not_known_is_recorded() -> None:
    world = await estate(Empty())
    await on_registry_event(world.services, from_host(""))
    (note,) = [note async for note in world.services.store.ledger.notes()]
    assert note.kind is NoteKind.EVENT_IGNORED
    assert "registries/contoso" in note.reason


async def test_half_a_character_in_an_id_is_no_crash() -> None:
    world = await estate(Empty())
    odd = func.EventGridEvent(
        id="\ud800",
        data={},
        topic=REGISTRY.resource_id,
        subject="s",
        event_type="\ud800",
        event_time=START,
        data_version="1.0",
    )
    await on_registry_event(world.services, odd)
    assert len([note async for note in world.services.store.ledger.notes()]) == 1


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_deletion_out_of_the_queue_is_acted_on(schema: Schema) -> None:
    world = await estate(FakeRegistry())
    said = event(
        schema, "image_deleted", REGISTRY.resource_id, "team/api", digest=digest(1), actor="bob"
    )
    await on_queued_events(world.services, json.dumps(said).encode(), "m")
    assert len(world.queue.take(world.settings.urgent_queue)) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"\xff\xfe"])
async def test_a_message_that_holds_no_event_is_recorded_and_done_with(body: bytes) -> None:
    world = await estate(Empty())
    await on_queued_events(world.services, body, None)
    (note,) = [note async for note in world.services.store.ledger.notes()]
    assert note.kind is NoteKind.MESSAGE_MALFORMED
    assert note.reason


async def test_a_queued_event_whose_registry_cannot_be_told_now_comes_again() -> None:
    world = await estate(Raising())
    said = event("cloud-events", "image_deleted", "/nowhere", "team/api", digest=digest(1))
    said["data"]["request"]["host"] = ""
    with pytest.raises(CouldNotLookError):
        await on_queued_events(world.services, json.dumps(said).encode(), "m")
