"""Edits of an estate that is not checked yet: what a fault is made of.

An `Edit` is a function that changes the estate in place, or raises LookupError where there is
nothing that it could change: a fault that plants nothing is a mistake of the catalogue.
"""

import fnmatch
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from local.faults.base import Raw

type Edit = Callable[[Raw], None]

_KEYS: Final = ("name", "server", "location", "principal")
"""What an entry of a list is called by."""


def put(path: str, value: object) -> Edit:
    """Set a field of every object at a path such as `registries/plain/adminUserEnabled`."""
    where, _, key = path.rpartition("/")

    def edit(estate: Raw) -> None:
        for one in _found(estate, where):
            one[key] = value() if callable(value) else value

    return edit


def add(path: str, *values: Raw | str) -> Edit:
    """Append to the list of every object at a path; it is made where there is none."""
    where, _, key = path.rpartition("/")

    def edit(estate: Raw) -> None:
        for one in _found(estate, where) if where else [estate]:
            one[key] = [*one.get(key, ()), *values]

    return edit


def drop(path: str) -> Edit:
    """Remove fields, or entries of a list, at a path."""
    where, _, last = path.rpartition("/")

    def edit(estate: Raw) -> None:
        gone = 0
        for owner in _found(estate, where) if where else [estate]:
            gone += _remove(owner, last)
        if not gone:
            raise LookupError(f"there is nothing at {path}")

    return edit


def each(*edits: Edit) -> Edit:
    """Several edits as one."""

    def edit(estate: Raw) -> None:
        for one in edits:
            one(estate)

    return edit


def workload(pattern: str, **fields: object) -> Edit:
    """Set fields of the workloads that are called so: `None` removes a field.

    `{name}` in a text stands for the workload's name, `{column}` for its column.
    """

    def edit(estate: Raw) -> None:
        for one in matching(estate, pattern):
            for key, value in fields.items():
                if value is None:
                    one.pop(key, None)
                else:
                    one[key] = _filled(value, one["name"])

    return edit


def image(pattern: str, text: str) -> Edit:
    """Have the workloads that are called so pull another image."""
    return workload(pattern, image=text)


def images(pattern: str, **fields: object) -> Edit:
    """Set fields of the image `new` in the repositories that are called so."""
    return each(
        *(put(f"registries/*/repositories/{pattern}/images/new/{k}", v) for k, v in fields.items())
    )


def grant(principal: str, role: str, scope: str, **more: object) -> Edit:
    """Assign a role."""
    return add("roleAssignments", {"principal": principal, "role": role, "scope": scope, **more})


def revoke(principal: str, scope: str) -> Edit:
    """Remove the roles of principals (a pattern) at a scope."""
    return _roles(principal, scope, lambda _: None)


def regrant(principal: str, scope: str, /, **fields: object) -> Edit:
    """Change fields of the role assignments of principals (a pattern) at a scope."""
    return _roles(principal, scope, lambda given: given | fields)


def _roles(principal: str, scope: str, change: Callable[[Raw], Raw | None]) -> Edit:
    def edit(estate: Raw) -> None:
        kept: list[Raw] = []
        hits = 0
        for given in estate["roleAssignments"]:
            if given["scope"] != scope or not fnmatch.fnmatch(given["principal"], principal):
                kept.append(given)
                continue
            hits += 1
            if (changed := change(dict(given))) is not None:
                kept.append(changed)
        if not hits:
            raise LookupError(f"{principal} has no role at {scope}")
        estate["roleAssignments"] = kept

    return edit


def matching(estate: Raw, pattern: str) -> list[Raw]:
    """The workloads whose name fits. Raises LookupError when there is none."""
    found = [one for one in _workloads(estate) if fnmatch.fnmatch(one["name"], pattern)]
    if not found:
        raise LookupError(f"no workload is called {pattern}")
    return found


def keep_ways(estate: Raw, ways: Collection[str]) -> None:
    """Drop the workloads of other ways: what need not be looked at takes no time."""

    def kept(one: Raw) -> bool:
        return one["name"].partition("-")[2] in ways

    for cluster in estate["clusters"]:
        cluster["objects"] = [*filter(kept, cluster["objects"])]
    for kind in ("webApps", "containerApps", "jobs", "containerGroups"):
        estate[kind] = [*filter(kept, estate[kind])]


def _workloads(estate: Raw) -> Iterator[Raw]:
    for cluster in estate["clusters"]:
        yield from cluster["objects"]
    for site in estate["webApps"]:
        yield site
        yield from site.get("slots", ())
    for kind in ("containerApps", "jobs", "containerGroups"):
        yield from estate[kind]


def _filled(value: object, name: str) -> Any:
    column = name.partition("-")[0]
    match value:
        case str():
            return value.replace("{name}", name).replace("{column}", column)
        case list():
            return [_filled(one, name) for one in value]
        case dict():
            return {key: _filled(one, name) for key, one in value.items()}
        case _:
            return value


def _found(estate: Raw, path: str) -> list[Raw]:
    """Every object at a path. Raises LookupError when there is none."""
    found: list[Any] = [estate]
    for step in filter(None, path.split("/")):
        found = [inner for one in found for inner in _within(one, step)]
    if not found:
        raise LookupError(f"there is nothing at {path}")
    return found


def _within(owner: Any, step: str) -> list[Any]:
    if isinstance(owner, dict):
        return [owner[step]] if step in owner else []
    return [one for one in owner if _is_called(one, step)]


def _is_called(one: Any, pattern: str) -> bool:
    names = [one] if isinstance(one, str) else [one[key] for key in _KEYS if key in one]
    return any(fnmatch.fnmatch(str(name), pattern) for name in names[:1])


def _remove(owner: Any, step: str) -> int:
    if isinstance(owner, dict):
        return int(owner.pop(step, None) is not None)
    before = len(owner)
    owner[:] = [one for one in owner if not _is_called(one, step)]
    return before - len(owner)


def sign_in(way: str, username: str, password: str) -> Edit:
    """Have every workload of a way show this name and password, wherever it keeps them."""

    def edit(estate: Raw) -> None:
        for secret in estate["clusters"][0]["secrets"]:
            if secret["name"] == way:
                secret |= {"username": username, "password": password}
        for one in matching(estate, f"*-{way}"):
            for entry in (*one.get("registries", ()), *one.get("credentials", ())):
                entry |= {"username": username, "password": password}
            if settings := one.get("appSettings"):
                settings["DOCKER_REGISTRY_SERVER_USERNAME"] = username
                settings["DOCKER_REGISTRY_SERVER_PASSWORD"] = password

    return edit
