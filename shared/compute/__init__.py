"""
The pulling end: one module per Azure service that runs images.

A platform is a class in a module of its own and its name in PLATFORMS.
"""

from shared.adapters.http import Http
from shared.compute.aks import Aks
from shared.compute.app_service import AppService
from shared.compute.base import ComputePlatform
from shared.compute.container_apps import ContainerApps
from shared.compute.container_instances import ContainerInstances
from shared.compute.facts import Surroundings
from shared.compute.sources import ArmReader, GraphReader, TokenSource
from shared.settings import Settings

PLATFORMS = (Aks, AppService, ContainerApps, ContainerInstances)


def platforms(
    arm: ArmReader, http: Http, credentials: TokenSource, graph: GraphReader, settings: Settings
) -> tuple[ComputePlatform, ...]:
    """Every platform, over one lane's connections; what they read is shared among them."""
    shared = Surroundings(arm, http, credentials, graph, settings)
    return tuple(platform(shared) for platform in PLATFORMS)
