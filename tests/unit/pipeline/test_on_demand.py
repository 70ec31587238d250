"""Questions: what is asked of Azure is what the asker may ask, and every check ends."""

import dataclasses

import msgspec
import pytest
from msgspec.structs import replace

from shared.adapters.letters import Letter
from shared.adapters.store import packing
from shared.domain.images import parse_reference
from shared.domain.pulls import LONGEST_JOB, Cause, CauseKind, Compute, Job, Pull, Standing
from shared.pipeline import on_demand
from shared.pipeline.dead_letters import on_dead_letter
from shared.pipeline.on_demand import NOBODY, BadQuestionError, Question, ask, named_workload
from shared.pipeline.sweep import sweep
from shared.pipeline.work import on_job
from tests.support.fakes import World, pull

OTHER = parse_reference("fabrikam.azurecr.io/a:v1")

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-(weu)_1.a"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-1"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/shop"


@pytest.mark.parametrize(
    ("text", "compute"),
    [
        (CLUSTER, Compute.AKS),
        (f"{CLUSTER}/namespaces/shop/deployment/api.v1", Compute.AKS),
        (SITE, Compute.APP_SERVICE),
        (f"{SITE}/slots/staging/", Compute.APP_SERVICE),
        (f"{GROUP}/providers/microsoft.app/containerapps/api", Compute.CONTAINER_APPS),
        (f"{GROUP}/providers/Microsoft.App/jobs/nightly", Compute.CONTAINER_APPS),
        (
            f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/batch",
            Compute.CONTAINER_INSTANCES,
        ),
    ],
)
def test_an_arm_id_names_a_workload(text: str, compute: Compute) -> None:
    assert named_workload(text).compute is compute


@pytest.mark.parametrize(
    "text",
    [
        f"{SITE}/restart?api-version=2025-05-01&x=/microsoft.web/sites/",
        f"{SITE}#/config",
        f"{SITE}/../../../../providers/Microsoft.Authorization",
        f"{GROUP}/../rg/providers/Microsoft.Web/sites/shop",
        f"{SITE}/stop",
        f"{SITE}%2fstop",
        f"{CLUSTER}/namespaces/../../listClusterAdminCredential/a/b",
        f"{CLUSTER}/listClusterAdminCredential",
        f"https://evil.example{SITE}",
        f"{SITE}\n",
        "shop",
    ],
)
def test_what_is_more_than_an_id_is_refused(text: str) -> None:
    with pytest.raises(BadQuestionError, match="workload"):
        named_workload(text)


async def test_a_workload_is_known_by_its_name_in_any_case() -> None:
    world = World()
    world.deploy("Api", "team/api:v1")
    await sweep(world.services)

    question = Question(image="contoso.azurecr.io/team/api:v1", workload="aPI")
    found = await ask(world.services, question, "c" * 32)

    assert found.diagnoses is not None
    assert [d.pull.workload.name for d in found.diagnoses] == ["Api"]


async def test_a_check_that_was_given_up_says_so() -> None:
    world, check = World(), "c" * 32
    image = parse_reference("contoso.azurecr.io/team/api:v1")
    job = Job(
        id=f"asked:{check}",
        registry=image.registry,
        pulls=(Pull(NOBODY, image),),
        cause=Cause(kind=CauseKind.ASKED, at=world.clock()),
        check=check,
    )
    letter = Letter("m", msgspec.json.encode(job), "MaxDeliveryCountExceeded")

    await on_dead_letter(world.services, "urgent_queue", letter)

    found = await world.services.store.requested.get(check)
    assert found is not None
    assert found.failed == "MaxDeliveryCountExceeded"


async def test_a_message_without_an_id_is_recorded() -> None:
    world = World()
    await on_job(world.services, b"{}", None)
    assert len([note async for note in world.services.store.ledger.notes()]) == 1


@pytest.mark.parametrize("pulls", [(), (pull("a", "a:v1"), Pull(NOBODY, OTHER))])
async def test_a_job_without_pulls_or_of_two_registries_is_none(pulls: tuple[Pull, ...]) -> None:
    world = World()
    job = Job("id", "contoso.azurecr.io", pulls, Cause(kind=CauseKind.ASKED, at=world.clock()))
    await on_job(world.services, msgspec.json.encode(job), "m")
    assert len([note async for note in world.services.store.ledger.notes()]) == 1


IMAGE = "contoso.azurecr.io/team/api:v1"
ASKED = Question(image=IMAGE)


async def many(count: int) -> World:
    world = World()
    for number in range(count):
        world.deploy(f"api-{number:04}", "team/api:v1")
    await sweep(world.services)
    return world


async def test_everyone_who_uses_an_image_is_answered() -> None:
    world = await many(LONGEST_JOB + 150)
    found = await ask(world.services, ASKED, "c" * 32)
    assert found.diagnoses is not None
    assert len({d.pull.workload.name for d in found.diagnoses}) == LONGEST_JOB + 150
    assert found.left_out == 0
    assert await world.services.store.requested.get("c" * 32) == found


async def test_everyone_is_answered_by_a_job_that_could_not_hold_them_all() -> None:
    world = await many(LONGEST_JOB + 150)
    pulls = tuple(one for one in world.platform.pulls[:LONGEST_JOB])
    cause = Cause(kind=CauseKind.ASKED, at=world.clock())
    job = Job("asked", pulls[0].image.registry, pulls, cause, check="c" * 32, whole=True)
    await on_job(world.services, msgspec.json.encode(job), "m")
    found = await world.services.store.requested.get("c" * 32)
    assert found is not None
    assert len(found.diagnoses or ()) == LONGEST_JOB + 150


async def test_what_is_left_out_is_counted_and_not_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "MOST_ANSWERED", 10)
    world = await many(12)
    world.platform.pulls[0] = replace(world.platform.pulls[0], standing=Standing.ROLLBACK)
    await sweep(world.services)
    found = await ask(world.services, ASKED, "c" * 32)
    assert (len(found.diagnoses or ()), found.left_out) == (10, 2)
    assert "api-0000" not in {d.pull.workload.name for d in found.diagnoses or ()}


async def test_an_answer_that_no_row_holds_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await many(40)
    monkeypatch.setattr(packing, "PIECE", 300)
    found = await ask(world.services, ASKED, "c" * 32)
    kept = await world.services.store.requested.get("c" * 32)
    assert (len(found.diagnoses or ()), found.left_out) == (40, 0)
    assert kept is not None
    assert len(kept.diagnoses or ()) + kept.left_out == 40
    assert kept.left_out > 0


async def test_a_late_answer_is_of_now_as_well() -> None:
    world, now, check = World(), World(), "c" * 32
    image = parse_reference("contoso.azurecr.io/team/api:v1")
    job = Job(
        id=f"asked:{check}",
        registry=image.registry,
        pulls=(Pull(NOBODY, image),),
        cause=Cause(kind=CauseKind.ASKED, at=world.clock()),
        check=check,
    )
    world.hold("team/api:v1")  # as it was remembered

    services = dataclasses.replace(world.services, anew=lambda: now.services)
    await on_job(services, msgspec.json.encode(job), "m")

    found = await now.services.store.requested.get(check)
    assert found is not None
    assert found.diagnoses
    assert found.diagnoses[0].root is not None
