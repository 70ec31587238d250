"""Built-in roles with their GUIDs and permissions, as far as pulling and watching need them.

Sources: Azure's published role definitions; ACR's role reference says what each does on a registry.
"""

from local.estates.identity import RoleDefinition

ACR = "Microsoft.ContainerRegistry/registries"
SERVICE_BUS = "Microsoft.ServiceBus"
STORAGE = "Microsoft.Storage/storageAccounts"


def role(
    name: str,
    guid: str,
    *,
    actions: tuple[str, ...] = (),
    not_actions: tuple[str, ...] = (),
    data_actions: tuple[str, ...] = (),
) -> RoleDefinition:
    """A built-in role."""
    return RoleDefinition(
        name=name,
        id=guid,
        actions=list(actions),
        not_actions=list(not_actions),
        data_actions=list(data_actions),
        built_in=True,
    )


READ_REPOSITORY = (f"{ACR}/repositories/metadata/read", f"{ACR}/repositories/content/read")
WRITE_REPOSITORY = (f"{ACR}/repositories/metadata/write", f"{ACR}/repositories/content/write")
DELETE_REPOSITORY = (f"{ACR}/repositories/metadata/delete", f"{ACR}/repositories/content/delete")

GENERAL = (
    role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", actions=("*",)),
    role(
        "Contributor",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        actions=("*",),
        not_actions=(
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ),
    ),
    role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", actions=("*/read",)),
    role(
        "Monitoring Reader",
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        actions=("*/read", "Microsoft.OperationalInsights/workspaces/search/action"),
    ),
    role(
        "Role Based Access Control Administrator",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        actions=(
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
        ),
    ),
    role(
        "Network Contributor",
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        actions=("Microsoft.Network/*", "Microsoft.Authorization/*/read"),
    ),
    role(
        "Managed Identity Operator",
        "f1a07417-d97a-45cb-824c-7a7467783830",
        actions=(
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            "Microsoft.Authorization/*/read",
        ),
    ),
)

REGISTRY = (
    role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", actions=(f"{ACR}/pull/read",)),
    role(
        "AcrPush",
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        actions=(f"{ACR}/pull/read", f"{ACR}/push/write"),
    ),
    role("AcrDelete", "c2f4ef07-c644-48eb-af81-4b1b4947fb11", actions=(f"{ACR}/artifacts/delete",)),
    role(
        "Container Registry Repository Reader",
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        data_actions=READ_REPOSITORY,
    ),
    role(
        "Container Registry Repository Writer",
        "2a1e307c-b015-4ebd-883e-5b7698a07328",
        data_actions=(*READ_REPOSITORY, *WRITE_REPOSITORY),
    ),
    role(
        "Container Registry Repository Contributor",
        "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
        data_actions=(*READ_REPOSITORY, *WRITE_REPOSITORY, *DELETE_REPOSITORY),
    ),
    role(
        "Container Registry Repository Catalog Lister",
        "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
        data_actions=(f"{ACR}/catalog/repositories/read",),
    ),
    role(
        "Container Registry Configuration Reader and Data Access Configuration Reader",
        "69b07be0-09bf-439a-b9a6-e73de851bd59",
        actions=(
            f"{ACR}/read",
            f"{ACR}/listCredentials/action",
            f"{ACR}/listUsages/read",
            f"{ACR}/privateEndpointConnections/read",
            f"{ACR}/replications/read",
            f"{ACR}/scopeMaps/read",
            f"{ACR}/tokens/read",
            f"{ACR}/webhooks/read",
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/diagnosticSettings/read",
            "Microsoft.Insights/diagnosticSettings/write",
        ),
    ),
    role(
        "Container Registry Data Importer and Data Reader",
        "577a9874-89fd-4f24-9dbd-b5034d0ad23a",
        actions=(f"{ACR}/importImage/action", f"{ACR}/read", f"{ACR}/pull/read"),
    ),
    role(
        "Container Registry Tasks Contributor",
        "fb382eab-e894-4461-af04-94435c366c3f",
        actions=(
            f"{ACR}/read",
            f"{ACR}/tasks/*",
            f"{ACR}/taskruns/*",
            f"{ACR}/runs/*",
            f"{ACR}/agentpools/*",
            f"{ACR}/scheduleRun/action",
            "Microsoft.Authorization/*/read",
        ),
    ),
)

CLUSTER = (
    role(
        "Azure Kubernetes Service Cluster User Role",
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        actions=(
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
            "Microsoft.ContainerService/managedClusters/read",
        ),
    ),
    role(
        "Azure Kubernetes Service RBAC Reader",
        "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
        actions=("Microsoft.Authorization/*/read", "Microsoft.Insights/alertRules/*"),
        data_actions=tuple(
            f"Microsoft.ContainerService/managedClusters/{group}/read"
            for group in (
                "apps/daemonsets",
                "apps/deployments",
                "apps/replicasets",
                "apps/statefulsets",
                "apps/controllerrevisions",
                "autoscaling/horizontalpodautoscalers",
                "batch/cronjobs",
                "batch/jobs",
                "configmaps",
                "endpoints",
                "events.k8s.io/events",
                "events",
                "namespaces",
                "pods",
                "replicationcontrollers",
                "serviceaccounts",
                "services",
            )
        ),
    ),
)

MONITOR = (
    role(
        "Log Analytics Data Reader",
        "3b03c2da-16b3-4a49-8834-0f8130efdd3b",
        actions=("Microsoft.OperationalInsights/workspaces/query/read",),
        data_actions=("Microsoft.OperationalInsights/workspaces/tables/data/read",),
    ),
    role(
        "Azure Service Bus Data Receiver",
        "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        data_actions=(f"{SERVICE_BUS}/*/receive/action",),
    ),
    role(
        "Azure Service Bus Data Sender",
        "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        data_actions=(f"{SERVICE_BUS}/*/send/action",),
    ),
    role(
        "Storage Table Data Contributor",
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        data_actions=(f"{STORAGE}/tableServices/tables/entities/*",),
    ),
)

BUILT_IN = (*GENERAL, *REGISTRY, *CLUSTER, *MONITOR)
"""All of them; names are unique."""
