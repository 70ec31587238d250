from datetime import timedelta

from shared.domain.facts.registry import (
    DenyAssignment,
    Permission,
    RegistryProfile,
    RoleAssignments,
    ScopedToken,
)
from shared.domain.facts.workload import Audience, IdentityKind
from shared.domain.pulls import Compute
from tests.unit.checks.case import finds, passes, skips, unknown
from tests.unit.checks.facts import (
    ACR_PULL,
    CLIENT,
    KUBELET,
    NOW,
    READER,
    REGISTRY,
    asked,
    by,
    healthy,
    identity,
    managed,
    profile,
    rights,
    role,
    setting,
    token,
    unseen,
)

ABAC = profile(abac=True)
ARM_OFF = profile(arm_audience_accepted=False)
ANONYMOUS = by(IdentityKind.ANONYMOUS)
TOKEN = by(IdentityKind.TOKEN, name="ci")
CONTROL_PLANE = "44444444-4444-4444-4444-444444444444"
NAME = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
GUARD = "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) OR "
EVERYTHING = Permission(actions=("*",))
DENIAL = DenyAssignment(
    id="/denials/1",
    name="stack-lock",
    principal_ids=(KUBELET,),
    excluded_principal_ids=(),
    permissions=(EVERYTHING,),
)


def under(condition: str, *, abac: bool = True) -> RoleAssignments:
    granted = READER if abac else ACR_PULL
    return rights(role(granted, condition=condition, role_name="Repository Reader"))


AUDIENCE = [
    passes("ACR tokens", "auth.audience", healthy(ARM_OFF)),
    passes("ARM tokens, accepted", "auth.audience", healthy(managed())),
    finds(
        "ARM tokens, refused",
        "auth.audience",
        healthy(asked(compute=Compute.APP_SERVICE), managed(), ARM_OFF),
        "AUTH_ARM_AUDIENCE_REFUSED",
        says=("az acr config authentication-as-arm update --registry contoso --status enabled",),
    ),
    skips("no Entra token", "auth.audience", healthy(identity(audience=None))),
    unknown("registry unseen", "auth.audience", healthy(managed(), unseen(RegistryProfile)), "403"),
    passes(
        "registry unseen, but the audience is right",
        "auth.audience",
        healthy(identity(audience=Audience.ACR), unseen(RegistryProfile)),
    ),
]

ANONYMOUSLY = [
    skips("an identity", "auth.anonymous", healthy()),
    passes("allowed", "auth.anonymous", healthy(ANONYMOUS, profile(anonymous_pull=True))),
    finds(
        "not allowed",
        "auth.anonymous",
        healthy(ANONYMOUS),
        "AUTH_ANONYMOUS_PULL_OFF",
        says=("az acr update --name contoso --anonymous-pull-enabled true",),
    ),
    skips("a setting decides", "auth.anonymous", healthy(ANONYMOUS, setting(configured=False))),
    unknown("registry unseen", "auth.anonymous", healthy(ANONYMOUS, unseen(RegistryProfile))),
]

