"""Is the workload set up to show a credential?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.commands import attach, configure, grant, grant_new, pull_role
from shared.checks.names import about_registry, about_workload, arm_part, last_part, who
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile
from shared.domain.facts.workload import IdentityKind, PullIdentity, RegistryCredential
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.pulls import Compute

MANAGED = (IdentityKind.MANAGED_IDENTITY, IdentityKind.KUBELET_IDENTITY)
CONSEQUENCES = ("auth.",)

NONE = Problem(
    code="CREDENTIALS_NONE",
    outcome=Outcome.FAIL,
    title="{workload} has no credential for {login_server}",
    explanation="Nothing tells it how to log in, so it pulls anonymously, which the registry does "
    "not allow.",
    fix=("{configure}", "{grant}"),
    link=links.AUTHENTICATION,
    explains=CONSEQUENCES,
)
SWITCHED_OFF = Problem(
    code="CREDENTIALS_IDENTITY_SWITCHED_OFF",
    outcome=Outcome.FAIL,
    title="{workload} does not use its managed identity for pulls",
    explanation="The setting {wanted} is off, so it pulls anonymously: a role on the identity "
    "alone changes nothing.",
    fix=(
        "{configure}",
        "With a user-assigned identity, set acrUserManagedIdentityID to its client id too",
        "{grant}",
    ),
    link=links.APP_SERVICE,
    explains=CONSEQUENCES,
)
NOT_ATTACHED = Problem(
    code="CREDENTIALS_IDENTITY_NOT_ATTACHED",
    outcome=Outcome.FAIL,
    title="{workload} names the identity {identity}, which it does not have",
    explanation="{where} names the identity, but it is not attached to the workload{deleted}.",
    fix=("{attach}",),
    link=links.AUTHENTICATION,
    explains=CONSEQUENCES,
)
DELETED = Problem(
    code="CREDENTIALS_IDENTITY_DELETED",
    outcome=Outcome.FAIL,
    title="{workload} pulls as {identity}, which does not exist any more",
    explanation="{where} goes on naming the managed identity, but it was deleted: no token is "
    "issued for it. One made anew under the same name has another object id, and no roles.",
    fix=(
        "az identity create --resource-group {identity_group} --name {identity_resource}",
        "{attach}",
        "{grant}",
    ),
    link=links.AUTHENTICATION,
    explains=CONSEQUENCES,
)
SYSTEM_UNSUPPORTED = Problem(
    code="CREDENTIALS_SYSTEM_IDENTITY_UNSUPPORTED",
    outcome=Outcome.FAIL,
    title="{workload} pulls with a system-assigned identity, which Container Instances cannot",
    explanation="Container Instances pull with user-assigned identities only: the system-assigned "
    "one does not exist yet when the image is pulled.",
    fix=("{configure}",),
    link=links.CONTAINER_INSTANCES,
    explains=CONSEQUENCES,
)


@check("credentials.configured", NONE, SWITCHED_OFF)
def credential_is_configured(
    asked: Asked,
    identity: PullIdentity,
    setting: RegistryCredential | Unavailable,
    profile: RegistryProfile | Unavailable,
) -> Iterable[Finding]:
    """The workload shows a credential, or the registry wants none."""
    if identity.kind is not IdentityKind.ANONYMOUS:
        return
    if isinstance(setting, Unavailable):
        raise NotApplicableError("the workload has no setting for credentials")
    if setting.anonymous:
        raise NotApplicableError("the setting asks for an anonymous pull: auth.anonymous decides")
    wanted = setting.wanted
    registry = known(profile)
    if registry.anonymous_pull:
        return
    has_identity = wanted and identity.related
    on_site = asked.pull.workload.compute is Compute.APP_SERVICE
    problem = SWITCHED_OFF if has_identity and on_site else NONE
    yield problem.found(
        subject=asked.pull.workload.id,
        wanted=wanted,
        configure=configure(asked.pull, registry.login_server, identity.resource_id),
        grant=grant(_principal(identity), pull_role(registry), registry.resource_id),
        **about_registry(registry),
        **about_workload(asked.pull),
    )


@check("credentials.identity", NOT_ATTACHED, DELETED, SYSTEM_UNSUPPORTED)
def identity_is_attached(
    asked: Asked, identity: PullIdentity, profile: RegistryProfile | Unavailable
) -> Iterable[Finding]:
    """The workload has the identity that it is told to pull with, of a kind that works."""
    if identity.kind not in MANAGED:
        raise NotApplicableError(f"the workload pulls with: {identity.kind.value}")
    workload, compute = about_workload(asked.pull), asked.pull.workload.compute
    if identity.system_assigned and compute is Compute.CONTAINER_INSTANCES:
        yield SYSTEM_UNSUPPORTED.found(
            subject=asked.pull.workload.id,
            configure=configure(asked.pull, asked.pull.image.registry),
            **workload,
        )
    elif identity.deleted:
        yield DELETED.found(
            subject=identity.resource_id,
            identity=who(identity),
            identity_group=arm_part(identity.resource_id, "resourceGroups"),
            identity_resource=last_part(identity.resource_id),
            where=identity.where or "Its configuration",
            attach=attach(asked.pull, identity),
            grant=_grant_anew(identity, profile),
            **workload,
        )
    elif not identity.attached:
        yield NOT_ATTACHED.found(
            subject=asked.pull.workload.id,
            identity=who(identity),
            where=identity.where or "Its configuration",
            deleted="" if identity.principal_id else ", or does not exist any more",
            attach=attach(asked.pull, identity),
            **workload,
        )


def _grant_anew(identity: PullIdentity, profile: RegistryProfile | Unavailable) -> str:
    if isinstance(profile, Unavailable):
        return "Give the new identity a pull role on the registry"
    return grant_new(identity.resource_id, pull_role(profile), profile.resource_id)


def _principal(identity: PullIdentity) -> str:
    """The identity to give the role to: the workload's only one, where it has just one."""
    others = tuple(identity.related.values())
    return identity.principal_id or (others[0] if len(others) == 1 else "")


CHECKS = (credential_is_configured, identity_is_attached)
