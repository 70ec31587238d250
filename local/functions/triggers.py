"""The functions of an app as this host serves them: bindings checked, %SETTING% filled in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from local.functions.errors import StartupError
from local.functions.settings import resolve
from local.functions.worker import IndexedFunction, RawBinding, RetryPolicy

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,127}")


class HttpTrigger(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="httpTrigger"):
    """`@app.route`. No route means the name of the function, no methods mean all."""

    name: str
    route: str | None = None
    methods: tuple[str, ...] = ()
    auth_level: Literal["ANONYMOUS", "FUNCTION", "ADMIN"] = "FUNCTION"


class TimerTrigger(
    msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="timerTrigger"
):
    """`@app.timer_trigger`."""

    name: str
    schedule: str
    run_on_startup: bool = False
    use_monitor: bool = True


class EventGridTrigger(
    msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="eventGridTrigger"
):
    """`@app.event_grid_trigger`."""

    name: str


class ServiceBusTrigger(
    msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="serviceBusTrigger"
):
    """`@app.service_bus_queue_trigger`, one message a call, no sessions."""

    name: str
    connection: str
    queue_name: str
    cardinality: Literal["ONE", "one"] = "ONE"
    is_sessions_enabled: Literal[False] = False
    data_type: Literal["UNDEFINED", "STRING", "BINARY", "STREAM"] = "UNDEFINED"


type Trigger = HttpTrigger | TimerTrigger | EventGridTrigger | ServiceBusTrigger


@dataclass(frozen=True)
class Function:
    """A function with its one trigger. `http_output` names the output that is the response."""

    name: str
    id: str
    trigger: Trigger
    bindings: tuple[RawBinding, ...]
    http_output: str | None = None
    retry: RetryPolicy | None = None
    disabled: bool = False


def served(indexed: Iterable[IndexedFunction], environ: Mapping[str, str]) -> tuple[Function, ...]:
    """Check the functions of an app. Raises StartupError naming setting, binding and function."""
    functions = tuple(_function(entry, environ) for entry in indexed)
    if not functions:
        raise StartupError("no functions found: function_app.py is missing or registers none")
    return functions


def _function(entry: IndexedFunction, environ: Mapping[str, str]) -> Function:
    if not _NAME.fullmatch(entry.name):
        raise StartupError(f"{entry.name!r} is not a valid function name")
    bindings = tuple(_resolved(binding, entry.name, environ) for binding in entry.bindings)
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    if len(triggers) != 1:
        raise StartupError(f"function {entry.name} must have one trigger, it has {len(triggers)}")
    return Function(
        name=entry.name,
        id=entry.id,
        trigger=_trigger(triggers[0], entry.name),
        bindings=bindings,
        http_output=_http_output(bindings, entry.name),
        retry=entry.retry,
        disabled=_disabled(entry.name, environ),
    )


def _resolved(binding: RawBinding, function: str, environ: Mapping[str, str]) -> RawBinding:
    resolved: RawBinding = {}
    for key, value in binding.items():
        try:
            resolved[key] = resolve(value, environ)
        except StartupError as problem:
            raise StartupError(
                f"{problem} ({key} of the {binding['type']} binding of function {function})"
            ) from None
    return resolved


def _trigger(binding: RawBinding, function: str) -> Trigger:
    try:
        trigger: Trigger = msgspec.convert(binding, Trigger.__value__)
    except msgspec.ValidationError as problem:
        raise StartupError(
            f"the {binding['type']} binding of function {function} cannot be served here: {problem}"
        ) from None
    return trigger


def _http_output(bindings: tuple[RawBinding, ...], function: str) -> str | None:
    name: str | None = None
    for binding in bindings:
        if binding["type"] == "http":
            name = binding["name"]
        elif not binding["type"].endswith("Trigger"):
            raise StartupError(
                f"the {binding['type']} binding of function {function} is not served by this host:"
                " use the SDK of the service instead"
            )
    return name


def _disabled(name: str, environ: Mapping[str, str]) -> bool:
    # The second form is for systems where a name of a variable has no dots.
    values = (environ.get(f"AzureWebJobs{mark}{name}{mark}Disabled", "") for mark in "._")
    return any(value.lower() in {"1", "true"} for value in values)
