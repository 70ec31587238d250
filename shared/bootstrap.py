"""The one place that makes real adapters. Nothing is made, and no setting read, at import.

An exception at import would make all functions vanish; a missing setting only fails the
invocations that need it, with the list of what is missing.
"""

import dataclasses
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from msgspec.structs import replace

from shared import settings as settings_module
from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.dns import Dns
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.adapters.logs import Logs
from shared.adapters.queue import Queue, ServiceBusQueue
from shared.adapters.store import Store
from shared.adapters.tables import AzureTables
from shared.compute import platforms
from shared.notify import channels
from shared.notify.base import Channel
from shared.pipeline.services import Services
from shared.registry.observe import RegistryObserver
from shared.settings import Settings


@dataclass(frozen=True)
class Common:
    """What both lanes share: the identity, the store, the queue and the channels."""

    settings: Settings
    credentials: Credentials
    store: Store
    queue: Queue
    channels: tuple[Channel, ...] = ()


def urgent() -> Services:
    """Services for events, vanished tags and alerts. Raises SettingsError."""
    return services(Lane.URGENT)


def bulk() -> Services:
    """Services for sweeps and the watch. Raises SettingsError."""
    return services(Lane.BULK)


def afresh() -> Services:
    """Services for one on-demand check or re-check, made anew: they know only what they read.

    Who repairs and asks again must never hear what was true before. Connections, identity and
    store are those of the urgent lane. Raises SettingsError.
    """
    known = common()
    settings = replace(known.settings, cache_seconds=WHOLE_CHECK)
    made = make(settings, connections(Lane.URGENT), known, once=True)
    return dataclasses.replace(made, anew=afresh)


WHOLE_CHECK = 60.0
"""Seconds: nothing is read twice within one check."""


@cache
def services(lane: Lane) -> Services:
    """What the use cases work with, made on first use. Raises SettingsError."""
    known = common()
    made = make(known.settings, connections(lane), known)
    age = timedelta(seconds=known.settings.cache_seconds)
    return dataclasses.replace(made, age=age, anew=afresh)


@cache
def connections(lane: Lane) -> Http:
    """The outgoing connections of a lane. Raises SettingsError."""
    return Http(common().settings, lane)


@cache
def common() -> Common:
    """The adapters that both lanes share. Raises SettingsError."""
    settings = settings_module.read(os.environ)
    credentials = Credentials(settings)
    tables = AzureTables(
        connection=settings.tables, endpoint=settings.tables_endpoint, credential=credentials
    )
    queue = ServiceBusQueue(
        connection=settings.service_bus,
        namespace=settings.service_bus_namespace,
        credential=credentials,
    )
    return Common(settings, credentials, Store.on(tables), queue, channels(settings))


def make(settings: Settings, http: Http, known: Common, *, once: bool = False) -> Services:
    """Both observers of one lane, over its connections; ``once`` for one check only."""
    credentials = known.credentials
    arm = Arm(settings, http, credentials)
    graph = Graph(settings, http, credentials)
    return Services(
        settings=settings,
        registry=RegistryObserver(
            settings,
            http,
            arm,
            credentials,
            graph,
            Dns(settings),
            Logs(settings, http, credentials),
            once=once,
        ),
        platforms=platforms(arm, http, credentials, graph, settings),
        store=known.store,
        queue=known.queue,
        channels=known.channels,
        now=lambda: datetime.now(UTC),
        close=http.close,
    )
