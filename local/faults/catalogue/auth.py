"""Planted faults of rights: what the identity that pulls may do."""

from local.faults.base import READER
from local.faults.cases import Case, Verdict, fault
from local.faults.edits import Edit, add, each, grant, put, regrant, revoke, workload

PLAIN = "registry/plain"
ABAC = "registry/abac"
EVERYWHERE = ("registry/plain", "registry/gated", "registry/vault", "registry/abac")
PULLERS = ("kubelet", "*-identity")
PULL = "Microsoft.ContainerRegistry/registries/pull/read"
CONTENT = "Microsoft.ContainerRegistry/registries/repositories/content/read"


def of_pullers(scope: str, /, **fields: object) -> Edit:
    """Change the roles of all managed identities that pull, at a scope."""
    return each(*(regrant(who, scope, **fields) for who in PULLERS))


def without_roles(scope: str) -> Edit:
    """Take the roles at a scope from all managed identities that pull."""
    return each(*(revoke(who, scope) for who in PULLERS))


def condition(operator: str, value: str) -> str:
    """A condition on the name of the repository."""
    name = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
    return f"((!(ActionMatches{{'{CONTENT}'}})) OR ({name} {operator} '{value}'))"


def deny(
    scope: str, *actions: str, principals: tuple[str, ...] = ("everyone",), **more: object
) -> Edit:
    """A deny assignment."""
    return add(
        "denyAssignments",
        {
            "name": "stack",
            "scope": scope,
            "principals": [*principals],
            **more,
            **({"actions": [*actions]} if actions else {}),
        },
    )


IDENTITIES = (
    "kubelet",
    "web-identity",
    "slot-identity",
    "app-identity",
    "job-identity",
    "aci-identity",
)
OWN = ("web", "app", "job", "aci")
"""Columns whose workloads may have an identity of their own, called as they are."""

ROLES = (
    fault(
        "AUTH_NO_PULL_PERMISSION",
        "no role at all",
        each(*map(without_roles, EVERYWHERE), revoke("*-principal", PLAIN)),
        *("*-plain", "*-gated", "*-vault", "*-abac", "*-sp"),
    ),
    fault(
        "AUTH_NO_PULL_PERMISSION",
        "a role without pull/read",
        each(of_pullers(PLAIN, role="AcrDelete"), regrant("*-principal", PLAIN, role="AcrDelete")),
        *("*-plain", "*-sp"),
    ),
    fault(
        "AUTH_ROLE_AT_OTHER_SCOPE",
        "another registry",
        of_pullers(PLAIN, scope="registry/public"),
        "*-plain",
    ),
    fault(
        "AUTH_NO_PULL_PERMISSION",
        "a custom role that takes pull/read away again",
        each(
            add(
                "roles",
                {
                    "name": "Almost",
                    "actions": ["*/read"],
                    "notActions": ["Microsoft.ContainerRegistry/registries/pull/*"],
                },
            ),
            of_pullers(PLAIN, role="Almost"),
        ),
        "*-plain",
    ),
    fault(
        "AUTH_ROLE_ON_OTHER_IDENTITY",
        "on the cluster, on the app's own identity",
        each(
            without_roles(PLAIN),
            grant("cluster", "AcrPull", PLAIN),
            *(
                workload(f"{one}-plain", identity={"system": True, "user": [f"{one}-identity"]})
                for one in (*OWN, "slot")
            ),
            *(grant(f"{one}-plain", "AcrPull", PLAIN) for one in OWN),
            grant("web-plain/slot-plain", "AcrPull", PLAIN),
        ),
        "*-plain",
    ),
    *(
        fault(
            "AUTH_ROLE_IGNORED_IN_ABAC_MODE",
            f"{role} only",
            of_pullers(ABAC, role=role),
            "*-abac",
        )
        for role in ("AcrPull", "Contributor")
    ),
    fault(
        "AUTH_ROLE_NEEDS_ABAC_MODE",
        "a role by repository in the older mode",
        of_pullers(PLAIN, role=READER),
        "*-plain",
    ),
    *(
        fault(
            "AUTH_CONDITION_EXCLUDES_REPOSITORY",
            f"{operator} '{value}'",
            of_pullers(ABAC, condition=condition(operator, value)),
            "*-abac",
        )
        for operator, value in (
            ("StringStartsWithIgnoreCase", "shop/"),
            ("StringEquals", "other"),
            ("StringLike", "team-?/*"),
        )
    ),
    fault(
        "AUTH_DENY_ASSIGNMENT", "on pull/read", deny(PLAIN, PULL, principals=IDENTITIES), "*-plain"
    ),
    fault(
        "AUTH_DENY_ASSIGNMENT",
        "on repositories of an ABAC registry",
        deny(ABAC, principals=IDENTITIES, dataActions=[CONTENT]),
        "*-abac",
    ),
    fault(
        "AUTH_ROLE_ASSIGNED_MINUTES_AGO",
        "two minutes",
        of_pullers(PLAIN, created="PT2M"),
        "*-plain",
    ),
)

PARTNER = "7e57ab1e-0000-4000-8000-00000000beef"
"""Another tenant; its subscription shows through Azure Lighthouse."""
ABROAD = each(
    add("subscriptions", {"name": "partner", "tenant": PARTNER}),
    put("registries/plain/subscription", "partner"),
    grant("pullwatch", "Reader", "subscription/partner"),
)
"""The registry `plain` belongs to another tenant than everything that pulls from it."""

TENANTS = (
    fault(
        "AUTH_CROSS_TENANT",
        "the registry is in a partner's subscription",
        ABROAD,
        "*-plain",
        besides=dict.fromkeys(("*-token", "*-admin", "*-sp"), Verdict(outcome="unknown")),
    ),
)

TOKENS = (
    fault(
        "AUTH_ANONYMOUS_PULL_OFF",
        "told to pull anonymously",
        each(
            *(
                workload(
                    f"{one}-plain",
                    image=None,
                    containers=[
                        {
                            "name": "main",
                            "image": "plain.azurecr.io/{name}:1",
                            "isMain": True,
                            "authType": "Anonymous",
                        }
                    ],
                )
                for one in ("web", "slot")
            )
        ),
        *("web-plain", "slot-plain"),
    ),
    fault(
        "AUTH_ARM_AUDIENCE_REFUSED",
        "azureADAuthenticationAsArm is off",
        put("registries/plain/policies", {"azureAdAuthenticationAsArm": "Disabled"}),
        *("web-plain", "slot-plain", "app-plain", "job-plain"),
    ),
    fault(
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        "another repository only",
        put("registries/plain/scopeMaps/*/actions", ["repositories/other/content/read"]),
        "*-token",
    ),
    fault(
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        "metadata only",
        put("registries/plain/scopeMaps/*/actions", ["repositories/*/metadata/read"]),
        "*-token",
    ),
)

FAULTS: tuple[Case, ...] = (*ROLES, *TENANTS, *TOKENS)
