"""GET of a resource, or of a collection at a subscription, a resource group or a parent."""

from collections.abc import Sequence

from local.azure import rights
from local.azure.arm import inventory
from local.azure.arm.access import check
from local.azure.arm.errors import forbidden, no_group, no_subscription, no_such_type, not_found
from local.azure.arm.paths import ArmPath, group_of, split, subscription_of
from local.azure.arm.render.common import Entry, Json
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.model import Subscription


def one(world: World, who: Identity, path: ArmPath, version: str) -> Json:
    """A resource. ARM asks for the right first: without it nobody learns whether it is there."""
    check(world, who, f"{path.kind}/read", path.text)
    check_place(world, path.text)
    if path.kind.lower() not in inventory.TYPES:
        raise no_such_type(path.kind)
    found = inventory.find(world, path.text)
    if found is None:
        raise not_found(path.kind, path.child_name, group_of(path.text))
    return found.render(version)


def many(world: World, who: Identity, path: ArmPath, version: str) -> list[Json]:
    """A collection.

    Of top-level resources the caller gets those that he may read, and 403 if he may read none at
    a scope where he has no right; of children all or 403.
    """
    action = f"{path.kind}/read"
    scope = path.scope if len(path.segments) == 1 else path.parent
    if path.kind.lower() not in inventory.TYPES:
        check(world, who, action, scope)
        raise no_such_type(path.kind)
    found: Sequence[Entry] = inventory.below(world, scope, path.kind)
    if not rights.may(world.estate, who, action, scope):
        found = [entry for entry in found if rights.may(world.estate, who, action, entry.id)]
        if not found or len(path.segments) > 1:
            raise forbidden(who, action, scope)
    check_place(world, scope)
    parent = split(scope)
    if parent is not None and inventory.find(world, scope) is None:
        raise not_found(parent.kind, parent.child_name, group_of(scope))
    return [entry.render(version) for entry in found]


def check_place(world: World, path: str) -> None:
    """Raises ArmError 404 unless subscription and resource group exist."""
    wanted = subscription_of(path)
    if wanted and subscription(world, wanted) is None:
        raise no_subscription(wanted)
    group = group_of(path)
    if group and group.lower() not in {name.lower() for name, _ in groups(world, wanted)}:
        raise no_group(group)


def subscription(world: World, wanted: str) -> Subscription | None:
    """A subscription by its id."""
    found = (one for one in world.estate.subscriptions if one.id.lower() == wanted.lower())
    return next(found, None)


def groups(world: World, subscription_id: str) -> list[tuple[str, str]]:
    """Resource groups of a subscription with their locations: those that hold something."""
    found: dict[str, tuple[str, str]] = {}
    for resource in world.estate.resources():
        if subscription_of(resource.id).lower() == subscription_id.lower():
            name = group_of(resource.id)
            found.setdefault(name.lower(), (name, resource.location))
    for entry in inventory.entries(world):
        if subscription_of(entry.id).lower() == subscription_id.lower():
            name = group_of(entry.id)
            found.setdefault(name.lower(), (name, world.estate.defaults.location))
    return list(found.values())
