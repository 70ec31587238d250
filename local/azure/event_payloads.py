"""The events of registries as Event Grid writes them, in both of its schemas."""

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from local.azure.operations import Operation
from local.azure.stamps import stamp
from local.azure.world import World
from local.estates.registry import Registry

type Schema = Literal["EventGridSchema", "CloudEventSchemaV1_0"]

PUSHED: Final = "Microsoft.ContainerRegistry.ImagePushed"
DELETED: Final = "Microsoft.ContainerRegistry.ImageDeleted"


@dataclass(frozen=True)
class Event:
    """An event before it is written in a schema."""

    id: str
    type: str
    registry: str
    """Name of the registry."""
    source: str
    """ARM id of the registry."""
    subject: str
    time: str
    data: dict[str, Any]


def event_of(world: World, operation: Operation) -> Event | None:
    """The event of an operation, or None: an untag makes none, nor does what was refused.

    Whether the retention policy, a restore and an import make events is documented nowhere; here
    they make none unless `faults.told` says so. A quarantined push is told of when it is released.
    """
    told = world.faults.told
    is_push = operation.kind == "release" or (
        operation.kind == "push" and not operation.quarantined
    )
    is_push = is_push or (operation.kind in {"restore", "import"} and operation.kind in told)
    is_delete = operation.kind == "delete" or (
        operation.kind == "retention" and "retention" in told
    )
    if operation.status >= 400 or not (is_push or is_delete):  # noqa: PLR2004
        return None
    registry = world.registry(operation.registry)
    event_id = str(uuid.uuid4())
    data = pushed(operation) if is_push else deleted(operation)
    return Event(
        id=event_id,
        type=PUSHED if is_push else DELETED,
        registry=registry.name,
        source=registry.id,
        subject=subject_of(operation) if is_push else operation.repository,
        time=stamp(world.now()),
        data={
            "id": str(uuid.uuid4()) if is_push else event_id,
            "timestamp": stamp(operation.time),
            **data,
            **common(operation, registry),
        },
    )


def from_replicas(world: World, event: Event) -> list[Event]:
    """What the geo-replicas of a registry say of the same push."""
    if event.type != PUSHED:
        return []
    return [
        replace(event, id=str(uuid.uuid4()), data=event.data | {"location": each.location})
        for each in world.registry(event.registry).replications
    ]


def subject_of(operation: Operation) -> str:
    """`repository:tag`; the bare repository when a child of an index was pushed by digest."""
    return f"{operation.repository}:{operation.tag}" if operation.tag else operation.repository


def pushed(operation: Operation) -> dict[str, Any]:
    """What is particular to ImagePushed."""
    target: dict[str, Any] = {
        "mediaType": operation.media_type,
        "size": operation.size,
        "digest": operation.digest,
        "length": operation.size,
        "repository": operation.repository,
    }
    if operation.tag:
        target["tag"] = operation.tag
    return {"action": "push", "target": target}


def deleted(operation: Operation) -> dict[str, Any]:
    """What is particular to ImageDeleted: it names no tag."""
    target = {
        "mediaType": operation.media_type,
        "digest": operation.digest,
        "repository": operation.repository,
    }
    return {"action": "delete", "target": target}


def common(operation: Operation, registry: Registry) -> dict[str, Any]:
    """Where it happened, who asked and how."""
    who = operation.requester
    actor = {"actor": {"name": who.name}} if who.name else {}
    return {
        "location": registry.location,
        "request": {
            "id": who.request_id,
            "host": registry.login_server,
            "method": who.method,
            "useragent": who.user_agent,
        },
        **actor,
    }


def wire(event: Event, schema: Schema) -> tuple[bytes, str]:
    """Body and content type of a delivery: an array of one, or one CloudEvent."""
    if schema == "EventGridSchema":
        return json.dumps([grid_event(event)]).encode(), "application/json; charset=utf-8"
    body = json.dumps(cloud_event(event)).encode()
    return body, "application/cloudevents+json; charset=utf-8"


def grid_event(event: Event) -> dict[str, Any]:
    """An event in the schema of Event Grid."""
    return {
        "id": event.id,
        "topic": event.source,
        "subject": event.subject,
        "eventType": event.type,
        "eventTime": event.time,
        "data": event.data,
        "dataVersion": "1.0",
        "metadataVersion": "1",
    }


def cloud_event(event: Event) -> dict[str, Any]:
    """An event as CloudEvents 1.0."""
    return {
        "id": event.id,
        "source": event.source,
        "subject": event.subject,
        "type": event.type,
        "time": event.time,
        "data": event.data,
        "specversion": "1.0",
    }
