"""Registry events in both schemas, about an image that a test chooses.

The files have the shape that learn.microsoft.com/azure/event-grid/event-schema-container-registry
documents; names and ids in them are Contoso's.
"""

import json
import uuid
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

EVENTS = Path(__file__).parents[1] / "data" / "events"

type Schema = Literal["event-grid", "cloud-events"]
type Kind = Literal["image_pushed", "image_deleted", "chart_pushed", "chart_deleted"]
type Json = dict[str, Any]

SCHEMAS: tuple[Schema, ...] = ("event-grid", "cloud-events")


def recorded(schema: Schema, kind: Kind) -> Json:
    """A sample as it is."""
    sample: Json = json.loads((EVENTS / f"{schema}.{kind}.json").read_text())
    return sample


def event(
    schema: Schema,
    kind: Kind,
    registry: str,
    repository: str,
    *,
    digest: str,
    tag: str = "",
    actor: str = "",
    user_agent: str = "docker/27.5.1",
) -> Json:
    """A sample about another image. ``registry`` is the ARM id; the event has ids of its own."""
    made = deepcopy(recorded(schema, kind))
    made["source" if schema == "cloud-events" else "topic"] = registry
    made["id"] = str(uuid.uuid4())
    made["subject"] = f"{repository}:{tag}" if tag else repository
    data = made["data"]
    data["id"] = made["id"]
    data["target"] |= {"repository": repository, "digest": digest, **({"tag": tag} if tag else {})}
    host = f"{registry.rpartition('/')[2]}.azurecr.io"
    data["request"] |= {"id": str(uuid.uuid4()), "host": host, "useragent": user_agent}
    if actor:
        data["actor"] = {"name": actor}
    return made
