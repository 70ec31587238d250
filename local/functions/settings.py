"""What configures a host besides the code: local.settings.json, host.json, %SETTING% in bindings.

Settings are environment variables, as in Azure: `Values` of local.settings.json only fill in what
the environment leaves open.
"""

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from local.functions.errors import StartupError
from local.timespan import parse_timespan

_REFERENCE = re.compile(r"%([^%\s]+)%")
_OVERRIDE = "azurefunctionsjobhost__"


class HttpOptions(msgspec.Struct, frozen=True, rename="camel"):
    """`extensions.http` of host.json."""

    route_prefix: str = "api"


class ServiceBusOptions(msgspec.Struct, frozen=True, rename="camel"):
    """`extensions.serviceBus` of host.json, with the defaults of the real host."""

    max_concurrent_calls: int = 16 * (os.cpu_count() or 1)
    prefetch_count: int = 0
    auto_complete_messages: bool = True
    max_auto_lock_renewal_duration: str = "00:05:00"

    def __post_init__(self) -> None:
        if self.max_concurrent_calls < 1:
            raise ValueError("maxConcurrentCalls must be at least 1")
        parse_timespan(self.max_auto_lock_renewal_duration)

    @property
    def lock_renewal(self) -> timedelta:
        """How long the lock of a message is kept while its function runs."""
        return parse_timespan(self.max_auto_lock_renewal_duration)


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    """`extensions` of host.json; others than these are not read."""

    http: HttpOptions = HttpOptions()
    service_bus: ServiceBusOptions = ServiceBusOptions()


class HostOptions(msgspec.Struct, frozen=True, rename="camel"):
    """What this host reads of host.json."""

    version: str
    function_timeout: str = "00:30:00"
    extensions: Extensions = Extensions()

    def __post_init__(self) -> None:
        if self.function_timeout != "-1":
            parse_timespan(self.function_timeout)

    @property
    def timeout(self) -> float | None:
        """Seconds that a function may run, or None for ever (`-1`)."""
        if self.function_timeout == "-1":
            return None
        return parse_timespan(self.function_timeout).total_seconds()


def load_local_settings(app: Path, environ: MutableMapping[str, str]) -> None:
    """Copy `Values` of local.settings.json, if there is one, into settings that are not set yet."""
    path = app / "local.settings.json"
    if not path.exists():
        return
    content = _read_json(path)
    if content.get("IsEncrypted") is True:
        raise StartupError(f"{path.name} is encrypted: run `func settings decrypt` first")
    for name, value in content.get("Values", {}).items():
        if not isinstance(value, str):
            raise StartupError(f"{path.name}: the value of {name} must be text")
        environ.setdefault(name, value)


def read_host_json(app: Path, environ: Mapping[str, str]) -> HostOptions:
    """Read host.json with `AzureFunctionsJobHost__a__b` of the environment laid over it."""
    path = app / "host.json"
    if not path.exists():
        raise StartupError(f"{app} has no host.json: is it the folder of a Functions app?")
    content = _read_json(path)
    for name, value in environ.items():
        if name.lower().startswith(_OVERRIDE):
            _overlay(content, name.split("__")[1:], value)
    try:
        return msgspec.convert(content, HostOptions, strict=False)
    except (msgspec.ValidationError, ValueError) as problem:
        raise StartupError(f"host.json: {problem}") from None


def resolve(value: Any, environ: Mapping[str, str]) -> Any:
    """Replace every %SETTING% in a text, list or object. Raises StartupError naming the setting."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _setting(match[1], environ), value)
    if isinstance(value, list):
        return [resolve(item, environ) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, environ) for key, item in value.items()}
    return value


def _setting(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise StartupError(f"'%{name}%' does not resolve to a value: the setting {name} is missing")
    return environ[name]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as problem:
        raise StartupError(f"{path.name} is not JSON: {problem}") from None
    if not isinstance(content, dict):
        raise StartupError(f"{path.name} must hold one JSON object")
    return content


def _overlay(node: dict[str, Any], path: list[str], value: str) -> None:
    """Set a value; names are compared as .NET configuration does, without regard to case."""
    key = next((known for known in node if known.lower() == path[0].lower()), path[0])
    if len(path) == 1:
        node[key] = value
    elif isinstance(inner := node.setdefault(key, {}), dict):
        _overlay(inner, path[1:], value)
