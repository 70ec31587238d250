"""The healthy estate in which faults are planted: every way to pull, on every kind of workload.

A workload is called `COLUMN-WAY`, such as `aks-token`, and pulls the repository of its own name,
so that a fault of one image hits one workload. Each has an identity of its own.
"""

from typing import Any, Final

type Raw = dict[str, Any]
"""An estate as YAML has it, before it is checked."""

COLUMNS: Final = ("aks", "web", "slot", "app", "job", "aci")
PLATFORMS: Final = {
    "aks": "AKS",
    "web": "App Service",
    "slot": "App Service",
    "app": "Container Apps",
    "job": "Container Apps",
    "aci": "Container Instances",
}
REGISTRIES: Final = {
    "plain": "plain",  # Standard, open, roles
    "gated": "gated",  # Premium, a firewall that admits the workloads' addresses
    "vault": "vault",  # Premium, private endpoints only, replicated
    "abac": "abac",  # Standard, roles by repository
    "token": "plain",
    "sp": "plain",
    "admin": "plain",
    "anon": "public",  # anonymous pulls are on
}
"""Ways to pull, and the registry of each."""
MANAGED: Final = ("plain", "gated", "vault", "abac")
"""Ways that use a managed identity."""
NO_GATE: Final = ("app", "job")
"""Container Apps have no fixed egress address, so no firewall is known to admit them."""
NODES, WEB, APPS = "20.50.1.10", "20.70.3.30", "20.80.4.40"
NAMESPACE: Final = "shop"
READER: Final = "Container Registry Repository Reader"

SECRETS: Final[Raw] = {
    "name": "Reader of pull credentials",
    "actions": [
        "Microsoft.Web/sites/config/list/action",
        "Microsoft.Web/sites/slots/config/list/action",
    ],
    "dataActions": ["Microsoft.ContainerService/managedClusters/secrets/read"],
}
"""What the monitor needs beside Reader, to see how a workload signs in with a password."""


def base() -> Raw:
    """The estate, made anew: whoever gets it may edit it."""
    return {
        "domain": "contoso.onmicrosoft.com",
        "subscriptions": [{"name": "main", "managementGroups": ["contoso"]}],
        "places": [
            {
                "name": "pullwatch",
                "egress": "198.51.100.20",
                "network": "hub/pullwatch",
                "identity": "pullwatch",
            }
        ],
        "identities": _identities(),
        "groups": [],
        "roles": [SECRETS],
        "roleAssignments": _role_assignments(),
        "denyAssignments": [],
        **_networks(),
        "registries": _registries(),
        "clusters": [_cluster()],
        "webApps": [_site("web", way) for way in REGISTRIES],
        "environments": [
            {"name": "inside", "network": "spoke/apps", "outbound": [APPS]},
            {"name": "outside", "outbound": [APPS]},
        ],
        "containerApps": [_app("app", way) for way in REGISTRIES if way != "gated"],
        "jobs": [_app("job", way) for way in REGISTRIES if way != "gated"],
        "containerGroups": [_group(way) for way in REGISTRIES],
    }


def workloads() -> list[str]:
    """The names of all workloads."""
    pairs = ((column, way) for column in COLUMNS for way in REGISTRIES)
    return [f"{c}-{w}" for c, w in pairs if not (c in NO_GATE and w == "gated")]


def image(column: str, way: str) -> str:
    """What a workload pulls."""
    return f"{REGISTRIES[way]}.azurecr.io/{column}-{way}:1"


def identity(column: str) -> str:
    """The name of the identity with which the workloads of a column pull."""
    return "kubelet" if column == "aks" else f"{column}-identity"


def _identities() -> list[Raw]:
    return [
        {"name": "pullwatch", "graphPermissions": ["Application.Read.All"]},
        {"name": "other"},
        *({"name": identity(column)} for column in COLUMNS),
        *({"name": f"{column}-principal", **_secret(column)} for column in COLUMNS),
    ]


def _secret(column: str) -> Raw:
    return {"kind": "servicePrincipal", "secrets": [{"value": f"{column}-secret"}]}


def _role_assignments() -> list[Raw]:
    watching = (
        "Reader",
        "Azure Kubernetes Service RBAC Reader",
        "Azure Kubernetes Service Cluster User Role",
        SECRETS["name"],
    )
    scope = "managementGroup/contoso"
    return [
        *({"principal": "pullwatch", "role": role, "scope": scope} for role in watching),
        {"principal": "pullwatch", "role": READER, "scope": "registry/abac"},
        {
            "principal": "pullwatch",
            "role": "Container Registry Repository Catalog Lister",
            "scope": "registry/abac",
        },
        *(
            {
                "principal": identity(column),
                "role": READER if way == "abac" else "AcrPull",
                "scope": f"registry/{way}",
            }
            for column in COLUMNS
            for way in MANAGED
        ),
        *(
            {"principal": f"{column}-principal", "role": "AcrPull", "scope": "registry/plain"}
            for column in COLUMNS
        ),
    ]


