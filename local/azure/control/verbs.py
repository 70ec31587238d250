"""How a verb is made: a struct of its arguments, and a function that does it."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

from local.azure.cloud import Cloud
from local.azure.events import EventGrid
from local.azure.schedules import Schedules

type Json = dict[str, Any]


ImageName = Annotated[
    str, Meta(description="registry/repository:tag, or registry/repository@sha256:...")
]
RegistryName = Annotated[str, Meta(description="the name of a registry")]
IdentityName = Annotated[str, Meta(description="the name of an identity")]
Host = Annotated[str, Meta(description="a host, or a pattern such as *.azurecr.io")]


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The JSON that a verb takes; names are camelCase."""


@dataclass
class Desk:
    """What verbs act on."""

    cloud: Cloud
    events: EventGrid
    schedules: Schedules


type Act = Callable[[Desk, Any], Awaitable[Json | None] | Json | None]


@dataclass(frozen=True)
class Verb:
    """A verb by its name in the path."""

    name: str
    arguments: type[Arguments]
    act: Act
    edits: bool
    """Whether `undo` takes it back."""

    @property
    def help(self) -> str:
        """What it does, in one line."""
        return (inspect.getdoc(self.act) or "").splitlines()[0]

    def accepted(self) -> Json:
        """The arguments: name -> what is accepted, and what holds where none is given."""
        return {
            field.encode_name: _kind(field.type) + _unless_given(field)
            for field in msgspec.structs.fields(self.arguments)
        }

    @property
    def chapter(self) -> str:
        """What the verbs of its module are about."""
        told = (inspect.getdoc(inspect.getmodule(self.act)) or "").splitlines()[0]
        return told.removeprefix("Verbs on ").removesuffix(".")


VERBS: dict[str, Verb] = {}
"""Filled by the modules that define verbs."""


def verb[A: Arguments](
    name: str, arguments: type[A], *, edits: bool = True
) -> Callable[[Callable[[Desk, A], Any]], Callable[[Desk, A], Any]]:
    """Register a function as a verb."""

    def register(act: Callable[[Desk, A], Any]) -> Callable[[Desk, A], Any]:
        VERBS[name] = Verb(name, arguments, act, edits)
        return act

    return register


_KINDS = {
    str: "text",
    bool: "true | false",
    int: "a whole number",
    float: "a number",
    timedelta: "an ISO 8601 duration such as P3D",
}


def _kind(annotation: Any) -> str:
    """A type in words: its description if it has one, else such as `text` or `open | close`."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        described = (each.description for each in inner[1:] if isinstance(each, Meta))
        return next((text for text in described if text), _kind(inner[0]))
    if origin is tuple:
        return f"{_kind(inner[0])}, one or more"
    if inner:
        return " | ".join(
            each if isinstance(each, str) else _kind(each)
            for each in inner
            if each is not type(None)
        )
    return _KINDS.get(annotation, str(annotation))


def _unless_given(field: FieldInfo) -> str:
    if field.required:
        return ""
    match field.default:
        case "" | None | ():
            return " (optional)"
        case bool() as switch:
            return f" ({str(switch).lower()} unless given)"
        case tuple() as several:
            return f" ({', '.join(several)} unless given)"
        case value:
            return (
                f" ({value:g} unless given)" if value != str(value) else f" ({value} unless given)"
            )
