"""Verbs on settings: roles, firewalls, private endpoints, credentials, workloads, time."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from local.azure import edits
from local.azure.control.verbs import (
    Arguments,
    Desk,
    IdentityName,
    Json,
    RegistryName,
    verb,
)


class RoleArguments(Arguments, frozen=True):
    """A role of a principal at a scope."""

    principal: Annotated[str, Meta(description="the name of an identity or group")]
    role: Annotated[str, Meta(description="the name of a role, such as AcrPull")]
    scope: Annotated[str, Meta(description="an ARM id, or kind/name such as registry/contoso")]


class GrantArguments(RoleArguments, frozen=True):
    """A role to assign, perhaps under a condition."""

    condition: Annotated[str, Meta(description="an ABAC condition")] | None = None


class FirewallArguments(Arguments, frozen=True):
    """What to do with the firewall of a registry; `allow` needs an address."""

    registry: RegistryName
    action: Literal["open", "close", "allow"]
    address: str = ""


class RegistrySwitch(Arguments, frozen=True):
    """A registry, and on or off."""

    registry: RegistryName
    on: bool


class PasswordArguments(Arguments, frozen=True):
    """A registry, and which of the two passwords of its admin account."""

    registry: RegistryName
    number: Annotated[int, Meta(ge=1, le=2, description="1 or 2")] = 1


class IdentityArguments(Arguments, frozen=True):
    """An identity by name."""

    identity: IdentityName


class IdentitySwitch(Arguments, frozen=True):
    """An identity by name, and whether it is enabled."""

    identity: IdentityName
    on: bool


class ThrottleArguments(Arguments, frozen=True):
    """A registry, and for how long it answers 429; 0 ends it."""

    registry: RegistryName
    seconds: float = 60.0


class EndpointArguments(Arguments, frozen=True):
    """A private endpoint and the state of its connection."""

    endpoint: Annotated[str, Meta(description="the name of a private endpoint")]
    status: Literal["Approved", "Pending", "Rejected", "Disconnected"]


class DeployArguments(Arguments, frozen=True):
    """A workload in a cluster, and the image that it is to run."""

    workload: Annotated[str, Meta(description="cluster/workload, by their names")]
    image: Annotated[str, Meta(description="such as contoso.azurecr.io/team/api:v2")]


class Switch(Arguments, frozen=True):
    """On or off."""

    on: bool


class ClockArguments(Arguments, frozen=True):
    """How far to move the clock: an ISO 8601 duration such as `P3D`."""

    advance: timedelta


@verb("revoke", RoleArguments)
def revoke(desk: Desk, asked: RoleArguments) -> Json:
    """Remove a role assignment."""
    gone = edits.revoke_role(desk.cloud.world, asked.principal, asked.role, asked.scope)
    return {"removed": len(gone)}


@verb("grant", GrantArguments)
def grant(desk: Desk, asked: GrantArguments) -> Json:
    """Assign a role."""
    made = edits.grant_role(
        desk.cloud.world, asked.principal, asked.role, asked.scope, condition=asked.condition
    )
    return {"id": made.id, "scope": made.scope}


@verb("firewall", FirewallArguments)
def firewall(desk: Desk, asked: FirewallArguments) -> None:
    """Open or close the firewall of a registry, or allow one address."""
    world = desk.cloud.world
    match asked.action:
        case "open":
            edits.open_firewall(world, asked.registry)
        case "close":
            edits.close_firewall(world, asked.registry)
        case "allow":
            edits.allow_address(world, asked.registry, asked.address)


@verb("public-access", RegistrySwitch)
def public_access(desk: Desk, asked: RegistrySwitch) -> None:
    """Switch the public face of a registry on or off."""
    edits.set_public_access(desk.cloud.world, asked.registry, on=asked.on)


@verb("admin-user", RegistrySwitch)
def admin_user(desk: Desk, asked: RegistrySwitch) -> None:
    """Switch the admin account of a registry on or off."""
    edits.set_admin_user(desk.cloud.world, asked.registry, on=asked.on)


@verb("rotate-password", PasswordArguments)
def rotate_password(desk: Desk, asked: PasswordArguments) -> Json:
    """Regenerate a password of the admin account of a registry."""
    made = edits.rotate_admin_password(desk.cloud.world, asked.registry, asked.number)
    return {"password": made}


@verb("arm-tokens", RegistrySwitch)
def arm_tokens(desk: Desk, asked: RegistrySwitch) -> None:
    """Accept or refuse tokens with the audience of ARM."""
    edits.set_arm_tokens(desk.cloud.world, asked.registry, on=asked.on)


@verb("expire-secret", IdentityArguments)
def expire_secret(desk: Desk, asked: IdentityArguments) -> None:
    """Let the secrets of a service principal be over."""
    edits.expire_secret(desk.cloud.world, asked.identity)


@verb("renew-secret", IdentityArguments)
def renew_secret(desk: Desk, asked: IdentityArguments) -> None:
    """Let the secrets of a service principal be good for a year."""
    edits.renew_secret(desk.cloud.world, asked.identity)


@verb("identity", IdentitySwitch)
def identity(desk: Desk, asked: IdentitySwitch) -> None:
    """Enable or disable an identity."""
    edits.set_identity(desk.cloud.world, asked.identity, enabled=asked.on)


@verb("throttle", ThrottleArguments)
def throttle(desk: Desk, asked: ThrottleArguments) -> None:
    """Let a registry answer 429 to everything for a while.

    This is the only throttling: the limits of a SKU (reads, writes, deletions a minute, of a
    registry and of an identity) are not counted.
    """
    edits.throttle(desk.cloud.world, asked.registry, asked.seconds)


@verb("records", RegistrySwitch)
def records(desk: Desk, asked: RegistrySwitch) -> None:
    """Put the records of a registry into the private zones, or take them out."""
    if asked.on:
        edits.restore_records(desk.cloud.world, asked.registry)
    else:
        edits.remove_records(desk.cloud.world, asked.registry)


@verb("endpoint", EndpointArguments)
def endpoint(desk: Desk, asked: EndpointArguments) -> None:
    """Approve, reject or disconnect a private endpoint."""
    edits.set_endpoint(desk.cloud.world, asked.endpoint, asked.status)


@verb("deploy", DeployArguments)
def deploy(desk: Desk, asked: DeployArguments) -> None:
    """Let a workload in a cluster run another image."""
    edits.deploy(desk.cloud.world, asked.workload, asked.image)


@verb("clock", ClockArguments, edits=False)
def clock(desk: Desk, asked: ClockArguments) -> Json:
    """Let time pass at once; tells which tasks ran, where schedules are on."""
    now = desk.cloud.world.clock.advance(asked.advance)
    return {"now": now.isoformat(), "ran": desk.schedules.look()}


@verb("schedules", Switch, edits=False)
def schedules(desk: Desk, asked: Switch) -> None:
    """Let tasks run when they are scheduled, and policies once a day; off at the start."""
    desk.schedules.switch(on=asked.on)
