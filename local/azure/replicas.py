"""Geo-replicas: which of them serves a place, and how far it lags behind.

One name, many regions: a client is routed to a replica near it (MicrosoftDocs
container-registry-geo-replication.md). What is pushed or deleted arrives at the home region; the
other replicas show it `lag` later. Simplified: a push through a replica is at home at once.
"""

from datetime import timedelta

from local.azure.contents import lagging
from local.azure.contents.model import Contents
from local.azure.world import World
from local.estates.network import Place
from local.estates.registry import Registry, Replication


def serving(registry: Registry, place: Place) -> Replication | None:
    """The replica that a place is routed to; None is the home region."""
    near = (each for each in registry.replications if each.location == place.region)
    return next((each for each in near if each.region_endpoint_enabled), None)


def contents_at(world: World, registry: Registry, place: Place) -> Contents:
    """What a registry holds, as it looks from a place."""
    contents, replica = world.contents[registry.name], serving(registry, place)
    if replica is None or not replica.lag:
        return contents
    return lagging.as_of(contents, world.now() - replica.lag)


def lag_in(registry: Registry, location: str) -> timedelta:
    """How far the replica in a region lags behind; not at all where there is none."""
    here = (each.lag for each in registry.replications if each.location == location)
    return next(here, timedelta())


def replication(registry: Registry, location: str) -> Replication:
    """A replica of a registry. Raises KeyError."""
    for each in registry.replications:
        if each.location == location:
            return each
    raise KeyError(location)


def lag_behind(world: World, name: str, location: str, lag: timedelta) -> None:
    """Let a replica lag behind from now on; no time at all lets it catch up."""
    registry = world.registry(name)
    replication(registry, location).lag = lag
    world.watch_replicas(registry)
