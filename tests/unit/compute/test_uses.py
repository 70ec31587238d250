"""From images to pulls."""

import pytest

from shared.compute.uses import Use, discovery, names
from shared.domain.images import Digest
from shared.domain.pulls import Compute, Standing, Workload

SHOP = Workload("/subscriptions/s1/shop", Compute.APP_SERVICE, "shop")
IMAGE = "contoso.azurecr.io/shop/api:v1"
ONE, TWO = Digest("sha256:" + "1" * 64), Digest("sha256:" + "2" * 64)


def test_containers_with_one_image_share_a_pull() -> None:
    (pull,) = discovery([Use(SHOP, IMAGE), Use(SHOP, IMAGE)]).pulls
    assert str(pull.image) == IMAGE
    assert pull.workload == SHOP


@pytest.mark.parametrize(
    "image", ["nginx", "mcr.microsoft.com/oss/kubernetes/pause:3.6", "azurecr.io.evil.example/x"]
)
def test_images_that_are_not_on_acr_are_left_out(image: str) -> None:
    assert discovery([Use(SHOP, image)]) == discovery([])


def test_a_registry_whose_name_is_a_slip_of_the_pen_is_kept() -> None:
    (pull,) = discovery([Use(SHOP, "contoso.azurecr.oi/shop/api:v1")]).pulls
    assert pull.image.registry == "contoso.azurecr.oi"


@pytest.mark.parametrize("image", ["docker.io/Shop/API:v1", "", "docker.io/a b"])
def test_an_image_that_cannot_be_parsed_is_a_gap_of_its_workload_only(image: str) -> None:
    found = discovery([Use(SHOP, image), Use(SHOP, IMAGE)])
    assert len(found.pulls) == 1
    (gap,) = found.gaps
    assert gap.what == SHOP.id
    assert repr(image) in gap.reason


def test_the_same_unreadable_image_in_many_pods_is_one_gap() -> None:
    assert len(discovery([Use(SHOP, "A b")] * 3).gaps) == 1


def test_the_strongest_standing_counts() -> None:
    uses = [Use(SHOP, IMAGE, s) for s in (Standing.ROLLBACK, Standing.ACTIVE, Standing.IDLE)]
    assert discovery(uses).pulls[0].standing is Standing.ACTIVE
    assert discovery([uses[0], uses[2]]).pulls[0].standing is Standing.IDLE


def test_the_digest_that_most_instances_run_counts_and_ties_are_stable() -> None:
    def use(digest: Digest) -> Use:
        return Use(SHOP, IMAGE, running=digest)

    assert discovery([use(TWO), use(ONE), use(TWO)]).pulls[0].running == TWO
    assert discovery([use(TWO), use(ONE)]).pulls[0].running == ONE
    assert discovery([use(Digest("")), use(ONE)]).pulls[0].running == ONE


def test_workload_ids_that_differ_in_case_are_one_workload() -> None:
    shouting = Workload(SHOP.id.upper(), Compute.APP_SERVICE, "shop")
    assert len(discovery([Use(SHOP, IMAGE), Use(shouting, IMAGE)]).pulls) == 1


@pytest.mark.parametrize("repository", ["api:v1", "Api:v1"])
def test_a_registry_whose_name_no_host_can_have_is_a_gap_and_names_no_rows(repository: str) -> None:
    host = ".".join(["a" * 60] * 9) + ".azurecr.io"
    found = discovery([Use(SHOP, f"{host}/{repository}"), Use(SHOP, IMAGE)])
    assert [str(pull.image) for pull in found.pulls] == [IMAGE]
    assert "expected a host name" in found.gaps[0].reason


def test_half_a_character_in_an_images_name_costs_that_image_only() -> None:
    found = discovery([Use(SHOP, "contoso.azurecr.io/a\ud800:v1"), Use(SHOP, IMAGE)])
    assert len({pull.key for pull in found.pulls}) == 2
    assert names("contoso.azurecr.io/a\ud800:v1", found.pulls[0].image)


def test_an_invalid_name_on_acr_is_a_pull_whose_name_is_wrong() -> None:
    found = discovery([Use(SHOP, "contoso.azurecr.io/Shop:v1")])
    assert [str(pull.image) for pull in found.pulls] == ["contoso.azurecr.io/Shop:v1"]
    assert found.gaps == ()
    assert names("contoso.azurecr.io/Shop:v1", found.pulls[0].image)
