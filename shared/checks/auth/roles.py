"""Has the identity that pulls a role that permits it?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.commands import grant, grant_repository, pull_role
from shared.checks.credentials.accounts import insist_on_directory
from shared.checks.names import about_registry, about_workload, listed, who
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, RoleAssignments
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.rights import Verdict, Why, may_pull

ENTRA = (
    IdentityKind.MANAGED_IDENTITY,
    IdentityKind.KUBELET_IDENTITY,
    IdentityKind.SERVICE_PRINCIPAL,
)
MANAGED = (IdentityKind.MANAGED_IDENTITY, IdentityKind.KUBELET_IDENTITY)
REFRESH = "CONNECTIVITY_REFRESH_TOKEN_ERROR"
ACCESS = "CONNECTIVITY_ACCESS_TOKEN_ERROR"

NO_ROLE = Problem(
    code="AUTH_NO_PULL_PERMISSION",
    outcome=Outcome.FAIL,
    title="{identity} may not pull from {login_server}",
    explanation="The identity with which {workload} pulls has {roles} at the registry or above it; "
    "none permits a pull.",
    fix=("{grant}",),
    link=links.ROLES,
    health_code=REFRESH,
)
ROLE_ELSEWHERE = Problem(
    code="AUTH_ROLE_ON_OTHER_IDENTITY",
    outcome=Outcome.FAIL,
    title="{workload} pulls from {login_server} as {identity}, but the pull role is on its {other}",
    explanation="The role was given to another identity of the same workload{hint}.",
    fix=("{grant}",),
    link=links.ROLES,
    health_code=REFRESH,
)
AT_OTHER_SCOPE = Problem(
    code="AUTH_ROLE_AT_OTHER_SCOPE",
    outcome=Outcome.FAIL,
    title="The role of {identity} does not reach {login_server}",
    explanation="It has {roles}, but at {scopes}, which does not hold the registry. A role counts "
    "at its scope and below: this registry, its resource group, subscription or management group.",
    fix=("{grant}",),
    link=links.ROLES,
    health_code=REFRESH,
)
CROSS_TENANT = Problem(
    code="AUTH_CROSS_TENANT",
    outcome=Outcome.FAIL,
    title="{identity} belongs to another tenant than {login_server}",
    explanation="The identity's tenant is {tenant}, the registry trusts {registry_tenant}. A "
    "managed identity cannot sign in to another tenant than its own.",
    fix=(
        "Pull with an identity of the registry's tenant, or with a token of the registry:",
        (
            "az acr token create --registry {registry} --name {workload_resource} "
            "--repository {repository} content/read metadata/read"
        ),
    ),
    link=links.CROSS_TENANT,
    explains=("auth.permission",),
    health_code=REFRESH,
)
ROLES_IGNORED = Problem(
    code="AUTH_ROLE_IGNORED_IN_ABAC_MODE",
    outcome=Outcome.FAIL,
    title="{login_server} ignores the role {roles} of {identity}",
    explanation="The registry's mode is 'RBAC registry + ABAC repository permissions': there "
    "AcrPull, Reader, Contributor and Owner give no access to images.",
    fix=("{grant}",),
    link=links.ABAC,
    health_code=ACCESS,
)
NEEDS_ABAC = Problem(
    code="AUTH_ROLE_NEEDS_ABAC_MODE",
    outcome=Outcome.FAIL,
    title="The role {roles} of {identity} has no effect on {login_server}",
    explanation="It permits pulls by repository only, which a registry knows in the mode 'RBAC "
    "registry + ABAC repository permissions'. This one is in the older mode.",
    fix=("{grant}",),
    link=links.ABAC,
    health_code=REFRESH,
)
CONDITION = Problem(
    code="AUTH_CONDITION_EXCLUDES_REPOSITORY",
    outcome=Outcome.FAIL,
    title="{identity} may not pull {repository}: a condition of its role leaves it out",
    explanation="{roles} would permit the pull, but the assignment's condition does not hold for "
    "this repository: {condition}",
    fix=(
        "{grant_here}",
        "Or widen the condition of the assignment that there is:",
        "az role assignment list --assignee {principal} --scope {registry_id} --include-inherited",
    ),
    link=links.CONDITIONS,
    health_code=ACCESS,
)
DENIED = Problem(
    code="AUTH_DENY_ASSIGNMENT",
    outcome=Outcome.FAIL,
    title="The deny assignment {denial} forbids {identity} to pull from {login_server}",
    explanation="{roles} would permit the pull, but a deny assignment always wins. It belongs to a "
    "deployment stack, a managed application or Azure itself, and is changed there.",
    fix=(
        (
            "az rest --method get --url https://management.azure.com{denial_id} "
            "--url-parameters api-version=2022-04-01"
        ),
        (
            "Have the owner of the stack or application that this tells leave {identity} "
            "({principal}) out of it, or let {workload} pull as another identity"
        ),
    ),
    link=links.DENY,
    health_code=REFRESH,
)
RECENT = Problem(
    code="AUTH_ROLE_ASSIGNED_MINUTES_AGO",
    outcome=Outcome.WARN,
    title="{identity} got its pull role on {login_server} minutes ago",
    explanation="A new role assignment takes up to ten minutes to reach the registry's token "
    "service. Until then pulls can still be refused.",
    fix=("Wait ten minutes; then restart what still fails",),
    link=links.FAQ,
)

_HINTS = {
    IdentityKind.KUBELET_IDENTITY: ". Of a cluster only the kubelet identity pulls, not that of "
    "its control plane"
}
_REFUSALS = {
    Why.NO_ROLE: NO_ROLE,
    Why.NO_PULL: NO_ROLE,
    Why.RELATED: ROLE_ELSEWHERE,
    Why.ELSEWHERE: AT_OTHER_SCOPE,
    Why.CONDITION: CONDITION,
    Why.DENIED: DENIED,
}


@check("auth.tenant", CROSS_TENANT)
def tenant_is_the_registrys(
    asked: Asked, identity: PullIdentity, profile: RegistryProfile | Unavailable
) -> Iterable[Finding]:
    """The managed identity that pulls belongs to the registry's tenant."""
    if identity.kind not in MANAGED or not identity.tenant_id:
        raise NotApplicableError("no managed identity whose tenant is told")
    registry = known(profile)
    if not registry.tenant_id:
        raise NotApplicableError("the registry's tenant is not told")
    if _abroad(identity, registry):
        yield CROSS_TENANT.found(
            subject=f"{who(identity)} on {registry.login_server}",
            identity=who(identity),
            tenant=identity.tenant_id,
            registry_tenant=registry.tenant_id,
            repository=asked.pull.image.repository,
            **about_registry(registry),
            **about_workload(asked.pull),
        )


