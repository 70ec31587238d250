"""Which application answers which host; the first pattern that matches wins."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from aiohttp import web

from local.azure import acr, graph, logs
from local.azure.acr.service import Service
from local.azure.acr.tokens import Signer
from local.azure.arm import application as arm
from local.azure.cloud import Cloud
from local.azure.entra import login
from local.azure.kubernetes import application as kubernetes

type Build = Callable[[], web.Application]
type Hosts = Sequence[tuple[str, web.Application]]


def hosts(cloud: Cloud) -> Hosts:
    """Build the applications of every simulated host of Azure itself."""
    service = Service(cloud.world, cloud.issuer, Signer())
    data = partial(acr.data_application, service)
    builds: Mapping[str, Build] = {
        "*.data.azurecr.io": data,
        "*.blob.core.windows.net": data,
        "*.azurecr.io": partial(acr.application, service),
        "*.azmk8s.io": partial(kubernetes.application, cloud),
        "management.azure.com": partial(arm.application, cloud),
        "login.microsoftonline.com": partial(login.application, cloud),
        "login.windows.net": partial(login.application, cloud),
        "graph.microsoft.com": partial(graph.application, cloud),
        "api.loganalytics.io": partial(logs.application, cloud),
        "api.loganalytics.azure.com": partial(logs.application, cloud),
    }
    return [(pattern, build()) for pattern, build in builds.items()]
