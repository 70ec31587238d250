from shared.domain.facts.registry import RegistryProfile, RoleAssignments, ScopedToken
from shared.domain.facts.workload import (
    CredentialExpiry,
    IdentityKind,
    PullSecrets,
    RegistryCredential,
)
from shared.domain.pulls import Compute
from tests.unit.checks.case import Case, finds, passes, skips, unknown
from tests.unit.checks.facts import (
    CLIENT,
    DAYS,
    GROUP,
    KUBELET,
    NOW,
    REGISTRY,
    SITE,
    account,
    asked,
    by,
    healthy,
    identity,
    managed,
    profile,
    rights,
    secret,
    secrets,
    setting,
    token,
    unseen,
)

ANONYMOUS = by(IdentityKind.ANONYMOUS)
NOBODY = setting(configured=False)
TOKEN = by(IdentityKind.TOKEN, name="ci")
PRINCIPAL = by(
    IdentityKind.SERVICE_PRINCIPAL, name="ci-app", client_id=CLIENT, principal_id=KUBELET
)
ON_SITE = asked(compute=Compute.APP_SERVICE)
ON_APPS = asked(compute=Compute.CONTAINER_APPS)
ON_ACI = asked(compute=Compute.CONTAINER_INSTANCES)

CONFIGURED = [
    passes("kubelet identity", "credentials.configured", healthy()),
    passes(
        "anonymous, and that is allowed",
        "credentials.configured",
        healthy(ANONYMOUS, NOBODY, profile(anonymous_pull=True)),
    ),
    finds(
        "Container Apps without a registry entry",
        "credentials.configured",
        healthy(ON_APPS, ANONYMOUS, NOBODY),
        "CREDENTIALS_NONE",
        says=("az containerapp registry set", "--identity system", "--server contoso.azurecr.io"),
    ),
    finds(
        "ABAC wants the other role",
        "credentials.configured",
        healthy(ON_APPS, ANONYMOUS, NOBODY, profile(abac=True)),
        "CREDENTIALS_NONE",
        says=("'Container Registry Repository Reader'", REGISTRY),
    ),
    finds(
        "App Service with an identity that it does not use",
        "credentials.configured",
        healthy(
            ON_SITE,
            by(IdentityKind.ANONYMOUS, related={"system": KUBELET}),
            setting(configured=False, wanted="siteConfig.acrUseManagedIdentityCreds"),
        ),
        "CREDENTIALS_IDENTITY_SWITCHED_OFF",
        says=(
            (
                f"az resource update --ids {SITE}/config/web "
                "--set properties.acrUseManagedIdentityCreds=true"
            ),
            f"--assignee-object-id {KUBELET}",
        ),
    ),
    finds(
        "App Service without any identity",
        "credentials.configured",
        healthy(ON_SITE, ANONYMOUS, setting(configured=False, wanted="x")),
        "CREDENTIALS_NONE",
    ),
    skips(
        "no setting at all: the registry's side decides",
        "credentials.configured",
        healthy(ANONYMOUS),
    ),
    skips(
        "setting unseen", "credentials.configured", healthy(ANONYMOUS, unseen(RegistryCredential))
    ),
    unknown(
        "registry unseen",
        "credentials.configured",
        healthy(ANONYMOUS, NOBODY, unseen(RegistryProfile)),
        "403",
    ),
]

PULLER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"

