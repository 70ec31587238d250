"""Commands that depend on the compute platform, complete and quoted for a shell.

Source of the parameters: azure-cli 2.91.0.
"""

import shlex

from shared.checks.names import arm_part, last_part, registry_name
from shared.domain.facts.registry import RegistryProfile
from shared.domain.facts.workload import PullIdentity
from shared.domain.images import ImageReference
from shared.domain.pulls import Compute, Pull

PULL_ROLE = "AcrPull"
REPOSITORY_ROLE = "Container Registry Repository Reader"
"""The pull role of a registry whose mode is AbacRepositoryPermissions: it ignores AcrPull."""
NEW_PASSWORD = "NEW-PASSWORD"  # noqa: S105 - what a person puts the new password for


def pull_role(profile: RegistryProfile) -> str:
    """The built-in role with just the right to pull, in the registry's mode."""
    return REPOSITORY_ROLE if profile.abac else PULL_ROLE


def cluster_id(workload_id: str) -> str:
    """The ARM id of the cluster that a Kubernetes workload's id starts with."""
    return workload_id.partition("/namespaces/")[0]


def grant(principal: str, role: str, scope: str) -> str:
    """Assign a role to a principal, given by its Entra object id."""
    return _grant(shlex.quote(principal or "OBJECT-ID-OF-THE-IDENTITY"), role, scope)


def grant_repository(principal: str, scope: str, repository: str) -> str:
    """Let a principal pull one repository of a registry in ABAC mode, and nothing else.

    The condition's form: container-registry-rbac-abac-repository-permissions.
    """
    action = "Microsoft.ContainerRegistry/registries/repositories"
    reads = (f"!(ActionMatches{{'{action}/{kind}/read'}})" for kind in ("content", "metadata"))
    only = f"@Request[{action}:name] StringEqualsIgnoreCase '{repository}'"
    more = {"condition": f"(({' AND '.join(reads)}) OR ({only}))", "condition_version": "2.0"}
    return _command(grant(principal, REPOSITORY_ROLE, scope), **more)


def hand_over(pull: Pull, username: str, secret: str = "") -> str:
    """Give a workload the new password of the account that it pulls with; it is typed in place.

    ``secret`` is the pull secret of a Kubernetes workload (namespace/name). Empty where there is
    no one command for it.
    """
    workload, server = pull.workload.id, pull.image.registry
    where = {"resource_group": arm_part(workload, "resourceGroups")}
    login = {"server": server, "username": username, "password": NEW_PASSWORD}
    match pull.workload.compute:
        case Compute.AKS if secret:
            namespace, _, name = secret.partition("/")
            docker = {f"docker_{key}": value for key, value in login.items()}
            made = _command(
                f"kubectl create secret docker-registry {shlex.quote(name)}",
                namespace=namespace,
                **docker,
            )
            return f"{made} --dry-run=client --output yaml | kubectl apply --filename -"
        case Compute.APP_SERVICE:
            slot = arm_part(workload, "slots")
            where |= {"name": arm_part(workload, "sites")} | ({"slot": slot} if slot else {})
            setting = f"DOCKER_REGISTRY_SERVER_PASSWORD={NEW_PASSWORD}"
            return _command("az webapp config appsettings set", **where, settings=setting)
        case Compute.CONTAINER_APPS:
            kind = "az containerapp job" if "/jobs/" in workload.lower() else "az containerapp"
            return _command(f"{kind} registry set", **where, name=last_part(workload), **login)
    return ""


def grant_new(identity: str, role: str, scope: str) -> str:
    """Assign a role to a managed identity (ARM id) whose object id only Azure knows yet."""
    asked = _command("az identity show", ids=identity, query="principalId", output="tsv")
    return _grant(f'"$({asked})"', role, scope)


def _grant(principal: str, role: str, scope: str) -> str:
    """``principal`` is quoted."""
    return _command(
        f"az role assignment create --assignee-object-id {principal}",
        assignee_principal_type="ServicePrincipal",
        role=role,
        scope=scope,
    )


