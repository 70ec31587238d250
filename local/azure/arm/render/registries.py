"""Microsoft.ContainerRegistry: registries and what belongs to them (api 2025-11-01, preview)."""

import base64
from collections.abc import Iterator
from functools import partial

from local.azure.arm.render.common import (
    Entry,
    Json,
    child,
    created,
    fixed,
    is_preview,
    tracked,
)
from local.azure.operations import Run
from local.azure.stamps import stamp
from local.azure.world import World
from local.estates.completing import data_endpoints
from local.estates.network import PrivateEndpoint
from local.estates.registry import CacheRule, Registry, Replication, ScopeMap, Task, Token

_TYPE = Registry.TYPE


def entries(world: World) -> Iterator[Entry]:
    """Every registry, then its children."""
    for registry in world.estate.registries:
        yield Entry(registry.id, _TYPE, partial(body, world, registry), in_graph=True)
        yield from map(fixed, children(world, registry))


def children(world: World, registry: Registry) -> Iterator[Json]:
    """Replications, connections, tokens, scope maps, cache rules, credential sets and tasks."""
    yield _home(registry)
    yield from (_replication(registry, one) for one in registry.replications)
    yield from (_connection(registry, one) for one in _endpoints(world, registry))
    yield from (_token(world, registry, one) for one in registry.tokens)
    yield from (_scope_map(world, registry, one) for one in registry.scope_maps)
    yield from (_cache_rule(registry, one) for one in registry.cache_rules)
    yield from (_credential_set(registry, one) for one in _credential_sets(registry))
    yield from (_task(world, registry, one) for one in registry.tasks)
    yield from (
        _run(registry, one) for one in reversed(world.runs) if one.registry == registry.name
    )


def body(world: World, registry: Registry, version: str) -> Json:
    """The registry itself. softDeletePolicy is shown by preview api-versions only."""
    rendered = tracked(registry, _properties(world, registry, version))
    return rendered | {"sku": {"name": registry.sku, "tier": registry.sku}}


def usages(world: World, registry: Registry) -> Json:
    """The answer of listUsages.

    Size.limit is what the SKU includes, not the hard limit.
    """
    gib = {"Basic": 10, "Standard": 100, "Premium": 500}[registry.sku]
    webhooks = {"Basic": 2, "Standard": 10, "Premium": 500}[registry.sku]
    tokens = {"Basic": 100, "Standard": 500, "Premium": 50_000}[registry.sku]
    premium = registry.sku == "Premium"
    maps = sum(not one.built_in for one in registry.scope_maps)
    connections = sum(1 for _ in _endpoints(world, registry))
    rows = [
        ("Size", gib * 1024**3, size(world, registry), "Bytes"),
        ("Webhooks", webhooks, registry.quota.webhooks, "Count"),
        ("Geo-replications", -1 if premium else 0, len(registry.replications), "Count"),
        ("IPRules", 200 if premium else 0, len(registry.firewall.allow), "Count"),
        ("VNetRules", 100 if premium else 0, 0, "Count"),
        ("PrivateEndpointConnections", 200 if premium else 0, connections, "Count"),
        ("ScopeMaps", tokens, maps, "Count"),
        ("Tokens", tokens, len(registry.tokens), "Count"),
    ]
    fields = ("name", "limit", "currentValue", "unit")
    return {"value": [dict(zip(fields, row, strict=True)) for row in rows]}


def size(world: World, registry: Registry) -> int:
    """Bytes in use: as the estate says, else counted; grown since the start as described."""
    quota = registry.quota
    days = (world.now() - world.started).total_seconds() / 86_400
    held = world.contents[registry.name].size() if quota.size_bytes is None else quota.size_bytes
    return held + int(days * quota.growth_bytes_per_day)


