"""Official pages that findings point to."""

ACR = "https://learn.microsoft.com/azure/container-registry/"
SUPPORT = "https://learn.microsoft.com/troubleshoot/azure/azure-container-registry/"

ABAC = ACR + "container-registry-rbac-abac-repository-permissions"
ACCESS = ACR + "container-registry-troubleshoot-access"
ANONYMOUS = ACR + "anonymous-pull-access"
AUTHENTICATION = ACR + "container-registry-authentication"
AS_ARM = ACR + "container-registry-disable-authentication-as-arm"
CACHE = ACR + "artifact-cache-overview"
CROSS_TENANT = ACR + "authenticate-aks-cross-tenant"
DATA_ENDPOINTS = ACR + "container-registry-dedicated-data-endpoints"
FAQ = ACR + "container-registry-faq"
FIREWALL = ACR + "container-registry-access-selected-networks"
FIREWALL_RULES = ACR + "container-registry-firewall-access-rules"
IMAGES = ACR + "container-registry-image-formats"
LABELS = ACR + "container-registry-get-started-portal"
LOCK = ACR + "container-registry-image-lock"
LOGIN = ACR + "container-registry-troubleshoot-login-authn-authz"
NAMES = ACR + "container-registry-concepts"
PRIVATE = ACR + "container-registry-private-endpoints"
PURGE = ACR + "container-registry-auto-purge"
QUARANTINE = "https://github.com/Azure/acr/blob/main/docs/preview/quarantine/readme.md"
RETENTION = ACR + "container-registry-retention-policy"
REPLICATION = ACR + "container-registry-geo-replication"
ROLES = ACR + "container-registry-rbac-built-in-roles-overview"
SKUS = ACR + "container-registry-skus"
SOFT_DELETE = ACR + "container-registry-soft-delete-policy"
TAGS = ACR + "container-registry-image-tag-version"
TRUSTED = ACR + "allow-access-trusted-services"
TOKENS = ACR + "container-registry-token-based-repository-permissions"
TAG_NOT_FOUND = SUPPORT + "manifest-tag-not-found"

DENY = "https://learn.microsoft.com/azure/role-based-access-control/deny-assignments"
CONDITIONS = "https://learn.microsoft.com/azure/role-based-access-control/conditions-format"
PRINCIPALS = (
    "https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal"
)
APP_SERVICE = "https://learn.microsoft.com/azure/app-service/configure-custom-container"
APP_SERVICE_NETWORK = (
    "https://learn.microsoft.com/azure/app-service/configure-vnet-integration-routing"
)
CONTAINER_APPS = "https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull"
CONTAINER_INSTANCES = (
    "https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi"
)
WINDOWS = (
    "https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/"
    "version-compatibility"
)
KUBERNETES = "https://learn.microsoft.com/azure/aks/cluster-container-registry-integration"
KUBELET = "https://kubernetes.io/docs/concepts/containers/images/#serial-and-parallel-image-pulls"
NODE_DISK = "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"
PULL_SECRETS = (
    "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/"
)
