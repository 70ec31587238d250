"""What people and commands call things: names cut out of ids, hosts and facts."""

import heapq
from collections.abc import Iterable
from datetime import datetime

from shared.domain.facts.registry import RegistryProfile
from shared.domain.facts.workload import PullIdentity
from shared.domain.images import ImageReference
from shared.domain.likeness import likeness
from shared.domain.pulls import Pull

FEW = 5
ALIKE = 0.5
"""From here on one name may be a slip of the pen for the other."""


def registry_name(host: str) -> str:
    """The resource name behind a login server; ``contoso-a1b2.azurecr.io`` carries a hash."""
    return host.split(".", 1)[0].split("-", 1)[0]


def arm_part(resource_id: str, key: str) -> str:
    """The name that follows a segment of an ARM id, such as ``resourceGroups``; empty for none."""
    parts = resource_id.split("/")
    found = [i for i, part in enumerate(parts[:-1]) if part.lower() == key.lower()]
    return parts[found[0] + 1] if found else ""


def last_part(resource_id: str) -> str:
    """The resource's own name, without its kind and parents."""
    return resource_id.rstrip("/").rpartition("/")[2]


def about_image(image: ImageReference) -> dict[str, str]:
    """The details that texts and commands about an image use."""
    return {
        "registry": registry_name(image.registry),
        "login_server": image.registry,
        "repository": image.repository,
        "tag": image.tag,
        "image": str(image),
        "reference": f"@{image.digest}" if image.digest else f":{image.tag}",
    }


def about_registry(profile: RegistryProfile) -> dict[str, str]:
    """The details that texts and commands about a registry use."""
    return {
        "registry": profile.name,
        "login_server": profile.login_server,
        "registry_id": profile.resource_id,
        "group": arm_part(profile.resource_id, "resourceGroups"),
    }


def about_workload(pull: Pull) -> dict[str, str]:
    """The details that texts and commands about a workload use."""
    return {
        "workload": pull.workload.name,
        "workload_id": pull.workload.id,
        "workload_group": arm_part(pull.workload.id, "resourceGroups"),
        "workload_resource": last_part(pull.workload.id),
    }


def who(identity: PullIdentity) -> str:
    """The pull identity as people know it."""
    return identity.name or identity.client_id or identity.principal_id or identity.kind.value


def closest(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names most like the wanted one, the best first."""
    measured = ((likeness(name, wanted), name) for name in set(names))
    best = heapq.nlargest(FEW, (one for one in measured if one[0] >= ALIKE))
    return tuple(name for _, name in best)


def listed(names: Iterable[str], none: str = "none") -> str:
    """A few names for a sentence, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - FEW} more" if len(every) > FEW else ""
    return ", ".join(every[:FEW]) + more if every else none


def day(at: datetime) -> str:
    """A date and a time to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
