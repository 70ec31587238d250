"""Edits of a running estate: what administrators do, rightly or wrongly, and back.

Names that do not exist raise KeyError.
"""

from datetime import timedelta

from local.azure.entra.directory import by_name, group_by_name
from local.azure.world import World
from local.estates.conditions import compile_condition
from local.estates.identity import Identity, RoleAssignment, stable_guid
from local.estates.network import PrivateZone
from local.estates.scopes import scopes


def grant_role(
    world: World, principal: str, role: str, scope: str, *, condition: str | None = None
) -> RoleAssignment:
    """Assign a role; the scope is an ARM id or a name such as `registry/contoso`.

    Raises ConditionError where nothing could evaluate the condition.
    """
    world.role(role)
    if by_name(world.estate, principal) is None and group_by_name(world.estate, principal) is None:
        raise KeyError(principal)
    if condition is not None:
        compile_condition(condition)
    where = scope_id(world, scope)
    assignment = RoleAssignment(
        principal=principal,
        role=role,
        scope=where,
        condition=condition,
        created=world.started - world.now(),
        id=stable_guid("assignment", principal, role, where, str(world.now())),
    )
    world.estate.role_assignments.append(assignment)
    return assignment


def revoke_role(world: World, principal: str, role: str, scope: str) -> list[RoleAssignment]:
    """Remove the assignments of a role to a principal at a scope; the answer is what is gone."""
    where = scope_id(world, scope).lower()
    gone = [
        each
        for each in world.estate.role_assignments
        if (each.principal, each.role, each.scope.lower()) == (principal, role, where)
    ]
    for each in gone:
        world.estate.role_assignments.remove(each)
    return gone


def scope_id(world: World, scope: str) -> str:
    """The ARM id of a scope by name."""
    return scope if scope.startswith("/") else dict(scopes(world.estate))[scope]


def close_firewall(world: World, registry: str, *, keep: tuple[str, ...] = ()) -> None:
    """Refuse all public addresses but these."""
    firewall = world.registry(registry).firewall
    firewall.default_action, firewall.allow = "Deny", list(keep)


def open_firewall(world: World, registry: str) -> None:
    """Let every public address in."""
    found = world.registry(registry)
    found.firewall.default_action, found.public_network_access = "Allow", "Enabled"


def set_public_access(world: World, registry: str, *, on: bool) -> None:
    """Switch the public face of a registry on or off."""
    world.registry(registry).public_network_access = "Enabled" if on else "Disabled"


def allow_address(world: World, registry: str, address: str) -> None:
    """Add a rule to the firewall."""
    world.registry(registry).firewall.allow.append(address)


def set_admin_user(world: World, registry: str, *, on: bool) -> None:
    """Switch the admin account on or off."""
    world.registry(registry).admin_user_enabled = on


def rotate_admin_password(world: World, registry: str, number: int = 1) -> str:
    """Regenerate one of the two admin passwords."""
    found = world.registry(registry)
    made = stable_guid("admin", registry, str(world.now()))
    found.admin_passwords[number - 1] = made
    return made


def set_arm_tokens(world: World, registry: str, *, on: bool) -> None:
    """Accept or refuse tokens with the audience of ARM."""
    policies = world.registry(registry).policies
    policies.azure_ad_authentication_as_arm = "Enabled" if on else "Disabled"


def identity(world: World, name: str) -> Identity:
    """An identity by name."""
    found = world.identity(name)
    if found is None:
        raise KeyError(name)
    return found


def expire_secret(world: World, name: str) -> None:
    """Let every secret of a service principal be over since a minute ago."""
    for secret in identity(world, name).secrets:
        secret.expires = world.now() - world.started - timedelta(minutes=1)


def renew_secret(world: World, name: str) -> None:
    """Let every secret of a service principal be good for a year."""
    for secret in identity(world, name).secrets:
        secret.expires = world.now() - world.started + timedelta(days=365)


def set_identity(world: World, name: str, *, enabled: bool) -> None:
    """Disable an identity, or enable it again."""
    identity(world, name).enabled = enabled


def throttle(world: World, registry: str, seconds: float) -> None:
    """Answer every request with 429 for so long; 0 ends it."""
    until = world.now() + timedelta(seconds=seconds)
    world.contents[registry].throttled_until = until if seconds else None


def remove_records(world: World, registry: str) -> list[str]:
    """Take the records of a registry out of every private zone; the answer names them."""
    found = [
        (zone, host.removesuffix(".azurecr.io"))
        for endpoint in world.estate.private_endpoints
        if endpoint.registry == registry
        for host in endpoint.addresses
        for zone in registry_zones(world)
    ]
    for zone, name in found:
        zone.records[name] = []
    return [f"{name}.{zone.name}" for zone, name in found]


def restore_records(world: World, registry: str) -> None:
    """Put the records of a registry back into every private zone."""
    for endpoint in world.estate.private_endpoints:
        for host, address in endpoint.addresses.items():
            if endpoint.registry == registry:
                for zone in registry_zones(world):
                    zone.records[host.removesuffix(".azurecr.io")] = [address]


def registry_zones(world: World) -> list[PrivateZone]:
    """The zones that hold registries."""
    return [zone for zone in world.estate.private_zones if zone.name == "privatelink.azurecr.io"]


def set_endpoint(world: World, endpoint: str, status: str) -> None:
    """Approve, reject or disconnect a private endpoint."""
    found = {each.name: each for each in world.estate.private_endpoints}[endpoint]
    match status:
        case "Approved" | "Pending" | "Rejected" | "Disconnected":
            found.status = status
        case _:
            raise KeyError(status)


def deploy(world: World, workload: str, image: str) -> None:
    """Give the first container of a workload (`cluster/workload`) another image."""
    where, _, name = workload.partition("/")
    for cluster in world.estate.clusters:
        for each in cluster.objects:
            if (cluster.name, each.name) == (where, name):
                each.containers[0].image = image
                return
    raise KeyError(workload)
