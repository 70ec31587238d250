"""What every description in an estate shares: strict fields, Azure's own spelling, an ARM id."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

import msgspec

type Age = timedelta
"""ISO 8601 duration (`P40D`, `PT6H`) counted back from the moment the simulator starts."""

type Lasting = timedelta
"""ISO 8601 duration counted forward from the start; negative (`-P3D`) is in the past."""

NAME = r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"

Name = Annotated[str, msgspec.Meta(pattern=NAME)]
Switch = Literal["Enabled", "Disabled"]


class Described(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A part of an estate. YAML keys are camelCase; an unknown key is an error.

    Instances may be edited: the running simulator edits the estate it was given.
    """


class Resource(Described, kw_only=True):
    """Something with an ARM id. Empty fields are filled in from `Estate.defaults` on loading."""

    TYPE: ClassVar[str] = ""
    """ARM type, such as `Microsoft.ContainerRegistry/registries`."""

    name: Name
    subscription: str = ""
    """Name of a subscription of the estate."""
    resource_group: str = ""
    location: str = ""
    tags: dict[str, str] = {}
    created: Age = timedelta(days=400)
    provisioning_state: str = "Succeeded"
    id: str = ""
    """ARM id; made from the names unless given."""


class AssignedIdentity(Described, kw_only=True):
    """The identities of a resource: its own, and user-assigned ones by name."""

    system: bool = False
    """A system-assigned identity; in the estate it bears the resource's name."""
    user: list[str] = []