def _networks() -> Raw:
    apps = "Microsoft.App/environments"
    return {
        "networks": [
            {
                "name": "hub",
                "addressSpace": ["10.10.0.0/16"],
                "peerings": ["spoke"],
                "subnets": [
                    {"name": "endpoints", "prefix": "10.10.1.0/24"},
                    {"name": "pullwatch", "prefix": "10.10.2.0/27", "delegation": apps},
                ],
            },
            {
                "name": "spoke",
                "addressSpace": ["10.20.0.0/16"],
                "peerings": ["hub"],
                "subnets": [
                    {"name": "nodes", "prefix": "10.20.0.0/20"},
                    {"name": "web", "prefix": "10.20.16.0/24"},
                    {"name": "apps", "prefix": "10.20.18.0/23", "delegation": apps},
                    {"name": "groups", "prefix": "10.20.20.0/24"},
                ],
            },
        ],
        "privateEndpoints": [{"name": "vault", "registry": "vault", "subnet": "hub/endpoints"}],
        "privateZones": [
            {"name": "privatelink.azurecr.io", "location": "global", "links": ["hub", "spoke"]}
        ],
    }


def _registries() -> list[Raw]:
    tokens = [f"{column}-pull" for column in COLUMNS]
    return [
        {
            "name": "plain",
            "adminUserEnabled": True,
            "adminPasswords": ["plain-first", "plain-second"],
            "scopeMaps": [
                {"name": name, "actions": [f"repositories/{column}-token/content/read"]}
                for column, name in zip(COLUMNS, tokens, strict=True)
            ],
            "tokens": [
                {"name": name, "scopeMap": name, "passwords": [{"value": f"{name}-word"}]}
                for name in tokens
            ],
            "repositories": _repositories("plain"),
        },
        {
            "name": "gated",
            "sku": "Premium",
            "firewall": {"defaultAction": "Deny", "allow": [NODES, WEB, "198.51.100.0/24"]},
            "repositories": _repositories("gated"),
        },
        {
            "name": "vault",
            "sku": "Premium",
            "publicNetworkAccess": "Disabled",
            "networkRuleBypassOptions": "None",
            "replications": [{"location": "northeurope"}],
            "repositories": _repositories("vault"),
        },
        {
            "name": "abac",
            "roleAssignmentMode": "AbacRepositoryPermissions",
            "repositories": _repositories("abac"),
        },
        {
            "name": "public",
            "anonymousPullEnabled": True,
            "repositories": _repositories("public"),
        },
    ]


def _repositories(registry: str) -> list[Raw]:
    """One for every workload, those that are not deployed included: faults may move workloads."""
    return [
        {
            "name": f"{column}-{way}",
            "images": [{"name": "new", "tags": ["1"], "age": "P9D"}, {"tags": ["0"]}],
        }
        for way, own in REGISTRIES.items()
        for column in COLUMNS
        if own == registry
    ]


def _password(column: str, way: str) -> tuple[str, str] | None:
    return {
        "token": (f"{column}-pull", f"{column}-pull-word"),
        "sp": (f"{column}-principal", f"{column}-secret"),
        "admin": ("plain", "plain-first"),
    }.get(way)


def _cluster() -> Raw:
    secrets = [
        {
            "name": way,
            "namespace": NAMESPACE,
            "server": "plain.azurecr.io",
            "username": account[0],
            "password": account[1],
        }
        for way in REGISTRIES
        if (account := _password("aks", way))
    ]
    names = {secret["name"] for secret in secrets}
    return {
        "name": "cluster",
        "kubeletIdentity": "kubelet",
        "network": "spoke/nodes",
        "outbound": [NODES],
        "secrets": secrets,
        "objects": [
            {
                "name": f"aks-{way}",
                "namespace": NAMESPACE,
                "image": image("aks", way),
                "imagePullSecrets": [way] if way in names else [],
            }
            for way in REGISTRIES
        ],
    }


def _site(column: str, way: str) -> Raw:
    """A web app with one slot, or, for the column `slot`, that slot."""
    site: Raw = {"name": f"{column}-{way}", "image": image(column, way), "outbound": [WEB]}
    if account := _password(column, way):
        site["appSettings"] = {
            "DOCKER_REGISTRY_SERVER_URL": "https://plain.azurecr.io",
            "DOCKER_REGISTRY_SERVER_USERNAME": account[0],
            "DOCKER_REGISTRY_SERVER_PASSWORD": account[1],
        }
    if way in MANAGED:
        site["identity"] = {"user": [identity(column)]}
        site["acrUseManagedIdentityCreds"] = True
        site["acrUserManagedIdentity"] = identity(column)
    if way == "vault":
        site |= {"network": "spoke/web", "imagePullThroughNetwork": True}
    return site | ({"slots": [_site("slot", way)]} if column == "web" else {})


def _app(column: str, way: str) -> Raw:
    return {
        "name": f"{column}-{way}",
        "environment": "inside" if way == "vault" else "outside",
        "image": image(column, way),
        **_credentials(column, way, "registries"),
    }


def _group(way: str) -> Raw:
    return {
        "name": f"aci-{way}",
        "image": image("aci", way),
        **_credentials("aci", way, "credentials"),
        **({"network": "spoke/groups"} if way == "vault" else {}),
    }


def _credentials(column: str, way: str, key: str) -> Raw:
    server = f"{REGISTRIES[way]}.azurecr.io"
    if account := _password(column, way):
        return {key: [{"server": server, "username": account[0], "password": account[1]}]}
    if way not in MANAGED:
        return {}
    name = identity(column)
    return {"identity": {"user": [name]}, key: [{"server": server, "identity": name}]}
