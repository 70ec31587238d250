"""Microsoft.Web: web apps and slots, their configuration and site containers (api 2025-05-01)."""

import base64
from collections.abc import Iterator
from functools import partial

from local.azure.arm.render.common import (
    Entry,
    Json,
    always,
    child,
    fixed,
    identity_block,
    present,
    subnet_id,
    tracked,
)
from local.azure.world import World
from local.estates.hosting import Site, SiteContainer, Slot, WebApp


def entries(world: World) -> Iterator[Entry]:
    """Every site and slot, its `config/web` and its site containers."""
    for app in world.estate.web_apps:
        for owner, site in sites(app):
            yield from _of_site(world, owner, site)


def sites(app: WebApp) -> Iterator[tuple[str, Site]]:
    """The app and its slots, each with what the estate calls its system identity."""
    yield app.name, app
    yield from ((f"{app.name}/{slot.name}", slot) for slot in app.slots)


def body(world: World, owner: str, site: Site) -> Json:
    """A site as a GET shows it."""
    host = owner.replace("/", "-") + ".azurewebsites.net"
    properties: Json = {
        "state": site.state,
        "hostNames": [host],
        "defaultHostName": host,
        "enabled": True,
        "reserved": "windows" not in site.kind,
        "serverFarmId": f"{site.id.split('/sites/')[0]}/serverfarms/plan",
        "siteConfig": _summary(world, site),
        "outboundIpAddresses": ",".join(site.outbound),
        "possibleOutboundIpAddresses": ",".join(site.possible_outbound),
        "outboundVnetRouting": {
            "allTraffic": False,
            "applicationTraffic": bool(site.network),
            "imagePullTraffic": site.image_pull_through_network,
        },
        "vnetImagePullEnabled": site.image_pull_through_network,
        "virtualNetworkSubnetId": subnet_id(world, site.network) if site.network else None,
        "resourceGroup": site.resource_group,
        "httpsOnly": True,
    }
    block = identity_block(world, owner, site.identity)
    rendered = tracked(site, properties, kind=site.kind, **present({"identity": block}))
    return rendered | {"name": owner}


def linux_fx(site: Site) -> str:
    """`DOCKER|image`, `COMPOSE|base64`, `sitecontainers`, or empty."""
    if site.image:
        return f"DOCKER|{site.image}"
    if site.compose:
        return f"COMPOSE|{base64.b64encode(site.compose.encode()).decode()}"
    return "sitecontainers" if site.containers else ""


def app_settings(site: Site) -> Json:
    """What `config/appsettings/list` answers: an action, since the values may be secrets."""
    return child(site.id, f"{site.TYPE}/config", "appsettings", dict(site.app_settings))


def _of_site(world: World, owner: str, site: Site) -> Iterator[Entry]:
    kind = Slot.TYPE if isinstance(site, Slot) else WebApp.TYPE
    yield Entry(site.id, kind, always(partial(body, world, owner, site)), in_graph=True)
    yield fixed(child(site.id, f"{kind}/config", "web", _config(world, site)))
    for container in site.containers:
        yield fixed(_container(world, site.id, kind, container))


def _summary(world: World, site: Site) -> Json:
    return {
        "linuxFxVersion": linux_fx(site),
        "windowsFxVersion": f"DOCKER|{site.windows_image}" if site.windows_image else None,
        "acrUseManagedIdentityCreds": site.acr_use_managed_identity_creds,
        "acrUserManagedIdentityID": _pulling_identity(world, site),
        "alwaysOn": True,
        "numberOfWorkers": 1,
    }


def _config(world: World, site: Site) -> Json:
    vnet = site.network.split("/")[0] if site.network else ""
    return {**_summary(world, site), "vnetName": vnet, "ftpsState": "Disabled"}


def _pulling_identity(world: World, site: Site) -> str | None:
    """The client id, as the portal and az write it; null stands for the system-assigned one."""
    name = site.acr_user_managed_identity
    found = world.identity(name) if name else None
    return found.client_id if found else name or None


def _container(world: World, site_id: str, kind: str, container: SiteContainer) -> Json:
    found = world.identity(container.identity) if container.identity else None
    properties = {
        "image": container.image,
        "targetPort": "80",
        "isMain": container.is_main,
        "authType": container.auth_type,
        "userName": container.username or None,
        "userManagedIdentityClientId": found.client_id if found else container.identity or None,
    }
    return child(site_id, f"{kind}/sitecontainers", container.name, present(properties))
