"""Do the secrets exist that hold the credential, and are they for this registry?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.names import about_image, about_workload, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, RoleAssignments
from shared.domain.facts.workload import (
    IdentityKind,
    PullIdentity,
    PullSecret,
    PullSecrets,
    RegistryCredential,
)
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.images import ImageReference
from shared.domain.logins import covers
from shared.domain.rights import may_pull

ON_NODES = (IdentityKind.KUBELET_IDENTITY, IdentityKind.SERVICE_PRINCIPAL)
CREATE = (
    "kubectl create secret docker-registry {secret} --namespace {namespace} "
    "--docker-server={login_server} --docker-username=USER --docker-password=PASSWORD"
)

SET = (
    "az containerapp secret set --resource-group {workload_group} --name {workload_resource} "
    "--secrets {secret}=PASSWORD"
)

MISSING = Problem(
    code="CREDENTIALS_PULL_SECRET_MISSING",
    outcome=Outcome.FAIL,
    title="The image pull secret {secret} does not exist in the namespace {namespace}",
    explanation="{workload} names it, but a secret counts only in the pod's own namespace. "
    "Without it the kubelet pulls with the cluster's identity or anonymously.",
    fix=("kubectl get secrets --all-namespaces", CREATE),
    link=links.PULL_SECRETS,
)
OTHER_SERVER = Problem(
    code="CREDENTIALS_PULL_SECRET_FOR_OTHER_SERVER",
    outcome=Outcome.FAIL,
    title="The image pull secret {secret} is not for {login_server}",
    explanation="It holds credentials for {servers}. A login counts for exactly the server that "
    "it names, and where it names a path, for what is below it.",
    fix=("kubectl delete secret {secret} --namespace {namespace}", CREATE),
    link=links.PULL_SECRETS,
)
IN_OTHER_NAMESPACE = Problem(
    code="CREDENTIALS_PULL_SECRET_IN_OTHER_NAMESPACE",
    outcome=Outcome.FAIL,
    title="The image pull secret {secret} is in the namespace {elsewhere}, not in {namespace}",
    explanation="{workload} runs in {namespace}, and a secret counts only in the pod's own "
    "namespace. Without it the kubelet pulls with the cluster's identity or anonymously.",
    fix=(
        "kubectl get secret {secret} --namespace {from_namespace} --output yaml",
        CREATE,
    ),
    link=links.PULL_SECRETS,
)
MALFORMED = Problem(
    code="CREDENTIALS_PULL_SECRET_MALFORMED",
    outcome=Outcome.FAIL,
    title="The image pull secret {secret} in {namespace} holds no login that can be read",
    explanation="The kubelet takes a secret of the type kubernetes.io/dockerconfigjson, whose "
    "contents are the JSON of a docker configuration. It leaves this one out without an error.",
    fix=("kubectl delete secret {secret} --namespace {namespace}", CREATE),
    link=links.PULL_SECRETS,
)
DANGLING = Problem(
    code="CREDENTIALS_SECRET_REFERENCE_DANGLING",
    outcome=Outcome.FAIL,
    title="{workload} takes its registry password from the secret {secret}, which does not exist",
    explanation="The setting for {login_server} refers to a secret of the app that is not there.",
    fix=(
        "Give the app the secret {secret}, or pull with a managed identity, which needs none",
        SET,
    ),
    link=links.CONTAINER_APPS,
)


@check("credentials.pull_secret", MISSING, IN_OTHER_NAMESPACE, OTHER_SERVER, MALFORMED)
def pull_secret_fits(
    asked: Asked,
    identity: PullIdentity,
    secrets: PullSecrets,
    profile: RegistryProfile | Unavailable,
    rights: RoleAssignments | Unavailable,
) -> Iterable[Finding]:
    """One of the workload's image pull secrets is for this registry, or none is needed."""
    every = secrets.secrets
    if not every:
        raise NotApplicableError("the workload names no image pull secret")
    if any(secret.exists and fits(secret, asked.pull.image) for secret in every):
        return
    if identity.kind in ON_NODES and _may_without(asked, known(profile), known(rights)):
        return
    if any(_unreadable(secret) for secret in every):
        raise CannotTellError("the contents of the image pull secrets cannot be read")
    for secret in every:
        yield _problem(secret).found(
            subject=f"{asked.pull.workload.id} secret {secret.namespace}/{secret.name}",
            secret=secret.name,
            namespace=secret.namespace,
            servers=listed(secret.servers or (), "no server"),
            elsewhere=listed(secret.elsewhere),
            from_namespace=next(iter(secret.elsewhere), ""),
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
        )


@check("credentials.secret_reference", DANGLING)
def secret_reference_leads_somewhere(
    asked: Asked, setting: RegistryCredential
) -> Iterable[Finding]:
    """The secret that the workload's setting refers to exists."""
    if not setting.secret_name:
        raise NotApplicableError("the setting refers to no secret")
    if setting.secret_exists is None:
        raise CannotTellError(f"whether the secret {setting.secret_name} exists cannot be read")
    if not setting.secret_exists:
        yield DANGLING.found(
            subject=f"{asked.pull.workload.id} secret {setting.secret_name}",
            secret=setting.secret_name,
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
        )


def _problem(secret: PullSecret) -> Problem:
    if secret.exists:
        return MALFORMED if secret.malformed else OTHER_SERVER
    return IN_OTHER_NAMESPACE if secret.elsewhere else MISSING


def _may_without(asked: Asked, profile: RegistryProfile, rights: RoleAssignments) -> bool:
    """Whether the nodes' own identity, which the kubelet tries next, may pull."""
    repository = asked.pull.image.repository
    verdict = may_pull(rights, abac=profile.abac, repository=repository, at=asked.at)
    if verdict.may is None:
        raise CannotTellError(f"whether the nodes' identity may pull: {verdict.why.value}")
    return verdict.may


def fits(secret: PullSecret, image: ImageReference) -> bool:
    """Whether a secret has a login for an image, as the kubelet matches them."""
    return any(covers(server, image) for server in secret.servers or ())


def _unreadable(secret: PullSecret) -> bool:
    return secret.exists is None or (secret.exists and secret.servers is None)


CHECKS = (pull_secret_fits, secret_reference_leads_somewhere)
