"""Fills in what an estate leaves out of its workloads: the short forms, names of sign-in."""

from local.estates.hosting import (
    AppContainer,
    AppWorkload,
    ContainerApp,
    GroupContainer,
    RegistryCredential,
    Site,
    SiteContainer,
)
from local.estates.kubernetes import Cluster, ClusterContainer, PullSecret
from local.estates.model import Estate

USERNAME_SETTING = "DOCKER_REGISTRY_SERVER_USERNAME"


def complete_workloads(estate: Estate) -> None:
    """The short forms of workloads."""
    complete_usernames(estate)
    for cluster in estate.clusters:
        complete_cluster(cluster)
    for site in sites(estate):
        site.possible_outbound = site.possible_outbound or list(site.outbound)
    for container_app in estate.container_apps:
        complete_app(container_app)
        complete_revision(container_app)
    for job in estate.jobs:
        complete_app(job)
    for group in estate.container_groups:
        if group.image:
            group.containers.insert(0, GroupContainer(name=group.name, image=group.image))


def complete_usernames(estate: Estate) -> None:
    """Service principals sign in by client id; an estate may write their names."""
    ids = {e.name: e.client_id for e in estate.identities if e.kind == "servicePrincipal"}
    credentials: list[PullSecret | SiteContainer | RegistryCredential] = [
        *(secret for cluster in estate.clusters for secret in cluster.secrets),
        *(
            each
            for app in estate.web_apps
            for site in (app, *app.slots)
            for each in site.containers
        ),
        *(each for app in (*estate.container_apps, *estate.jobs) for each in app.registries),
        *(each for group in estate.container_groups for each in group.credentials),
    ]
    for each in credentials:
        each.username = ids.get(each.username, each.username)
    for site in sites(estate):
        given = site.app_settings.get(USERNAME_SETTING, "")
        if given in ids:
            site.app_settings[USERNAME_SETTING] = ids[given]


def sites(estate: Estate) -> list[Site]:
    """Web apps and their slots."""
    return [site for app in estate.web_apps for site in (app, *app.slots)]


def complete_cluster(cluster: Cluster) -> None:
    """The name of the API server; containers of one-image objects."""
    cluster.fqdn = cluster.fqdn or f"{cluster.name}-dns.hcp.{cluster.location}.azmk8s.io"
    for each in cluster.objects:
        each.pool = each.pool or cluster.pools[0].name
        if each.image:
            each.containers.insert(0, ClusterContainer(name=each.name, image=each.image))


def complete_app(app: AppWorkload) -> None:
    """The container of a one-image app or job."""
    if app.image:
        app.containers.insert(0, AppContainer(name=app.name, image=app.image))


def complete_revision(app: ContainerApp) -> None:
    """The name of the newest revision."""
    app.revision = app.revision or f"{app.name}--{len(app.revisions) + 1:07d}"
