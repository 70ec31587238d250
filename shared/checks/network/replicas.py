"""Geo-replicas: does every region that pulls may be routed to take part?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_registry
from shared.domain.facts.base import Unavailable
from shared.domain.facts.registry import RegistryProfile, Replications, Sku
from shared.domain.findings import Finding, Outcome, Problem

DISABLED = Problem(
    code="NETWORK_REPLICA_DISABLED",
    outcome=Outcome.WARN,
    title="The replica of {login_server} in {region} takes no pulls",
    explanation="Its endpoint is switched off: pulls from there are routed to another region, "
    "slower, and fail where only this region's addresses are let through.",
    fix=(
        (
            "az acr replication update --registry {registry} --name {region} "
            "--global-endpoint-routing true"
        ),
    ),
    link=links.REPLICATION,
)
NOT_READY = Problem(
    code="NETWORK_REPLICA_NOT_READY",
    outcome=Outcome.WARN,
    title="The replica of {login_server} in {region} is not ready: {state}",
    explanation="Images pushed elsewhere may be missing there: pulls routed to it can say "
    "'manifest unknown' although the image exists.",
    fix=("az acr replication show --registry {registry} --name {region}",),
    link=links.REPLICATION,
)


@check("network.replicas", DISABLED, NOT_READY, advisory=True)
def replicas_take_part(
    profile: RegistryProfile, replications: Replications | Unavailable
) -> Iterable[Finding]:
    """Every geo-replica is ready and takes pulls."""
    if profile.sku is not Sku.PREMIUM:
        raise NotApplicableError("only Premium registries have replicas")
    for replica in known(replications).replicas:
        details = about_registry(profile) | {"region": replica.region}
        subject = f"{profile.login_server} in {replica.region}"
        if not replica.endpoint_enabled:
            yield DISABLED.found(subject=subject, **details)
        if replica.provisioning_state not in ("Succeeded", "Updating"):
            yield NOT_READY.found(subject=subject, state=replica.provisioning_state, **details)


CHECKS = (replicas_take_part,)