IDENTITY = [
    finds(
        "deleted, and still named",
        "credentials.identity",
        healthy(asked(compute=Compute.CONTAINER_APPS), managed(resource_id=PULLER, deleted=True)),
        "CREDENTIALS_IDENTITY_DELETED",
        says=("az identity create --resource-group shop --name puller", "AcrPull"),
    ),
    finds(
        "the kubelet's is deleted, the registry unseen",
        "credentials.identity",
        healthy(identity(resource_id=PULLER, deleted=True), unseen(RegistryProfile)),
        "CREDENTIALS_IDENTITY_DELETED",
        says=("--assign-kubelet-identity", "a pull role on the registry"),
    ),
    passes("attached", "credentials.identity", healthy()),
    passes("system-assigned", "credentials.identity", healthy(managed(system_assigned=True))),
    skips("a token", "credentials.identity", healthy(TOKEN)),
    *[
        finds(
            f"not attached to {compute.value}",
            "credentials.identity",
            healthy(asked(compute=compute), managed(attached=False, resource_id="/id/pull")),
            "CREDENTIALS_IDENTITY_NOT_ATTACHED",
            says=(command, "/id/pull"),
        )
        for compute, command in (
            (Compute.AKS, "az aks update --resource-group shop --name prod"),
            (Compute.APP_SERVICE, "az webapp identity assign --resource-group shop --name shop"),
            (Compute.CONTAINER_APPS, "az containerapp identity assign"),
            (Compute.CONTAINER_INSTANCES, "az container create"),
        )
    ],
    finds(
        "deleted",
        "credentials.identity",
        healthy(managed(attached=False, principal_id="")),
        "CREDENTIALS_IDENTITY_NOT_ATTACHED",
        says=("does not exist any more",),
    ),
    finds(
        "system-assigned on Container Instances",
        "credentials.identity",
        healthy(ON_ACI, managed(system_assigned=True)),
        "CREDENTIALS_SYSTEM_IDENTITY_UNSUPPORTED",
        says=("--acr-identity",),
    ),
]

NO_ROLE = rights()
HIDDEN = by(IdentityKind.PULL_SECRET)

SECRETS = [
    skips("none named", "credentials.pull_secret", healthy()),
    passes("the right one", "credentials.pull_secret", healthy(secrets(secret()))),
    *[
        passes(
            f"server written as {server}",
            "credentials.pull_secret",
            healthy(NO_ROLE, secrets(secret(servers=(server,)))),
        )
        for server in (
            "https://contoso.azurecr.io",
            "https://contoso.azurecr.io/v2/",
            "CONTOSO.azurecr.io",
            "*.azurecr.io",
            "cont*.azurecr.io",
            "contoso.azurecr.io/team",
        )
    ],
    passes(
        "one of two fits",
        "credentials.pull_secret",
        healthy(NO_ROLE, secrets(secret(exists=False, servers=None), secret(name="other"))),
    ),
    passes(
        "missing, but the kubelet may pull",
        "credentials.pull_secret",
        healthy(secrets(secret(exists=False, servers=None))),
    ),
    finds(
        "missing",
        "credentials.pull_secret",
        healthy(NO_ROLE, secrets(secret(exists=False, servers=None))),
        "CREDENTIALS_PULL_SECRET_MISSING",
        says=("kubectl create secret docker-registry regcred --namespace web",),
    ),
    finds(
        "for another server",
        "credentials.pull_secret",
        healthy(NO_ROLE, secrets(secret(servers=("fabrikam.azurecr.io",)))),
        "CREDENTIALS_PULL_SECRET_FOR_OTHER_SERVER",
        says=("fabrikam.azurecr.io",),
    ),
    *[
        finds(
            f"a server that does not match: {server}",
            "credentials.pull_secret",
            healthy(NO_ROLE, secrets(secret(servers=(server,)))),
            "CREDENTIALS_PULL_SECRET_FOR_OTHER_SERVER",
        )
        for server in (
            "azurecr.io",
            "*.io",
            "https://index.docker.io/v1/",
            "contoso.azurecr.us",
            "contoso.azurecr.io/other",
            "contoso.azurecr.io:443",
            "contoso*.io",
        )
    ],
    unknown(
        "contents cannot be read",
        "credentials.pull_secret",
        healthy(HIDDEN, secrets(secret(exists=None, servers=None))),
        "cannot be read",
    ),
    unknown(
        "whether the kubelet may pull is unseen",
        "credentials.pull_secret",
        healthy(secrets(secret(exists=False, servers=None)), unseen(RoleAssignments)),
        "403",
    ),
    unknown(
        "whether the kubelet may pull cannot be told",
        "credentials.pull_secret",
        healthy(secrets(secret(exists=False)), rights(groups_known=False)),
        "group",
    ),
    finds(
        "in another namespace",
        "credentials.pull_secret",
        healthy(secrets(secret(exists=False, servers=None, elsewhere=("tools", "ops"))), NO_ROLE),
        "CREDENTIALS_PULL_SECRET_IN_OTHER_NAMESPACE",
        says=("in the namespace tools, ops", "--namespace tools", "--namespace web"),
    ),
    finds(
        "malformed",
        "credentials.pull_secret",
        healthy(secrets(secret(servers=(), malformed=True)), NO_ROLE),
        "CREDENTIALS_PULL_SECRET_MALFORMED",
        says=("kubectl delete secret regcred",),
    ),
    unknown("secrets unseen", "credentials.pull_secret", healthy(unseen(PullSecrets)), "403"),
    passes(
        "reference leads somewhere",
        "credentials.secret_reference",
        healthy(ON_APPS, setting(secret_name="acr-password", secret_exists=True)),
    ),
    finds(
        "reference dangles",
        "credentials.secret_reference",
        healthy(ON_APPS, setting(secret_name="acr-password", secret_exists=False)),
        "CREDENTIALS_SECRET_REFERENCE_DANGLING",
        says=("acr-password", "az containerapp secret set --resource-group shop --name shop"),
    ),
    unknown(
        "reference unseen",
        "credentials.secret_reference",
        healthy(ON_APPS, setting(secret_name="acr-password")),
    ),
    skips("no reference", "credentials.secret_reference", healthy(ON_APPS, setting())),
    skips("no setting", "credentials.secret_reference", healthy()),
]