ROLES = [
    passes("AcrPull", "auth.permission", healthy()),
    passes("by permission, not by name", "auth.permission", healthy(rights(role(role_name="X")))),
    *[
        passes(f"wildcard {a}", "auth.permission", healthy(rights(role(Permission(actions=(a,))))))
        for a in (
            "*",
            "*/read",
            "Microsoft.ContainerRegistry/*",
            "microsoft.containerregistry/*/READ",
        )
    ],
    passes(
        "Repository Reader in ABAC mode", "auth.permission", healthy(ABAC, rights(role(READER)))
    ),
    skips("a token", "auth.permission", healthy(TOKEN)),
    finds(
        "no role at all",
        "auth.permission",
        healthy(rights()),
        "AUTH_NO_PULL_PERMISSION",
        says=(
            "no role",
            (
                f"az role assignment create --assignee-object-id {KUBELET} "
                f"--assignee-principal-type ServicePrincipal --role AcrPull --scope {REGISTRY}"
            ),
        ),
    ),
    passes(
        "a kubelet without a role, where anonymous pulls are on",
        "auth.permission",
        healthy(profile(anonymous_pull=True), rights()),
    ),
    finds(
        "a managed identity without a role, where anonymous pulls are on",
        "auth.permission",
        healthy(managed(), profile(anonymous_pull=True), rights()),
        "AUTH_NO_PULL_PERMISSION",
    ),
    finds(
        "a kubelet without a role in ABAC mode, where anonymous pulls are on",
        "auth.permission",
        healthy(profile(anonymous_pull=True, abac=True), rights()),
        "AUTH_NO_PULL_PERMISSION",
    ),
    finds(
        "a role that does not pull",
        "auth.permission",
        healthy(
            rights(
                role(
                    Permission(actions=("Microsoft.ContainerRegistry/registries/push/write",)),
                    role_name="Pusher",
                )
            )
        ),
        "AUTH_NO_PULL_PERMISSION",
        says=("Pusher",),
    ),
    finds(
        "taken out by notActions",
        "auth.permission",
        healthy(
            rights(
                role(Permission(actions=("*",), not_actions=("*/registries/pull/*",))),
            )
        ),
        "AUTH_NO_PULL_PERMISSION",
    ),
    finds(
        "on the control plane identity",
        "auth.permission",
        healthy(rights(related=(role(principal_id=CONTROL_PLANE),))),
        "AUTH_ROLE_ON_OTHER_IDENTITY",
        says=("control plane", "kubelet identity pulls"),
    ),
    finds(
        "another identity that may not pull either",
        "auth.permission",
        healthy(rights(related=(role(READER, principal_id=CONTROL_PLANE),))),
        "AUTH_NO_PULL_PERMISSION",
    ),
    finds(
        "AcrPull in ABAC mode",
        "auth.permission",
        healthy(ABAC),
        "AUTH_ROLE_IGNORED_IN_ABAC_MODE",
        says=("AcrPull", "'Container Registry Repository Reader'"),
    ),
    finds(
        "Owner in ABAC mode",
        "auth.permission",
        healthy(ABAC, rights(role(EVERYTHING, role_name="Owner"))),
        "AUTH_ROLE_IGNORED_IN_ABAC_MODE",
    ),
    finds(
        "Repository Reader in the old mode",
        "auth.permission",
        healthy(rights(role(READER, role_name="Repository Reader"))),
        "AUTH_ROLE_NEEDS_ABAC_MODE",
    ),
    passes(
        "condition holds",
        "auth.permission",
        healthy(ABAC, under(f"{NAME} StringStartsWith 'team/'")),
    ),
    passes(
        "condition about another action",
        "auth.permission",
        healthy(under(GUARD + f"({NAME} StringEquals 'other')", abac=False)),
    ),
    finds(
        "condition leaves it out",
        "auth.permission",
        healthy(ABAC, under(f"{GUARD}({NAME} StringEqualsIgnoreCase 'team/web')")),
        "AUTH_CONDITION_EXCLUDES_REPOSITORY",
        says=("team/api", "team/web"),
    ),
    unknown(
        "condition cannot be evaluated",
        "auth.permission",
        healthy(ABAC, under("@Principal[x:y] StringEquals 'z'")),
        "Repository Reader cannot be evaluated",
    ),
    finds(
        "a deny assignment",
        "auth.permission",
        healthy(rights(role(), denials=(DENIAL,))),
        "AUTH_DENY_ASSIGNMENT",
        says=("stack-lock",),
    ),
    unknown("groups unknown", "auth.permission", healthy(rights(groups_known=False)), "groups"),
    finds(
        "assigned minutes ago",
        "auth.permission",
        healthy(rights(role(created=NOW - timedelta(minutes=3)))),
        "AUTH_ROLE_ASSIGNED_MINUTES_AGO",
    ),
    passes(
        "assigned ten minutes ago",
        "auth.permission",
        healthy(rights(role(created=NOW - timedelta(minutes=10)))),
    ),
    unknown(
        "object id unknown", "auth.permission", healthy(identity(principal_id="")), "agentpool"
    ),
    unknown("roles unseen", "auth.permission", healthy(unseen(RoleAssignments)), "403"),
    unknown("registry unseen", "auth.permission", healthy(unseen(RegistryProfile)), "403"),
]