def _properties(world: World, registry: Registry, version: str) -> Json:
    dedicated = registry.data_endpoint_enabled
    connections = [_connection(registry, one) for one in _endpoints(world, registry)]
    return {
        "loginServer": registry.login_server,
        "creationDate": created(world, registry.created),
        "adminUserEnabled": registry.admin_user_enabled,
        "networkRuleSet": {
            "defaultAction": registry.firewall.default_action,
            "ipRules": [{"action": "Allow", "value": one} for one in registry.firewall.allow],
        },
        "policies": _policies(world, registry, version),
        "encryption": {"status": "disabled"},
        "dataEndpointEnabled": dedicated,
        "dataEndpointHostNames": data_endpoints(registry) if dedicated else [],
        "privateEndpointConnections": connections,
        "publicNetworkAccess": registry.public_network_access,
        "networkRuleBypassOptions": registry.network_rule_bypass_options,
        "networkRuleBypassAllowedForTasks": registry.network_rule_bypass_allowed_for_tasks,
        "zoneRedundancy": registry.zone_redundancy,
        "anonymousPullEnabled": registry.anonymous_pull_enabled,
        "roleAssignmentMode": registry.role_assignment_mode,
    }


def _policies(world: World, registry: Registry, version: str) -> Json:
    policies = registry.policies
    retention, soft_delete = policies.retention, policies.soft_delete
    rendered: Json = {
        "quarantinePolicy": {"status": policies.quarantine.lower()},
        "trustPolicy": {"type": "Notary", "status": "disabled"},
        "retentionPolicy": {
            "days": retention.days,
            "lastUpdatedTime": stamp(world.clock.before_start(retention.updated)),
            "status": retention.status.lower(),
        },
        "exportPolicy": {"status": "enabled"},
        "azureADAuthenticationAsArmPolicy": {
            "status": policies.azure_ad_authentication_as_arm.lower()
        },
    }
    if is_preview(version):
        rendered["softDeletePolicy"] = {
            "retentionDays": soft_delete.days,
            "lastUpdatedTime": stamp(world.clock.before_start(soft_delete.updated)),
            "status": soft_delete.status.lower(),
        }
    return rendered


def _endpoints(world: World, registry: Registry) -> Iterator[PrivateEndpoint]:
    return (one for one in world.estate.private_endpoints if one.registry == registry.name)


def _connection(registry: Registry, endpoint: PrivateEndpoint) -> Json:
    state = {
        "status": endpoint.status,
        "description": "",
        "actionsRequired": endpoint.actions_required,
    }
    properties = {
        "provisioningState": "Succeeded",
        "privateEndpoint": {"id": endpoint.id},
        "privateLinkServiceConnectionState": state,
    }
    name = f"{endpoint.name}.connection"
    return child(registry.id, f"{_TYPE}/privateEndpointConnections", name, properties)


def _home(registry: Registry) -> Json:
    home = Replication(location=registry.location, zone_redundancy=registry.zone_redundancy)
    return _replication(registry, home)


def _replication(registry: Registry, replication: Replication) -> Json:
    properties = {
        "provisioningState": replication.provisioning_state,
        "status": {"displayStatus": replication.status},
        "regionEndpointEnabled": replication.region_endpoint_enabled,
        "zoneRedundancy": replication.zone_redundancy,
    }
    location = replication.location
    kind = f"{_TYPE}/replications"
    return child(registry.id, kind, location, properties, location=location, tags={})


def _token(world: World, registry: Registry, token: Token) -> Json:
    passwords = [
        {
            "name": f"password{number}",
            "creationTime": stamp(world.clock.before_start(one.created)),
            **({"expiry": stamp(world.started + one.expires)} if one.expires is not None else {}),
        }
        for number, one in enumerate(token.passwords, 1)
    ]
    properties = {
        "creationDate": created(world, registry.created),
        "provisioningState": "Succeeded",
        "scopeMapId": f"{registry.id}/scopeMaps/{token.scope_map}",
        "credentials": {"certificates": [], "passwords": passwords},
        "status": token.status,
    }
    return child(registry.id, f"{_TYPE}/tokens", token.name, properties)