@check(
    "auth.permission",
    NO_ROLE,
    ROLE_ELSEWHERE,
    AT_OTHER_SCOPE,
    ROLES_IGNORED,
    NEEDS_ABAC,
    CONDITION,
    DENIED,
    RECENT,
)
def identity_may_pull(
    asked: Asked,
    identity: PullIdentity,
    profile: RegistryProfile | Unavailable,
    rights: RoleAssignments | Unavailable,
) -> Iterable[Finding]:
    """The identity that pulls has a role that permits it."""
    if identity.kind not in ENTRA:
        raise NotApplicableError(f"no role counts for: {identity.kind.value}")
    if not identity.principal_id:
        raise CannotTellError(f"the object id of {who(identity)} is not known")
    registry, image = known(profile), asked.pull.image
    _insist_on_tenant(identity, registry)
    if _needs_none(identity, registry):
        return
    verdict = may_pull(known(rights), abac=registry.abac, repository=image.repository, at=asked.at)
    if verdict.may is None:
        raise CannotTellError(_undecided(verdict))
    if verdict.why is Why.ROLE:
        return
    details = _about(verdict, asked, identity, registry)
    yield _problem(verdict, registry).found(
        subject=_subject(verdict, identity, registry, image.repository), **details
    )


def _insist_on_tenant(identity: PullIdentity, registry: RegistryProfile) -> None:
    """In another tenant a role says nothing: see auth.tenant, and there a principal is another."""
    if identity.kind is IdentityKind.SERVICE_PRINCIPAL:
        insist_on_directory(identity.tenant_id, registry)
    elif _abroad(identity, registry):
        raise NotApplicableError("the identity belongs to another tenant than the registry")


def _abroad(identity: PullIdentity, registry: RegistryProfile) -> bool:
    both = identity.tenant_id and registry.tenant_id
    return bool(both) and identity.tenant_id.lower() != registry.tenant_id.lower()


def _needs_none(identity: PullIdentity, registry: RegistryProfile) -> bool:
    """Whether anonymous pulls are on: a kubelet whose identity gets no login pulls without one.

    In ABAC mode any identity gets a login, whatever it may do, and is then held to it.
    """
    anonymous = registry.anonymous_pull and not registry.abac
    return anonymous and identity.kind is IdentityKind.KUBELET_IDENTITY


def _problem(verdict: Verdict, registry: RegistryProfile) -> Problem:
    if verdict.why is Why.RECENT:
        return RECENT
    if verdict.why is Why.OTHER_MODE:
        return ROLES_IGNORED if registry.abac else NEEDS_ABAC
    return _REFUSALS[verdict.why]


def _subject(
    verdict: Verdict, identity: PullIdentity, registry: RegistryProfile, repository: str
) -> str:
    where = registry.login_server
    if verdict.why is Why.CONDITION:
        where += f"/{repository}"
    return f"{identity.principal_id or who(identity)} on {where}"


def _about(
    verdict: Verdict, asked: Asked, identity: PullIdentity, registry: RegistryProfile
) -> dict[str, str]:
    names = {principal: name for name, principal in identity.related.items()}
    others = [names.get(role.principal_id, role.principal_id) for role in verdict.roles]
    denial = verdict.denial
    return {
        **about_registry(registry),
        **about_workload(asked.pull),
        "identity": who(identity),
        "principal": identity.principal_id,
        "repository": asked.pull.image.repository,
        "roles": listed((role.role_name for role in verdict.roles), "no role"),
        "scopes": listed((role.scope for role in verdict.roles), "nowhere"),
        "condition": " | ".join(role.condition for role in verdict.roles if role.condition),
        "other": listed(dict.fromkeys(others)),
        "denial": denial.name if denial else "",
        "denial_id": denial.id if denial else "",
        "hint": _HINTS.get(identity.kind, ""),
        "grant_here": grant_repository(
            identity.principal_id, registry.resource_id, asked.pull.image.repository
        ),
        "grant": grant(identity.principal_id, pull_role(registry), registry.resource_id),
    }


def _undecided(verdict: Verdict) -> str:
    if verdict.why is Why.UNREADABLE:
        names = [role.role_name for role in verdict.roles if role.condition]
        return f"the condition of {listed(names, 'a deny assignment')} cannot be evaluated"
    return "the groups of the identity are not known, and a role may come from one of them"


CHECKS = (tenant_is_the_registrys, identity_may_pull)
