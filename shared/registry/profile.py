"""What ARM says of a registry, made facts (azure-mgmt-containerregistry, api 2025-11-01)."""

from collections.abc import Iterable
from datetime import datetime

from azure.mgmt.containerregistry import models

from shared.domain.facts.registry import (
    PrivateEndpoint,
    RegistryProfile,
    RegistryUsages,
    Replication,
    Replications,
    ScopedToken,
    Sku,
    Usage,
)


def profile(found: models.Registry) -> RegistryProfile:
    """
    Read a registry.

    Raises:
        ValueError: it has no login server, no region, or no tier that is known.

    """
    properties = found.properties
    if properties is None or not properties.login_server:
        raise ValueError(f"{found.id} has no login server")
    if not found.sku or not found.location:
        raise ValueError(f"{found.id} has no tier or no region")
    rules = properties.network_rule_set
    policies = properties.policies or models.Policies()
    return RegistryProfile(
        resource_id=found.id or "",
        login_server=properties.login_server.lower(),
        name=found.name or "",
        region=found.location,
        sku=Sku(_text(found.sku.name)),
        provisioning_state=_text(properties.provisioning_state) or "Succeeded",
        public_network_access=_text(properties.public_network_access).lower() != "disabled",
        default_allow=rules is None or _text(rules.default_action).lower() != "deny",
        allowed_ranges=_allowed(rules),
        trusted_services=_text(properties.network_rule_bypass_options).lower() != "none",
        private_endpoints=tuple(map(_endpoint, properties.private_endpoint_connections or ())),
        data_endpoint_enabled=bool(properties.data_endpoint_enabled),
        data_endpoints=tuple(properties.data_endpoint_host_names or ()),
        admin_enabled=bool(properties.admin_user_enabled),
        anonymous_pull=bool(properties.anonymous_pull_enabled),
        abac=_text(properties.role_assignment_mode).lower() == "abacrepositorypermissions",
        arm_audience_accepted=not _is(policies.azure_ad_authentication_as_arm_policy, "disabled"),
        quarantine=_is(policies.quarantine_policy, "enabled"),
        retention_days=_retention(policies.retention_policy),
        retention_since=policies.retention_policy.last_updated_time
        if policies.retention_policy
        else None,
    )


def replications(home: RegistryProfile, found: Iterable[models.Replication]) -> Replications:
    """Read the geo-replicas; the home region is one of them, listed or not."""
    replicas = {one.location.lower().replace(" ", ""): _replica(one) for one in found}
    region = home.region.lower().replace(" ", "")
    own = Replication(home.region, endpoint_enabled=True, provisioning_state="Succeeded")
    return Replications(tuple(({region: own} | replicas).values()))


def usages(found: models.RegistryUsageListResult) -> RegistryUsages:
    """Read how much of its quotas a registry uses."""
    return RegistryUsages(
        tuple(
            Usage(one.name or "", one.current_value or 0, -1 if one.limit is None else one.limit)
            for one in found.value or ()
        )
    )


def scoped_token(found: models.Token, scope_map: models.ScopeMap) -> ScopedToken:
    """Read a token, its scope map's actions and when its passwords end (None: never)."""
    properties = found.properties or models.TokenProperties()
    credentials = properties.credentials
    passwords = (credentials.passwords if credentials else None) or ()
    return ScopedToken(
        name=found.name or "",
        enabled=_text(properties.status).lower() != "disabled",
        scope_map=scope_map.name or "",
        actions=tuple(scope_map.properties.actions if scope_map.properties else ()),
        expires=tuple(_end(one) for one in passwords),
    )


def _text(value: object) -> str:
    """A plain string of what may be an SDK enum, a string or None."""
    return "" if value is None else str(getattr(value, "value", value))


def _is(policy: object, status: str) -> bool:
    return _text(getattr(policy, "status", None)).lower() == status


def _allowed(rules: models.NetworkRuleSet | None) -> tuple[str, ...]:
    found = (rules.ip_rules if rules else None) or ()
    return tuple(
        one.ip_address_or_range for one in found if _text(one.action).lower() in {"", "allow"}
    )


def _endpoint(found: models.PrivateEndpointConnection) -> PrivateEndpoint:
    properties = found.properties
    endpoint = properties.private_endpoint if properties else None
    state = properties.private_link_service_connection_state if properties else None
    return PrivateEndpoint(
        id=(endpoint.id if endpoint else "") or found.id or "",
        state=_text(state.status) if state else "",
        description=(state.description if state else "") or "",
    )


def _retention(policy: models.RetentionPolicy | None) -> int | None:
    return policy.days if policy is not None and _is(policy, "enabled") else None


def _replica(found: models.Replication) -> Replication:
    properties = found.properties or models.ReplicationProperties()
    return Replication(
        region=found.location,
        endpoint_enabled=properties.region_endpoint_enabled is not False,
        provisioning_state=_text(properties.provisioning_state),
    )


def _end(password: models.TokenPassword) -> datetime | None:
    return password.expiry
