"""The public way: is the front door open to this workload?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.commands import configure
from shared.checks.names import about_registry, about_workload, last_part, listed, who
from shared.checks.network.ways import denied, goes_private, insist_on_all, trusted
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryProfile, RegistryUsages, Sku
from shared.domain.facts.workload import Egress, IdentityKind, PrivatePath, PullIdentity
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
    explains=("network.firewall", "existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)
DENIES_EGRESS = Problem(
    code="NETWORK_FIREWALL_DENIES_EGRESS",
    outcome=Outcome.FAIL,
    title="The firewall of {login_server} does not admit {address}",
    explanation="{workload} pulls from {address}. The registry admits {rules} only.{untrusted}",
    fix=("az acr network-rule add --name {registry} --ip-address {address}",),
    link=links.FIREWALL,
    explains=("existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)

ADMITS_NOBODY = Problem(
    code="NETWORK_FIREWALL_ADMITS_NOBODY",
    outcome=Outcome.FAIL,
    title="The firewall of {login_server} admits no address at all",
    explanation="Its default is to deny, and it has no rule. From which address {workload} pulls "
    "is not known, but no address would do.{untrusted}",
    fix=("az acr network-rule add --name {registry} --ip-address EGRESS-ADDRESS",),
    link=links.FIREWALL,
    explains=("existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)
NOT_ROUTED = Problem(
    code="NETWORK_PULL_NOT_ROUTED",
    outcome=Outcome.FAIL,
    title="{workload} is part of {network}, but pulls its image over the internet",
    explanation="App Service takes the virtual network for image pulls only where it is told to. "
    "The public endpoint of {login_server} does not admit the site's own addresses.",
    fix=(
        (
            "az resource update --ids {workload_id} "
            "--set properties.outboundVnetRouting.imagePullTraffic=true"
        ),
    ),
    link=links.APP_SERVICE_NETWORK,
    explains=("network.firewall", "existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)
TRUSTED_OFF = Problem(
    code="NETWORK_TRUSTED_SERVICES_OFF",
    outcome=Outcome.FAIL,
    title="{login_server} does not let trusted services in, which {workload} depends on",
    explanation="Container Instances with a managed identity pass a closed registry as a trusted "
    "service, but the registry's networkRuleBypassOptions is None.",
    fix=("az acr update --name {registry} --allow-trusted-services true",),
    link=links.TRUSTED,
    explains=("network.firewall", "existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)
TRUSTED_NEEDS_IDENTITY = Problem(
    code="NETWORK_TRUSTED_ACCESS_NEEDS_IDENTITY",
    outcome=Outcome.FAIL,
    title="{workload} passes {login_server} only with a managed identity",
    explanation="The registry is closed. Container Instances are a trusted service that it lets "
    "in, but only those that pull with a managed identity; this one pulls as {identity}.",
    fix=("{configure}",),
    link=links.TRUSTED,
    explains=("network.firewall", "existence.", "cleanup."),
    health_code="CONNECTIVITY_FORBIDDEN_ERROR",
)

_NOT_TRUSTED = {
    Compute.AKS: "Azure Kubernetes Service",
    Compute.APP_SERVICE: "App Service",
    Compute.CONTAINER_APPS: "Container Apps",
}


@check("network.public", PUBLIC_DISABLED, NOT_ROUTED, TRUSTED_OFF, TRUSTED_NEEDS_IDENTITY)
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
    problem = _untaken(asked, profile, known(egress), identity) or PUBLIC_DISABLED
    yield problem.found(**_about(asked, profile, known(egress), identity))


@check(
    "network.firewall",
    DENIES_EGRESS,
    ADMITS_NOBODY,
    NOT_ROUTED,
    TRUSTED_OFF,
    TRUSTED_NEEDS_IDENTITY,
)
def firewall_admits_egress(  # noqa: PLR0917 - each parameter is a fact
    asked: Asked,
    profile: RegistryProfile,
    egress: Egress | Unavailable,
    path: PrivatePath | Unavailable,
    identity: PullIdentity | Unavailable,
    usages: RegistryUsages | Unavailable,
) -> Iterable[Finding]:
    """The registry's firewall admits every egress address of the workload."""
    if profile.admits_everyone or trusted(asked, profile, identity):
        return
    if not profile.public_network_access:
        raise NotApplicableError("the registry has no public endpoint")
    if goes_private(profile, known(egress), path):
        raise NotApplicableError("pulls take a private endpoint")
    refused = denied(profile, known(egress))
    details = _about(asked, profile, known(egress), identity)
    nobody = not profile.allowed_ranges
    if (refused or nobody) and known(egress).network and _admits_subnets(usages):
        raise CannotTellError("the registry has rules for subnets, which Azure shows no more")
    untaken = _untaken(asked, profile, known(egress), identity)
    if untaken and (refused or nobody):
        yield untaken.found(**details)
        return
    for address in refused:
        subject = {"subject": f"{profile.login_server} from {address}"}
        rules = listed(profile.allowed_ranges, "no address at all")
        yield DENIES_EGRESS.found(**details | subject, address=address, rules=rules)
    if not refused and nobody:
        yield ADMITS_NOBODY.found(**details)
    elif not refused:
        insist_on_all(profile, known(egress))


def _admits_subnets(usages: RegistryUsages | Unavailable) -> bool:
    """Whether there are rules for virtual networks.

    They were a preview (service endpoints): today's API and `az` know none, listUsages counts them.
    """
    rows = usages.usages if isinstance(usages, RegistryUsages) else ()
    return any(one.name == "VNetRules" and one.current > 0 for one in rows)


def _untaken(
    asked: Asked,
    profile: RegistryProfile,
    egress: Egress,
    identity: PullIdentity | Unavailable,
) -> Problem | None:
    """A way in that the workload could take, and does not; None where there is none."""
    if egress.unrouted:
        return NOT_ROUTED
    if asked.pull.workload.compute is not Compute.CONTAINER_INSTANCES:
        return None
    if isinstance(identity, Unavailable):
        return None
    if identity.kind is IdentityKind.MANAGED_IDENTITY:
        return None if profile.trusted_services else TRUSTED_OFF
    return TRUSTED_NEEDS_IDENTITY if profile.trusted_services else None


def _about(
    asked: Asked,
    profile: RegistryProfile,
    egress: Egress,
    identity: PullIdentity | Unavailable,
) -> dict[str, str]:
    return {
        "subject": f"{profile.login_server} from {asked.pull.workload.id}",
        "untrusted": _untrusted(asked, profile),
        "network": last_part(egress.unrouted),
        "identity": who(identity) if isinstance(identity, PullIdentity) else "",
        "configure": configure(asked.pull, profile.login_server),
        **about_registry(profile),
        **about_workload(asked.pull),
    }


def _untrusted(asked: Asked, profile: RegistryProfile) -> str:
    """What people expect of "allow trusted services", which these services are not among."""
    service = _NOT_TRUSTED.get(asked.pull.workload.compute)
    if not (service and profile.trusted_services and profile.sku is Sku.PREMIUM):
        return ""
    return f" ({service} is not among the trusted services that it lets in)"


CHECKS = (some_way_leads_in, firewall_admits_egress)
