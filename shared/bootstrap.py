"""The one place that makes real adapters. Nothing is made, and no setting read, at import.

An exception at import would make all functions vanish; a missing setting only fails the
invocations that need it, with the list of what is missing.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
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
from shared.pipeline.services import Services
from shared.registry.observe import RegistryObserver
from shared.settings import Settings


@dataclass(frozen=True)
class Common:
    """What both lanes share: the identity, the store and the queue."""

    settings: Settings
    credentials: Credentials
    store: Store
    queue: Queue


def urgent() -> Services:
    """Services for events, vanished tags and alerts. Raises SettingsError."""
    return services(Lane.URGENT)


def bulk() -> Services:
    """Services for sweeps and the watch. Raises SettingsError."""
    return services(Lane.BULK)


FRESH_SECONDS = 0.25
"""What an on-demand check may reuse of another one; within itself it reads nothing twice."""


@cache
def asked() -> Services:
    """Services for on-demand checks: who repairs and asks again wants to see what is true now.

    Raises SettingsError.
    """
    known = common()
    fresh = replace(known.settings, cache_seconds=min(FRESH_SECONDS, known.settings.cache_seconds))
    return make(Lane.URGENT, fresh, known.credentials, known.store, known.queue)


@cache
def services(lane: Lane) -> Services:
    """What the use cases work with, made on first use. Raises SettingsError."""
    shared = common()
    return make(lane, shared.settings, shared.credentials, shared.store, shared.queue)


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
    return Common(settings, credentials, Store.on(tables), queue)


def make(
    lane: Lane, settings: Settings, credentials: Credentials, store: Store, queue: Queue
) -> Services:
    """Both observers of one lane, over its own connections."""
    http = Http(settings, lane)
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
        ),
        platforms=platforms(arm, http, credentials, graph, settings),
        store=store,
        queue=queue,
        channels=channels(settings),
        now=lambda: datetime.now(UTC),
        close=http.close,
    )