def scope(*actions: str) -> ScopedToken:
    return token(actions=actions)


SCOPES = [
    skips("no token", "auth.scope_map", healthy()),
    passes("covered", "auth.scope_map", healthy(TOKEN, token())),
    *[
        passes(f"by {a}", "auth.scope_map", healthy(TOKEN, scope(a)))
        for a in ("repositories/*/content/read", "repositories/team/*/content/read")
    ],
    *[
        finds(
            f"not by {a}",
            "auth.scope_map",
            healthy(TOKEN, scope(a)),
            "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
            says=(
                (
                    "az acr scope-map update --registry contoso --name ci-map "
                    "--add-repository team/api content/read metadata/read"
                ),
            ),
        )
        for a in (
            "repositories/team/api/metadata/read",
            "repositories/team/web/content/read",
            "repositories/team/api2/content/read",
            "repositories/team/api/content/write",
        )
    ],
    finds(
        "an empty one",
        "auth.scope_map",
        healthy(TOKEN, scope()),
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        says=("nothing",),
    ),
    skips("token missing", "auth.scope_map", healthy(TOKEN, token(exists=False, actions=()))),
    unknown("token unseen", "auth.scope_map", healthy(TOKEN, unseen(ScopedToken)), "403"),
]

THERE = role(scope="/subscriptions/1/resourceGroups/other")

PLACES = [
    finds(
        "the role is in another resource group",
        "auth.permission",
        healthy(rights(elsewhere=(THERE,))),
        "AUTH_ROLE_AT_OTHER_SCOPE",
        says=("at /subscriptions/1/resourceGroups/other", f"--scope {REGISTRY}"),
    ),
    finds(
        "what it has elsewhere would not do either",
        "auth.permission",
        healthy(rights(elsewhere=(role(Permission(), scope="/x"),))),
        "AUTH_NO_PULL_PERMISSION",
    ),
    passes("one tenant", "auth.tenant", healthy(identity(tenant_id="T"), profile(tenant_id="t"))),
    finds(
        "two tenants",
        "auth.tenant",
        healthy(identity(tenant_id="theirs"), profile(tenant_id="ours")),
        "AUTH_CROSS_TENANT",
        says=("theirs", "ours", "az acr token create --registry contoso"),
    ),
    skips("the registry's is not told", "auth.tenant", healthy(identity(tenant_id="theirs"))),
    skips("the identity's is not told", "auth.tenant", healthy(profile(tenant_id="ours"))),
    unknown(
        "registry unseen",
        "auth.tenant",
        healthy(identity(tenant_id="theirs"), unseen(RegistryProfile)),
    ),
]

PRINCIPAL = identity(
    kind=IdentityKind.SERVICE_PRINCIPAL, client_id=CLIENT, tenant_id="ours", related={}
)
ABROAD = [
    skips(
        "roles of a managed identity of another tenant",
        "auth.permission",
        healthy(identity(tenant_id="theirs"), profile(tenant_id="ours"), rights()),
        "another tenant",
    ),
    passes(
        "roles of a service principal of the registry's tenant",
        "auth.permission",
        healthy(PRINCIPAL, profile(tenant_id="Ours")),
    ),
    unknown(
        "roles of a service principal in a tenant whose directory is not read",
        "auth.permission",
        healthy(PRINCIPAL, profile(tenant_id="theirs"), rights()),
        "the directory of the tenant theirs",
    ),
]

CASES = [*ABROAD, *PLACES, *AUDIENCE, *ANONYMOUSLY, *ROLES, *SCOPES]
