"""Pulls that go well, by every kind of identity and way: nothing is found, and nothing guessed."""

from collections.abc import Iterator, Sequence

import pytest

from shared.checks import CATALOG, EVERY_CHECK, examine
from shared.checks.base import Check
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.beside import CacheRule, RegistryLoad
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import Child, Replication, Replications, Sku, SoftDeleted
from shared.domain.facts.workload import IdentityKind, PrivatePath
from shared.domain.findings import Outcome
from shared.domain.images import Digest
from shared.domain.pulls import Compute, Pull, Workload
from tests.unit.checks.facts import (
    AMD64,
    CLIENT,
    DAYS,
    KUBELET,
    NETWORK,
    NOW,
    OTHER,
    READER,
    account,
    asked,
    by,
    content,
    egress,
    endpoint,
    healthy,
    identity,
    less,
    managed,
    observed,
    path,
    profile,
    rights,
    role,
    secret,
    secrets,
    setting,
    token,
    unseen,
)

PRIVATE = profile(
    public_network_access=False,
    private_endpoints=(endpoint(),),
    data_endpoints=("contoso.westeurope.data.azurecr.io",),
)
HEALTHY = {
    "kubelet identity, open registry": healthy(),
    "private endpoint": healthy(PRIVATE, egress("52.1.2.3", network=NETWORK), path()),
    "closed firewall, admitted address": healthy(
        profile(default_allow=False, allowed_ranges=("52.0.0.0/8",))
    ),
    "ABAC": healthy(profile(abac=True), rights(role(READER))),
    "service principal": healthy(
        by(IdentityKind.SERVICE_PRINCIPAL, client_id=CLIENT, principal_id=KUBELET),
        account(NOW + 99 * DAYS),
    ),
    "token": healthy(by(IdentityKind.TOKEN, name="ci"), token()),
    "admin user": healthy(by(IdentityKind.ADMIN_USER), profile(admin_enabled=True)),
    "anonymous": healthy(by(IdentityKind.ANONYMOUS), profile(anonymous_pull=True)),
    "pull secret": healthy(secrets(secret())),
    "App Service": healthy(asked(compute=Compute.APP_SERVICE), managed(), setting()),
    "Container Apps with a password": healthy(
        asked(compute=Compute.CONTAINER_APPS),
        by(IdentityKind.ADMIN_USER),
        profile(admin_enabled=True),
        setting(secret_name="acr", secret_exists=True),
    ),
    "Container Instances, trusted": healthy(
        asked(compute=Compute.CONTAINER_INSTANCES), managed(), profile(default_allow=False)
    ),
    "Basic": healthy(profile(sku=Sku.BASIC)),
    "quarantine on, released": healthy(profile(quarantine=True)),
    "an index": healthy(content(children=(Child(OTHER, AMD64, True),))),
    "soft delete on": healthy(SoftDeleted(True)),
    "a cached image": healthy(CacheRule(name="hub", source="docker.io/x", target="team/api")),
    "replicated, quiet": healthy(
        Replications(
            (Replication("westeurope", True, "Succeeded"), Replication("eastus", True, "Succeeded"))
        )
    ),
    "a network, and a tier without private endpoints": healthy(
        profile(sku=Sku.STANDARD), egress("52.1.2.3", network=NETWORK), PrivatePath()
    ),
    "tenants and load are told": healthy(
        identity(tenant_id="t"), profile(tenant_id="t"), RegistryLoad(busiest_minute=3)
    ),
    "pinned": healthy(asked(f"contoso.azurecr.io/team/api@{OTHER}", running=Digest(""))),
}


@pytest.mark.parametrize("evidence", HEALTHY.values(), ids=HEALTHY)
def test_a_healthy_pull_has_no_findings_and_no_gaps(evidence: Evidence) -> None:
    odd = {r.check: (r.outcome, r.reason) for r in examine(evidence) if r.outcome > Outcome.PASS}
    assert odd == {}


def test_every_check_passes_for_some_healthy_pull() -> None:
    passed = {r.check for e in HEALTHY.values() for r in examine(e) if r.outcome is Outcome.PASS}
    assert passed == {check.id for check in EVERY_CHECK} - {"reported.error"}


@pytest.mark.parametrize("check", CATALOG, ids=lambda check: check.id)
def test_without_a_fact_that_it_needs_a_check_is_silent(check: Check[...]) -> None:
    for pull, kind, poorer in _poorer(check.needs):
        assert check.run(poorer).outcome in (Outcome.UNKNOWN, Outcome.SKIPPED), (pull, kind)


@pytest.mark.parametrize("check", CATALOG, ids=lambda check: check.id)
def test_without_a_fact_that_helps_a_check_finds_nothing(check: Check[...]) -> None:
    for pull, kind, poorer in _poorer([want.kind for want in check.wants]):
        result = check.run(poorer)
        assert result.outcome <= Outcome.UNKNOWN, (pull, kind, result)
        assert result.reason != "the check itself failed", (pull, kind)


def test_nothing_observed_is_nothing_found() -> None:
    results = examine(Evidence([]))
    assert {r.outcome for r in results} <= {Outcome.UNKNOWN, Outcome.SKIPPED}


def test_everything_unseen_is_unknown() -> None:
    evidence = Evidence([asked(), *(unseen(type(f)) for f in observed() if type(f) is not Asked)])
    outcomes = {result.check: result.outcome for result in examine(evidence)}
    assert max(outcomes.values()) is Outcome.UNKNOWN
    assert outcomes["existence.manifest"] is Outcome.UNKNOWN
    assert outcomes["auth.permission"] is Outcome.UNKNOWN


def test_questions_about_a_workload_that_nobody_named_are_skipped() -> None:
    nobody = Workload("", Compute.AKS, "")
    image = asked().pull.image
    alone = [f for f in observed() if type(f).__module__.endswith("registry")]
    evidence = Evidence([*alone, Asked(Pull(nobody, image), NOW)])
    results = {result.check: result for result in examine(evidence)}
    assert max(result.outcome for result in results.values()) is Outcome.PASS
    assert results["existence.manifest"].outcome is Outcome.PASS
    assert results["credentials.configured"].outcome is Outcome.SKIPPED
    assert results["existence.platform"].outcome is Outcome.SKIPPED


def test_what_is_unseen_at_the_registry_stays_unknown_without_a_workload() -> None:
    nobody = Asked(Pull(Workload("", Compute.AKS, ""), asked().pull.image), NOW)
    evidence = healthy(nobody, *(unseen(type(f)) for f in observed() if type(f) is not Asked))
    unknown = {r.check for r in examine(evidence) if r.outcome is Outcome.UNKNOWN}
    assert {"existence.manifest", "network.name", "existence.kind"} <= unknown


def _poorer(kinds: Sequence[type[Fact]]) -> Iterator[tuple[str, type[Fact], Evidence]]:
    """Each healthy pull without one of the facts: not asked for, and not to be seen."""
    for name, evidence in HEALTHY.items():
        for kind in kinds:
            yield name, kind, less(evidence, kind)
            yield name, kind, _blinded(evidence, kind)


def _blinded(evidence: Evidence, kind: type[Fact]) -> Evidence:
    facts = less(evidence, kind)._facts.values()
    return Evidence([*facts, unseen(kind)])
