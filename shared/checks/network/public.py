"""The public way: is the front door open to this workload?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.names import about_registry, about_workload, listed
from shared.checks.network.ways import denied, goes_private, trusted
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, Sku
from shared.domain.facts.workload import Egress, PrivatePath, PullIdentity
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.pulls import Compute

PUBLIC_DISABLED = Problem(
    code="NETWORK_PUBLIC_ACCESS_DISABLED",
    outcome=Outcome.FAIL,
    title="{login_server} has no public access, and {workload} no private path to it",
    explanation="Public network access is disabled, so only approved private endpoints lead to the "
    "registry{untrusted}.",
    fix=(
        (
            "Create a private endpoint for {registry_id} in the workload's network, or open "
            "the public endpoint to its egress addresses"
        ),
        "az acr update --name {registry} --public-network-enabled true --default-action Deny",
    ),
    link=links.PRIVATE,
    explains=("network.firewall", "existence."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)
DENIES_EGRESS = Problem(
    code="NETWORK_FIREWALL_DENIES_EGRESS",
    outcome=Outcome.FAIL,
    title="The firewall of {login_server} does not admit {address}",
    explanation="{workload} pulls from {address}. The registry admits {rules} only.{untrusted}",
    fix=("az acr network-rule add --name {registry} --ip-address {address}",),
    link=links.FIREWALL,
    explains=("existence.",),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)

_NOT_TRUSTED = {
    Compute.AKS: "Azure Kubernetes Service",
    Compute.APP_SERVICE: "App Service",
    Compute.CONTAINER_APPS: "Container Apps",
}


@check("network.public", PUBLIC_DISABLED)
def some_way_leads_in(
    asked: Asked,
    profile: RegistryProfile,
    egress: Egress | Unavailable,
    path: PrivatePath | Unavailable,
    identity: PullIdentity | Unavailable,
) -> Iterable[Finding]:
    """The registry has public access, or the workload a private path to it."""
    if profile.public_network_access or trusted(asked, profile, identity):
        return
    if goes_private(profile, known(egress), path):
        return
    yield PUBLIC_DISABLED.found(
        subject=f"{profile.login_server} from {asked.pull.workload.id}",
        untrusted=_untrusted(asked, profile),
        **about_registry(profile),
        **about_workload(asked.pull),
    )


@check("network.firewall", DENIES_EGRESS)
def firewall_admits_egress(
    asked: Asked,
    profile: RegistryProfile,
    egress: Egress | Unavailable,
    path: PrivatePath | Unavailable,
    identity: PullIdentity | Unavailable,
) -> Iterable[Finding]:
    """The registry's firewall admits every egress address of the workload."""
    if profile.admits_everyone or trusted(asked, profile, identity):
        return
    if not profile.public_network_access:
        raise NotApplicableError("the registry has no public endpoint")
    if goes_private(profile, known(egress), path):
        raise NotApplicableError("pulls take a private endpoint")
    refused = denied(profile, known(egress))
    for address in refused:
        yield DENIES_EGRESS.found(
            subject=f"{profile.login_server} from {address}",
            address=address,
            rules=listed(profile.allowed_ranges, "no address at all"),
            untrusted=_untrusted(asked, profile),
            **about_registry(profile),
            **about_workload(asked.pull),
        )
    if not refused:
        _insist_on_all(known(egress))


def _insist_on_all(egress: Egress) -> None:
    if not egress.addresses:
        raise CannotTellError("the workload's egress addresses are not known")
    if not egress.complete:
        raise CannotTellError("the workload may pull from addresses that are not known")


def _untrusted(asked: Asked, profile: RegistryProfile) -> str:
    """What people expect of "allow trusted services", which these services are not among."""
    service = _NOT_TRUSTED.get(asked.pull.workload.compute)
    if not (service and profile.trusted_services and profile.sku is Sku.PREMIUM):
        return ""
    return f" ({service} is not among the trusted services that it lets in)"


CHECKS = (some_way_leads_in, firewall_admits_egress)
