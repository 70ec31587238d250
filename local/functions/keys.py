"""The keys of the host: who may call what.

The file has the form of `az functionapp keys list`:
`{"masterKey": "", "functionKeys": {"default": ""}, "systemKeys": {"eventgrid_extension": ""}}`.
"""

import secrets
from pathlib import Path
from typing import Literal

import msgspec
from aiohttp import web

from local.functions.errors import StartupError

EVENT_GRID_KEY = "eventgrid_extension"

type AuthLevel = Literal["ANONYMOUS", "FUNCTION", "ADMIN"]


class HostKeys(msgspec.Struct, frozen=True, rename="camel"):
    """Secrets: never logged."""

    master_key: str
    function_keys: dict[str, str]
    system_keys: dict[str, str]

    def is_master(self, presented: str) -> bool:
        """Whether a key is the master key, which opens everything."""
        return _same(self.master_key, presented)

    def opens(self, level: AuthLevel, presented: str) -> bool:
        """Whether a key (or "" for none) is enough for an HTTP function of a level."""
        if level == "ANONYMOUS" or self.is_master(presented):
            return True
        return level == "FUNCTION" and any(
            _same(key, presented) for key in self.function_keys.values()
        )

    def opens_event_grid(self, presented: str) -> bool:
        """Whether a key may deliver events: the system key of the extension or the master key."""
        key = self.system_keys.get(EVENT_GRID_KEY)
        return self.is_master(presented) or (key is not None and _same(key, presented))


def presented_key(request: web.Request) -> str:
    """The key of a request: the header `x-functions-key` beats `?code=`; "" for none."""
    return request.headers.get("x-functions-key") or request.query.get("code", "")


def load_keys(path: Path) -> HostKeys:
    """Read the keys of a host; make them when the file is missing, readable by its owner only."""
    try:
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=HostKeys)
        made = HostKeys(_new_key(), {"default": _new_key()}, {EVENT_GRID_KEY: _new_key()})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.encode(made))
    except (msgspec.DecodeError, OSError) as problem:
        raise StartupError(f"the key file {path.name} cannot be used: {problem}") from None
    return made


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def _same(key: str, presented: str) -> bool:
    sent = presented.encode(errors="surrogateescape")  # aiohttp decodes headers with it
    return bool(key) and secrets.compare_digest(key.encode(), sent)