def _scope_map(world: World, registry: Registry, scope_map: ScopeMap) -> Json:
    properties = {
        "description": scope_map.description,
        "type": "SystemDefined" if scope_map.built_in else "UserDefined",
        "creationDate": created(world, registry.created),
        "provisioningState": "Succeeded",
        "actions": scope_map.actions,
    }
    return child(registry.id, f"{_TYPE}/scopeMaps", scope_map.name, properties)


def _cache_rule(registry: Registry, rule: CacheRule) -> Json:
    properties = {
        "sourceRepository": rule.source,
        "targetRepository": rule.target,
        "provisioningState": "Succeeded",
    }
    if rule.credential_set:
        properties["credentialSetResourceId"] = (
            f"{registry.id}/credentialSets/{rule.credential_set}"
        )
    return child(registry.id, f"{_TYPE}/cacheRules", rule.name, properties)


def _credential_sets(registry: Registry) -> list[str]:
    rules = (one for one in registry.cache_rules if one.credentials != "gone")
    return sorted({rule.credential_set for rule in rules if rule.credential_set})


def _credential_set(registry: Registry, name: str) -> Json:
    rule = next(one for one in registry.cache_rules if one.credential_set == name)
    health = {"status": "Healthy"}
    if rule.credentials == "unhealthy":
        health = {
            "status": "Unhealthy",
            "errorCode": "AUTHENTICATION_FAILED",
            "errorMessage": "The upstream registry does not take these credentials.",
        }
    properties = {
        "loginServer": rule.source.split("/")[0],
        "authCredentials": [{"name": "Credential1", "credentialHealth": health}],
        "provisioningState": "Succeeded",
    }
    return child(registry.id, f"{_TYPE}/credentialSets", name, properties)


def _run(registry: Registry, run: Run) -> Json:
    properties = {
        "runId": run.id,
        "status": "Succeeded",
        "runType": "AutoRun" if run.task else "QuickRun",
        "createTime": stamp(run.started),
        "startTime": stamp(run.started),
        "finishTime": stamp(run.finished),
        "provisioningState": "Succeeded",
        **({"task": run.task} if run.task else {}),
    }
    return child(registry.id, f"{_TYPE}/runs", run.id, properties)


def _task(world: World, registry: Registry, task: Task) -> Json:
    schedules = [(one, "Enabled") for one in task.schedules]
    schedules += [(one, "Disabled") for one in task.paused_schedules]
    triggers = [
        {"name": f"t{number}", "schedule": schedule, "status": status}
        for number, (schedule, status) in enumerate(schedules, 1)
    ]
    properties = {
        "provisioningState": "Succeeded",
        "creationDate": created(world, task.created),
        "status": task.status,
        "platform": {"os": "linux", "architecture": "amd64"},
        "timeout": 3600,
        "step": _step(task),
        "trigger": {"timerTriggers": triggers},
        "isSystemTask": False,
    }
    return child(registry.id, f"{_TYPE}/tasks", task.name, properties, location=registry.location)


def _step(task: Task) -> Json:
    """The steps of a task: in full, or where the file with them is. Secret values have no value."""
    values: list[Json] = [
        {"name": name, "value": value, "isSecret": False} for name, value in task.values.items()
    ]
    values += [{"name": name, "isSecret": True} for name in task.secret_values]
    if task.dockerfile:
        return {
            "type": "Docker",
            "dockerFilePath": task.dockerfile,
            "contextPath": task.context,
            "imageNames": [],
            "isPushEnabled": True,
            "noCache": False,
            "arguments": [],
        }
    if task.file:
        return {
            "type": "FileTask",
            "taskFilePath": task.file,
            "contextPath": task.context,
            "values": values,
        }
    return {
        "type": "EncodedTask",
        "encodedTaskContent": base64.b64encode(task.yaml.encode()).decode(),
        "contextPath": "/dev/null",
        "values": values,
    }
