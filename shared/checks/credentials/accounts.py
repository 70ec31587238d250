"""Is the account behind the credential still there and enabled?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.names import about_image, about_registry, about_workload, who
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, ScopedToken
from shared.domain.facts.workload import CredentialExpiry, IdentityKind, PullIdentity
from shared.domain.findings import Finding, Outcome, Problem

ADMIN_DISABLED = Problem(
    code="CREDENTIALS_ADMIN_DISABLED",
    outcome=Outcome.FAIL,
    title="The admin user of {login_server}, with which workloads log in, is disabled",
    explanation="{workload} logs in with it; its passwords are refused. A managed identity with a "
    "pull role is the better way: it needs no password.",
    fix=(
        "az acr update --name {registry} --admin-enabled true",
        "Later, have what logs in with it pull with a managed identity, and disable it again",
    ),
    link=links.AUTHENTICATION,
)
TOKEN_DISABLED = Problem(
    code="CREDENTIALS_TOKEN_DISABLED",
    outcome=Outcome.FAIL,
    title="The token {token} of {login_server} is disabled",
    explanation="Every login with it is refused until it is enabled again.",
    fix=("az acr token update --registry {registry} --name {token} --status enabled",),
    link=links.TOKENS,
)
TOKEN_MISSING = Problem(
    code="CREDENTIALS_TOKEN_MISSING",
    outcome=Outcome.FAIL,
    title="{login_server} has no token {token}",
    explanation="{workload} logs in with a token of this name; it was deleted, or never made.",
    fix=(
        "az acr token list --registry {registry} --output table",
        (
            "az acr token create --registry {registry} --name {token} "
            "--repository {repository} content/read metadata/read"
        ),
    ),
    link=links.TOKENS,
    explains=("credentials.token_expiry", "auth.scope_map"),
)
PRINCIPAL_MISSING = Problem(
    code="CREDENTIALS_SERVICE_PRINCIPAL_MISSING",
    outcome=Outcome.FAIL,
    title="The service principal {identity} does not exist",
    explanation="{workload} logs in with the application id {client_id}, which has no service "
    "principal in this tenant: it was deleted, or belongs to another tenant.",
    fix=(
        "az ad sp show --id {client_id}",
        "If the application still exists; else give {workload} another identity:",
        "az ad sp create --id {client_id}",
    ),
    link=links.PRINCIPALS,
    explains=("auth.",),
)
PRINCIPAL_DISABLED = Problem(
    code="CREDENTIALS_SERVICE_PRINCIPAL_DISABLED",
    outcome=Outcome.FAIL,
    title="The service principal {identity} is disabled",
    explanation="Entra refuses every sign-in of {client_id}, so {workload} gets no token.",
    fix=("az ad sp update --id {client_id} --set accountEnabled=true",),
    link=links.PRINCIPALS,
)


@check("credentials.admin_user", ADMIN_DISABLED)
def admin_user_is_enabled(
    asked: Asked, identity: PullIdentity, profile: RegistryProfile | Unavailable
) -> Iterable[Finding]:
    """The admin user is enabled, where the workload logs in as such."""
    if identity.kind is not IdentityKind.ADMIN_USER:
        raise NotApplicableError("the workload does not log in as the admin user")
    registry = known(profile)
    if not registry.admin_enabled:
        details = about_registry(registry) | about_workload(asked.pull)
        yield ADMIN_DISABLED.found(subject=registry.login_server, **details)


@check("credentials.token", TOKEN_MISSING, TOKEN_DISABLED)
def token_is_enabled(
    asked: Asked, identity: PullIdentity, token: ScopedToken | Unavailable
) -> Iterable[Finding]:
    """The token that the workload logs in with exists and is enabled."""
    if identity.kind is not IdentityKind.TOKEN:
        raise NotApplicableError("the workload does not log in with a token")
    scoped, image = known(token), asked.pull.image
    if scoped.exists and scoped.enabled:
        return
    yield (TOKEN_DISABLED if scoped.exists else TOKEN_MISSING).found(
        subject=f"{image.registry} token {scoped.name}",
        token=scoped.name,
        **about_image(image),
        **about_workload(asked.pull),
    )


@check("credentials.service_principal", PRINCIPAL_MISSING, PRINCIPAL_DISABLED)
def service_principal_can_sign_in(
    asked: Asked,
    identity: PullIdentity,
    account: CredentialExpiry | Unavailable,
    profile: RegistryProfile | Unavailable,
) -> Iterable[Finding]:
    """The service principal that the workload logs in with exists and is enabled."""
    if identity.kind is not IdentityKind.SERVICE_PRINCIPAL:
        raise NotApplicableError("the workload does not log in with a service principal")
    state = known(account)
    insist_on_directory(state.tenant, profile)
    if state.exists and state.enabled:
        return
    yield (PRINCIPAL_DISABLED if state.exists else PRINCIPAL_MISSING).found(
        subject=identity.client_id or who(identity),
        identity=who(identity),
        client_id=identity.client_id,
        **about_workload(asked.pull),
    )


def insist_on_directory(tenant: str, profile: RegistryProfile | Unavailable) -> None:
    """A registry signs service principals in where it is at home, whatever tenant they come from.

    Raises:
        CannotTellError: that is another tenant than the one whose directory was read.

    """
    home = profile.tenant_id if isinstance(profile, RegistryProfile) else ""
    if home and tenant and home.lower() != tenant.lower():
        raise CannotTellError(
            f"the registry signs in through the directory of the tenant {home}; "
            f"Pullwatch reads that of {tenant} only"
        )


CHECKS = (admin_user_is_enabled, token_is_enabled, service_principal_can_sign_in)
