"""Whether an estate holds together: every name is there, once; every address is one."""

import ipaddress
from collections import Counter
from collections.abc import Iterator

from local.estates.conditions import ConditionError, compile_condition
from local.estates.hosting import AppWorkload, ContainerGroup
from local.estates.identity import EVERYONE
from local.estates.mistakes import Mistake
from local.estates.model import Estate
from local.estates.references import references
from local.estates.registry import Registry
from local.estates.roles import BUILT_IN
from local.estates.scopes import scope_names
from local.ncrontab import parse_schedule

_CRON_FIELDS = 5
_SOFT_DELETE_DAYS = 90


def mistakes(estate: Estate) -> list[Mistake]:
    """Dangling references, names used twice, addresses that are none."""
    known = names(estate)
    dangling = [
        Mistake(each.path, each.value, one_of(each.kind, known[each.kind]))
        for each in references(estate)
        if each.value and each.value not in known[each.kind]
    ]
    return [
        *dangling,
        *repeated(estate),
        *bad_addresses(estate),
        *bad_conditions(estate),
        *bad_schedules(estate),
        *impossible(estate),
    ]


def one_of(kind: str, values: set[str]) -> str:
    """Say what a reference may name."""
    article = "an" if kind[0] in "aeiou" else "a"
    return f"the name of {article} {kind}: " + (", ".join(sorted(values)) or "there is none")


def names(estate: Estate) -> dict[str, set[str]]:
    """Every name that can be pointed at, by kind."""
    identities = {each.name for each in estate.identities} | set(system_names(estate))
    networks = {each.name for each in estate.networks}
    subnets = {f"{net.name}/{sub.name}" for net in estate.networks for sub in net.subnets}
    groups = {each.name for each in estate.groups}
    return {
        "subscription": {each.name for each in estate.subscriptions},
        "identity": identities,
        "identity or group": identities | groups,
        "principal": identities | groups | {EVERYONE},
        "role": {each.name for each in (*estate.roles, *BUILT_IN)},
        "scope": scope_names(estate),
        "network": networks,
        "subnet": subnets,
        "registry": {each.name for each in estate.registries},
        "workspace": {each.name for each in estate.workspaces},
        "environment": {each.name for each in estate.environments},
    }


def system_names(estate: Estate) -> Iterator[str]:
    """Names of the system-assigned identities that resources bring with them."""
    for app in estate.web_apps:
        if app.identity.system:
            yield app.name
        yield from (f"{app.name}/{slot.name}" for slot in app.slots if slot.identity.system)
    apps: list[AppWorkload | ContainerGroup] = [
        *estate.container_apps,
        *estate.jobs,
        *estate.container_groups,
    ]
    yield from (each.name for each in apps if each.identity.system)
    yield from (each.name for each in estate.clusters if each.control_identity == "system")


def repeated(estate: Estate) -> Iterator[Mistake]:
    """Names that two objects of one kind share, so that a reference would be ambiguous."""
    groups = [each.name for each in estate.groups]
    kinds = {
        "identities and groups": [
            *system_names(estate),
            *groups,
            *(each.name for each in estate.identities),
        ],
        "subscriptions": [each.name for each in estate.subscriptions],
        "roles": [each.name for each in (*estate.roles, *BUILT_IN)],
        "places": [each.name for each in estate.places],
        "networks": [each.name for each in estate.networks],
        "registries": [each.name for each in estate.registries],
        "clusters": [each.name for each in estate.clusters],
        "webApps": [each.name for each in estate.web_apps],
        "environments": [each.name for each in estate.environments],
    }
    for kind, values in kinds.items():
        for name, times in Counter(values).items():
            if times > 1:
                yield Mistake(kind, name, "each name once")


