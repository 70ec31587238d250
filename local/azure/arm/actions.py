"""What is neither a resource nor a list: listUsages, app settings, credentials."""

import base64
from collections.abc import Callable, Mapping

from local.azure.arm.access import check
from local.azure.arm.errors import ArmError, not_found
from local.azure.arm.paths import ArmPath, group_of, split
from local.azure.arm.reading import check_place
from local.azure.arm.render import registries, web
from local.azure.arm.render.common import Json
from local.azure.cloud import Cloud
from local.azure.world import World
from local.estates.base import Resource
from local.estates.hosting import Site
from local.estates.identity import Identity
from local.estates.kubernetes import Cluster
from local.estates.registry import Registry


def get(world: World, who: Identity, path: ArmPath) -> Json | None:
    """`listUsages` of a registry; None if the path is something else."""
    if path.kind.lower() != "microsoft.containerregistry/registries/listusages":
        return None
    check(world, who, f"{path.kind}/read", path.parent)
    registry = _resource(world, path.parent)
    return registries.usages(world, registry) if isinstance(registry, Registry) else None


def post(cloud: Cloud, who: Identity, path: ArmPath) -> Json:
    """Run an action. Each has its own right, `.../action`, which Reader does not hold."""
    for suffix, (action, run) in _ACTIONS.items():
        if path.text.lower().endswith(suffix):
            target = path.text[: -len(suffix)]
            _may(cloud, who, path, target, action)
            return run(cloud, _resource(cloud.world, target))
    parent, _, unknown = path.text.rpartition("/")
    _may(cloud, who, path, parent, unknown)
    raise ArmError(404, "NotFound", f"The action {path.last!r} is not simulated.")


def _may(cloud: Cloud, who: Identity, path: ArmPath, target: str, action: str) -> None:
    known = split(target)
    kind = known.kind if known else path.namespace
    check(cloud.world, who, f"{kind}/{action}/action", target)


def _resource(world: World, arm_id: str) -> Resource:
    check_place(world, arm_id)
    found = world.resource(arm_id)
    if found is None:
        path = split(arm_id)
        kind, name = (path.kind, path.child_name) if path else ("", "")
        raise not_found(kind, name, group_of(arm_id))
    return found


def _app_settings(_: Cloud, site: Resource) -> Json:
    if not isinstance(site, Site):
        raise ArmError(404, "NotFound", "Not a site.")
    return web.app_settings(site)


def _kubeconfig(cloud: Cloud, cluster: Resource) -> Json:
    if not isinstance(cluster, Cluster):
        raise ArmError(404, "NotFound", "Not a cluster.")
    text = _KUBECONFIG.format(
        ca=base64.b64encode(cloud.authority.pem).decode(),
        fqdn=cluster.fqdn,
        name=cluster.name,
        tenant=cloud.estate.tenant,
    )
    encoded = base64.b64encode(text.encode()).decode()
    return {"kubeconfigs": [{"name": "clusterUser", "value": encoded}]}


def _admin_passwords(_: Cloud, registry: Resource) -> Json:
    if not isinstance(registry, Registry) or not registry.admin_user_enabled:
        raise ArmError(400, "UnAuthorizedForCredentialOperations", "Admin user is disabled.")
    passwords = [
        {"name": name, "value": value}
        for name, value in zip(("password", "password2"), registry.admin_passwords, strict=False)
    ]
    return {"username": registry.name, "passwords": passwords}


type _Action = Callable[[Cloud, Resource], Json]

_ACTIONS: Mapping[str, tuple[str, _Action]] = {
    "/config/appsettings/list": ("config/list", _app_settings),
    "/listclusterusercredential": ("listClusterUserCredential", _kubeconfig),
    "/listcredentials": ("listCredentials", _admin_passwords),
}

_KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: {name}
  cluster:
    certificate-authority-data: {ca}
    server: https://{fqdn}:443
contexts:
- name: {name}
  context:
    cluster: {name}
    user: clusterUser
current-context: {name}
users:
- name: clusterUser
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: kubelogin
      args:
      - get-token
      - --server-id
      - 6dae42f8-4368-4678-94ff-3960e28e3630
      - --tenant-id
      - {tenant}
"""