ADMIN = by(IdentityKind.ADMIN_USER, name="contoso")

ACCOUNTS = [
    skips("not the admin", "credentials.admin_user", healthy()),
    passes("admin on", "credentials.admin_user", healthy(ADMIN, profile(admin_enabled=True))),
    finds(
        "admin off",
        "credentials.admin_user",
        healthy(ADMIN),
        "CREDENTIALS_ADMIN_DISABLED",
        says=("az acr update --name contoso --admin-enabled true",),
    ),
    unknown("registry unseen", "credentials.admin_user", healthy(ADMIN, unseen(RegistryProfile))),
    skips("no token", "credentials.token", healthy()),
    passes("token on", "credentials.token", healthy(TOKEN, token())),
    finds(
        "token missing",
        "credentials.token",
        healthy(TOKEN, token(exists=False, enabled=False)),
        "CREDENTIALS_TOKEN_MISSING",
        says=("az acr token create --registry contoso --name ci",),
    ),
    skips(
        "token missing",
        "credentials.token_expiry",
        healthy(TOKEN, token(exists=False, expires=())),
    ),
    finds(
        "token off",
        "credentials.token",
        healthy(TOKEN, token(enabled=False)),
        "CREDENTIALS_TOKEN_DISABLED",
        says=("az acr token update --registry contoso --name ci --status enabled",),
    ),
    unknown("token unseen", "credentials.token", healthy(TOKEN, unseen(ScopedToken)), "403"),
    skips("no principal", "credentials.service_principal", healthy()),
    passes(
        "principal on",
        "credentials.service_principal",
        healthy(PRINCIPAL, account(NOW + 99 * DAYS)),
    ),
    finds(
        "principal missing",
        "credentials.service_principal",
        healthy(PRINCIPAL, account(exists=False)),
        "CREDENTIALS_SERVICE_PRINCIPAL_MISSING",
        says=(f"az ad sp show --id {CLIENT}",),
    ),
    finds(
        "principal off",
        "credentials.service_principal",
        healthy(PRINCIPAL, account(enabled=False)),
        "CREDENTIALS_SERVICE_PRINCIPAL_DISABLED",
        says=("accountEnabled=true",),
    ),
    passes(
        "principal on, in the registry's directory",
        "credentials.service_principal",
        healthy(PRINCIPAL, account(NOW + 99 * DAYS, tenant="T"), profile(tenant_id="t")),
    ),
    *(
        unknown(
            f"principal of another directory, exists: {exists}",
            "credentials.service_principal",
            healthy(PRINCIPAL, account(exists=exists, tenant="ours"), profile(tenant_id="theirs")),
            "theirs",
            "ours",
        )
        for exists in (True, False)
    ),
    unknown(
        "principal unseen",
        "credentials.service_principal",
        healthy(PRINCIPAL, unseen(CredentialExpiry)),
        "403",
    ),
]