def impossible(estate: Estate) -> Iterator[Mistake]:
    """What Azure does not offer in a tier (its page on registry tiers), or not together."""
    private = {each.registry for each in estate.private_endpoints}
    for at, registry in enumerate(estate.registries):
        tier = f"registries[{at}].sku", registry.sku
        if registry.sku != "Premium":
            wanted = {
                "replications": registry.replications,
                "firewall.allow": registry.firewall.allow,
                "policies.retention": registry.policies.retention.status == "Enabled",
                "a private endpoint": registry.name in private,
            }
            named = ", ".join(key for key, used in wanted.items() if used)
            if named:
                yield Mistake(*tier, f"'Premium', because of {named}")
        if registry.sku == "Basic" and registry.anonymous_pull_enabled:
            yield Mistake(*tier, "'Standard' or 'Premium', because of anonymousPullEnabled")
        yield from bad_soft_delete(f"registries[{at}].policies.softDelete", registry)


def bad_soft_delete(path: str, registry: Registry) -> Iterator[Mistake]:
    """What does not go with soft delete (container-registry-soft-delete-policy.md)."""
    policy = registry.policies.soft_delete
    if policy.status == "Disabled":
        return
    if not 1 <= policy.days <= _SOFT_DELETE_DAYS:
        yield Mistake(f"{path}.days", policy.days, f"1 to {_SOFT_DELETE_DAYS}")
    beside = {
        "replications": registry.replications,
        "cacheRules": registry.cache_rules,
        "policies.retention": registry.policies.retention.status == "Enabled",
    }
    named = ", ".join(key for key, used in beside.items() if used)
    if named:
        yield Mistake(f"{path}.status", policy.status, f"'Disabled', because of {named}")


def bad_conditions(estate: Estate) -> Iterator[Mistake]:
    """Conditions that nothing here could evaluate."""
    for at, given in enumerate(estate.role_assignments):
        try:
            compile_condition(given.condition or "ActionMatches{'*'}")
        except ConditionError as error:
            path = f"roleAssignments[{at}].condition"
            yield Mistake(path, given.condition, f"an ABAC condition ({error})")


def bad_schedules(estate: Estate) -> Iterator[Mistake]:
    """Schedules of tasks that never fire, or have other than the five fields that ACR takes."""
    for at, registry in enumerate(estate.registries):
        for number, task in enumerate(registry.tasks):
            for schedule in task.schedules:
                if why := no_schedule(schedule):
                    accepted = f"five fields of NCRONTAB such as '0 3 * * *' ({why})"
                    yield Mistake(f"registries[{at}].tasks[{number}].schedules", schedule, accepted)


def no_schedule(text: str) -> str:
    """Why a text is no schedule of a task; empty when it is one."""
    if len(text.split()) != _CRON_FIELDS:
        return f"not {len(text.split())}"
    try:
        parse_schedule(text)
    except ValueError as error:
        return str(error)
    return ""


def bad_addresses(estate: Estate) -> Iterator[Mistake]:
    """Addresses of places, firewalls, networks and outbound traffic."""
    for at, place in enumerate(estate.places):
        yield from address(f"places[{at}].egress", place.egress)
    for at, registry in enumerate(estate.registries):
        for number, value in enumerate(registry.firewall.allow):
            yield from address_range(f"registries[{at}].firewall.allow[{number}]", value)
    for at, network in enumerate(estate.networks):
        for number, value in enumerate(network.address_space):
            yield from address_range(f"networks[{at}].addressSpace[{number}]", value)
        for number, subnet in enumerate(network.subnets):
            yield from address_range(f"networks[{at}].subnets[{number}].prefix", subnet.prefix)
    for at, cluster in enumerate(estate.clusters):
        for number, value in enumerate(cluster.outbound):
            yield from address(f"clusters[{at}].outbound[{number}]", value)


def address(path: str, value: str) -> Iterator[Mistake]:
    """A mistake unless the value is one IPv4 address."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        yield Mistake(path, value, "an IPv4 address such as 203.0.113.7")


def address_range(path: str, value: str) -> Iterator[Mistake]:
    """A mistake unless the value is an IPv4 address or range."""
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        yield Mistake(path, value, "an IPv4 address or range such as 203.0.113.0/24")
