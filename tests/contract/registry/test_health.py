"""The health of registries as the simulated Azure shows them."""

from shared.checks.health import steps_of
from shared.domain.facts.base import Evidence
from shared.domain.facts.beside import Encryption, KnownRegistries, ReadLocks, RegistryLoad
from shared.domain.findings import Outcome
from tests.contract.registry.conftest import Azure

CONTOSO = "contoso.azurecr.io"
HIDDEN = "hidden.azurecr.io"


async def steps(azure: Azure, host: str, repository: str = "") -> dict[str, tuple[Outcome, str]]:
    evidence = Evidence(await azure.end.health(host, repository))
    return {step.step: (step.outcome, step.code) for step in steps_of(evidence)}


async def test_a_registry_that_is_well_passes_every_step(azure: Azure) -> None:
    found = await steps(azure, CONTOSO, "web")
    assert {outcome for outcome, _ in found.values()} <= {Outcome.PASS, Outcome.SKIPPED}
    assert found["repository_permission"] == (Outcome.PASS, "")


async def test_a_registry_without_public_access_refuses_at_the_front(azure: Azure) -> None:
    found = await steps(azure, HIDDEN)
    assert found["challenge"] == (Outcome.FAIL, "CONNECTIVITY_FORBIDDEN_ERROR")
    assert found["refresh_token"][0] is Outcome.SKIPPED
    assert found["customer_managed_key"] == (Outcome.PASS, "")


async def test_a_registry_that_is_not_there_has_no_name(azure: Azure) -> None:
    seen = Evidence(await azure.end.health("gone.azurecr.io", ""))
    found = {step.step: step.code for step in steps_of(seen)}
    assert found["name"] == "CONNECTIVITY_DNS_ERROR"
    assert CONTOSO in seen[KnownRegistries].login_servers


async def test_no_token_goes_to_a_registry_that_is_not_known(azure: Azure) -> None:
    found = await steps(azure, "foreign.azurecr.io")
    assert found["refresh_token"][0] is Outcome.UNKNOWN
    assert azure.asked("foreign.azurecr.io", lambda route: "oauth2" in route) == 0


async def test_key_and_figures_are_read(azure: Azure) -> None:
    evidence = Evidence(await azure.end.health(CONTOSO, ""))
    assert evidence[Encryption].enabled is False
    assert evidence[RegistryLoad].storage


async def test_where_a_pull_is_locked_out_is_told(azure: Azure) -> None:
    evidence = await azure.see(f"{CONTOSO}/web:unreadable")
    assert evidence[ReadLocks] == ReadLocks(repository=False, tag=True, manifest=False)