def configure(pull: Pull, login_server: str, identity: str = "") -> str:
    """Tell a workload to pull with a managed identity (ARM id; empty: the system-assigned)."""
    workload = pull.workload.id
    group, name = arm_part(workload, "resourceGroups"), last_part(workload)
    match pull.workload.compute:
        case Compute.AKS:
            cluster = cluster_id(workload)
            return _command(
                "az aks update",
                resource_group=arm_part(cluster, "resourceGroups"),
                name=last_part(cluster),
                attach_acr=registry_name(login_server),
            )
        case Compute.APP_SERVICE:
            return _app_service(workload, identity)
        case Compute.CONTAINER_APPS:
            kind = "az containerapp job" if "/jobs/" in workload.lower() else "az containerapp"
            return _command(
                f"{kind} registry set",
                resource_group=group,
                name=name,
                server=login_server,
                identity=identity or "system",
            )
        case Compute.CONTAINER_INSTANCES:
            return _command(
                "az container create",
                resource_group=group,
                name=name,
                image=str(pull.image),
                assign_identity=identity or "USER-ASSIGNED-IDENTITY-ID",
                acr_identity=identity or "USER-ASSIGNED-IDENTITY-ID",
            )


def attach(pull: Pull, identity: PullIdentity) -> str:
    """Attach the identity that a workload names but does not have."""
    workload = pull.workload.id
    where = {"resource_group": arm_part(workload, "resourceGroups"), "name": last_part(workload)}
    own = identity.resource_id or identity.name or "IDENTITY-ID"
    chosen = "[system]" if identity.system_assigned else own
    match pull.workload.compute:
        case Compute.AKS:
            cluster = cluster_id(workload)
            where = {
                "resource_group": arm_part(cluster, "resourceGroups"),
                "name": last_part(cluster),
            }
            return _command("az aks update", **where, assign_kubelet_identity=own)
        case Compute.APP_SERVICE:
            site = arm_part(workload, "sites")
            slot = arm_part(workload, "slots")
            where = {"resource_group": where["resource_group"], "name": site}
            slots = {"slot": slot} if slot else {}
            return _command("az webapp identity assign", **where, **slots, identities=chosen)
        case Compute.CONTAINER_APPS:
            job = "/jobs/" in workload.lower()
            verb = "az containerapp job" if job else "az containerapp"
            if identity.system_assigned:
                return _command(f"{verb} identity assign", **where) + " --system-assigned"
            return _command(f"{verb} identity assign", **where, user_assigned=chosen)
        case Compute.CONTAINER_INSTANCES:
            return configure(pull, pull.image.registry, identity.resource_id)


def restore(image: ImageReference, digest: str) -> str:
    """Bring a soft-deleted manifest back, with its tag."""
    tag = f":{image.tag}" if image.tag else ""
    return _command(
        "az acr manifest restore",
        registry=registry_name(image.registry),
        name=f"{image.repository}{tag}",
        digest=digest,
    )


def retag(image: ImageReference, digest: str) -> str:
    """Put a lost tag back on a manifest that is still there: an import from the registry itself."""
    return _command(
        "az acr import",
        name=registry_name(image.registry),
        source=f"{image.registry}/{image.repository}@{digest}",
        image=f"{image.repository}:{image.tag}",
    )


def import_from(image: ImageReference, digest: str, login_server: str) -> str:
    """Bring a manifest back from another registry; one without a tag as a bare manifest."""
    target = {"image": f"{image.repository}:{image.tag}"}
    return _command(
        "az acr import",
        name=registry_name(image.registry),
        source=f"{login_server}/{image.repository}@{digest}",
        **(target if image.tag else {"repository": image.repository}),
    )


def _app_service(site: str, identity: str) -> str:
    """A slot has an ARM id of its own, so this serves sites and slots, web and function apps."""
    values = "properties.acrUseManagedIdentityCreds=true"
    if identity:
        values += f" properties.acrUserManagedIdentityID={shlex.quote(identity)}"
    return _command("az resource update", ids=f"{site}/config/web") + f" --set {values}"


def _command(verb: str, **values: str) -> str:
    options = (f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in values.items())
    return " ".join((verb, *options))
