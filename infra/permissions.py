"""What the code does in Azure and which role lets it: infra/permissions.yaml, read and checked."""

from pathlib import Path

import msgspec
from msgspec import Struct

FILE = Path(__file__).with_name("permissions.yaml")
ROLES = Path(__file__).with_name("roles.json")

NAMES = {
    "aksClusterUser": "Azure Kubernetes Service Cluster User Role",
    "aksRbacReader": "Azure Kubernetes Service RBAC Reader",
    "blobContributor": "Storage Blob Data Contributor",
    "blobOwner": "Storage Blob Data Owner",
    "logsReader": "Log Analytics Data Reader",
    "metricsPublisher": "Monitoring Metrics Publisher",
    "reader": "Reader",
    "repositoryCatalogLister": "Container Registry Repository Catalog Lister",
    "repositoryReader": "Container Registry Repository Reader",
    "secretsUser": "Key Vault Secrets User",
    "serviceBusOwner": "Azure Service Bus Data Owner",
    "serviceBusReceiver": "Azure Service Bus Data Receiver",
    "serviceBusSender": "Azure Service Bus Data Sender",
    "tableContributor": "Storage Table Data Contributor",
}
"""What roles.json gives short names to, as Azure names it."""


class Permission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is done; the fields are explained at the top of the file."""

    what: str
    why: str
    operations: tuple[str, ...]
    code: tuple[str, ...]
    role: str
    scope: str
    data: bool = False
    requests: tuple[str, ...] = ()
    who: str = "app"
    given: str = "always"


def permissions() -> tuple[Permission, ...]:
    """Everything that is done. Raises msgspec.ValidationError that names the field at fault."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=tuple[Permission, ...])


def role_ids() -> dict[str, str]:
    """Short name of a role -> its GUID."""
    return msgspec.json.decode(ROLES.read_bytes(), type=dict[str, str])
