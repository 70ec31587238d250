"""Does the login server's name lead to a registry that works?"""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check
from shared.checks.names import about_registry, closest, listed, registry_name
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import KnownRegistries
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import LoginServerAddress, RegistryProfile
from shared.domain.findings import Finding, Outcome, Problem

PRIVATE_LINK = "privatelink."

NAME_UNKNOWN = Problem(
    code="NETWORK_NAME_UNKNOWN",
    outcome=Outcome.FAIL,
    title="There is no registry {host}",
    explanation="The name does not exist in DNS: the registry was deleted, or its name is misspelt "
    "in the image of {workload}. {hint}",
    fix=(
        'az acr list --query "[].loginServer" --output tsv',
        "az acr check-name --name {registry}",
        "Correct the image's name, or create the registry again and push the image",
    ),
    link=links.ACCESS,
    explains=("network.", "credentials.", "auth.", "existence.", "capacity.", "cleanup."),
    health_code="CONNECTIVITY_DNS_ERROR",
)
RENAMED = Problem(
    code="NETWORK_REGISTRY_RENAMED",
    outcome=Outcome.FAIL,
    title="There is no registry {host}; {meant} bears the same name",
    explanation="A registry that is made with a domain name label has a hash in its login server. "
    "The image of {workload} names {host}, which does not exist in DNS: the registry was "
    "probably made anew.",
    fix=(
        "az acr show --name {registry} --query loginServer --output tsv",
        "Correct the image of {workload} to {corrected}",
    ),
    link=links.LABELS,
    explains=("network.", "credentials.", "auth.", "existence.", "capacity.", "cleanup."),
    health_code="CONNECTIVITY_DNS_ERROR",
)
DELETING = Problem(
    code="NETWORK_REGISTRY_DELETING",
    outcome=Outcome.FAIL,
    title="{login_server} is being deleted",
    explanation="Azure reports the registry's provisioning state as {state}.",
    fix=("az acr show --name {registry} --query provisioningState --output tsv",),
    link=links.ACCESS,
    explains=("existence.", "cleanup."),
)
NOT_READY = Problem(
    code="NETWORK_REGISTRY_NOT_READY",
    outcome=Outcome.WARN,
    title="{login_server} is not ready: {state}",
    explanation="Azure reports the registry's provisioning state as {state}. Pulls may fail until "
    "it is Succeeded.",
    fix=("az acr show --name {registry} --query provisioningState --output tsv",),
    link=links.ACCESS,
)


@check("network.name", NAME_UNKNOWN, RENAMED)
def name_resolves(
    asked: Asked,
    address: LoginServerAddress,
    profile: RegistryProfile | Unavailable,
    registries: KnownRegistries | Unavailable,
) -> Iterable[Finding]:
    """The login server's name exists in DNS."""
    if address.exists:
        return
    if not asked.pull.image.on_acr:
        raise NotApplicableError("the host is none of Azure Container Registry")
    if isinstance(profile, RegistryProfile):
        raise CannotTellError(
            f"Azure knows {profile.login_server}, but its name does not resolve from where "
            "Pullwatch runs"
        )
    if any(PRIVATE_LINK in alias for alias in address.aliases):
        raise CannotTellError(
            f"the private DNS zone of Pullwatch's own network has no record of {address.host}"
        )
    hosts = registries.login_servers if isinstance(registries, KnownRegistries) else ()
    same = [host for host in hosts if registry_name(host) == registry_name(address.host)]
    alike = closest(address.host, hosts)
    meant = same[0] if same else ""
    yield (RENAMED if same else NAME_UNKNOWN).found(
        subject=address.host,
        host=address.host,
        registry=registry_name(address.host),
        workload=asked.pull.workload.name or "the workload",
        hint=f"Similar registries: {listed(alike)}." if alike else "",
        meant=meant,
        corrected=str(replace(asked.pull.image, registry=meant)),
    )


@check("network.registry", DELETING, NOT_READY)
def registry_is_ready(profile: RegistryProfile) -> Iterable[Finding]:
    """The registry is provisioned."""
    state = profile.provisioning_state
    if state in ("Succeeded", "Updating"):
        return
    problem = DELETING if state == "Deleting" else NOT_READY
    yield problem.found(subject=profile.login_server, state=state, **about_registry(profile))


CHECKS = (name_resolves, registry_is_ready)