def _expiring(days: float, *codes: str, stage: int = 0, says: tuple[str, ...] = ()) -> list[Case]:
    end = NOW + days * DAYS
    return [
        finds(
            f"token ends in {days} days",
            "credentials.token_expiry",
            healthy(TOKEN, token(expires=(end,))),
            *(f"CREDENTIALS_TOKEN_{code}" for code in codes),
            says=says,
            stage=stage,
        ),
        finds(
            f"secret ends in {days} days",
            "credentials.secret_expiry",
            healthy(PRINCIPAL, account(end)),
            *(f"CREDENTIALS_SECRET_{code}" for code in codes),
            says=says,
            stage=stage,
        ),
    ]


EXPIRY = [
    skips("no token", "credentials.token_expiry", healthy()),
    skips("no principal", "credentials.secret_expiry", healthy()),
    *_expiring(-1, "EXPIRED"),
    *_expiring(0, "EXPIRED"),
    *_expiring(0.5, "EXPIRING", stage=2),
    *_expiring(3, "EXPIRING", stage=2),
    *_expiring(3.1, "EXPIRING", stage=1),
    *_expiring(14, "EXPIRING", stage=1),
    *_expiring(14.1, "EXPIRING", stage=0),
    *_expiring(30, "EXPIRING", stage=0, says=("expires on 2026-10-01",)),
    *_expiring(30.1),
    passes(
        "one of two passwords never ends",
        "credentials.token_expiry",
        healthy(TOKEN, token(expires=(NOW + DAYS, None))),
    ),
    finds(
        "one of two passwords has ended",
        "credentials.token_expiry",
        healthy(TOKEN, token(expires=(NOW - DAYS, NOW + 300 * DAYS))),
        "CREDENTIALS_TOKEN_PASSWORD_EXPIRED",
    ),
    finds(
        "the later password counts",
        "credentials.token_expiry",
        healthy(TOKEN, token(expires=(NOW + DAYS, NOW + 10 * DAYS))),
        "CREDENTIALS_TOKEN_EXPIRING",
        says=("expires on 2026-09-11", "az acr token credential generate"),
        stage=1,
    ),
    passes(
        "an old secret beside a new one",
        "credentials.secret_expiry",
        healthy(PRINCIPAL, account(NOW - DAYS, NOW + 300 * DAYS)),
    ),
    unknown(
        "the application is another tenant's",
        "credentials.secret_expiry",
        healthy(PRINCIPAL, account(NOW + 99 * DAYS, registered_in="theirs")),
        "theirs",
    ),
    unknown("no password listed", "credentials.token_expiry", healthy(TOKEN, token(expires=()))),
    unknown("no secret listed", "credentials.secret_expiry", healthy(PRINCIPAL, account())),
    skips(
        "principal missing",
        "credentials.secret_expiry",
        healthy(PRINCIPAL, account(exists=False)),
    ),
    unknown("token unseen", "credentials.token_expiry", healthy(TOKEN, unseen(ScopedToken))),
    unknown(
        "secret unseen",
        "credentials.secret_expiry",
        healthy(PRINCIPAL, unseen(CredentialExpiry)),
    ),
]

CASES = [*CONFIGURED, *IDENTITY, *SECRETS, *ACCOUNTS, *EXPIRY]
