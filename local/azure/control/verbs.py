"""How a verb is made: a struct of its arguments, and a function that does it."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from local.azure.cloud import Cloud
from local.azure.events import EventGrid
from local.azure.schedules import Schedules

type Json = dict[str, Any]


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
        """The arguments: name -> what is accepted, with `optional` where there is a default."""
        return {
            field.encode_name: _kind(field.type) + ("" if field.required else ", optional")
            for field in msgspec.structs.fields(self.arguments)
        }


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


def _kind(annotation: Any) -> str:
    """A type in words: `str`, `true or false`, `open, close or allow`."""
    if getattr(annotation, "__value__", None) is not None:
        annotation = annotation.__value__
    values = get_args(annotation)
    if values and all(isinstance(value, str) for value in values):
        return " | ".join(values)
    if values:
        return " | ".join(_kind(value) for value in values if value is not type(None))
    return getattr(annotation, "__name__", str(annotation))
