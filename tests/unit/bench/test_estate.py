"""Estates for measuring: as large as asked for, and good enough for the simulator."""

import pytest

from bench.estate import Shape, describe, image_names
from local.estates.loader import loads
from local.estates.model import Estate

TWO = ("linux/amd64", "linux/arm64")


def pulled(estate: Estate) -> list[str]:
    """Every image that a workload of the estate names."""
    return [
        *(item.image for cluster in estate.clusters for item in cluster.objects),
        *(site.image for site in estate.web_apps),
        *(app.image for app in estate.container_apps),
        *(group.image for group in estate.container_groups),
    ]


@pytest.mark.parametrize(
    "shape",
    [
        Shape(),
        Shape(registries=3, repositories=7, images=2),
        Shape(repositories=2, images=1, spread=False),
        Shape(registries=2, repositories=2, images=3, platforms=TWO),
    ],
)
def test_every_image_is_there_and_deployed_as_often_as_said(shape: Shape) -> None:
    estate = loads(describe(shape))
    there = [
        f"{registry.login_server}/{repository.name}:{tag}"
        for registry in estate.registries
        for repository in registry.repositories
        for image in repository.images
        for tag in image.tags
    ]
    assert sorted(there) == sorted(image_names(shape))
    assert len(there) == len(set(there)) == shape.total
    deployed = pulled(estate)
    assert set(deployed) == set(there)
    assert len(deployed) == shape.pulls


def test_workloads_are_spread_over_four_compute_platforms() -> None:
    estate = loads(describe(Shape(repositories=3, images=2)))
    assert len(estate.clusters[0].objects) == 6
    assert len(estate.web_apps) == len(estate.container_apps) == len(estate.container_groups) == 2


def test_repositories_are_spread_over_the_registries() -> None:
    estate = loads(describe(Shape(registries=3, repositories=7)))
    assert [len(registry.repositories) for registry in estate.registries] == [3, 2, 2]


def test_images_of_several_platforms_are_asked_for() -> None:
    estate = loads(describe(Shape(repositories=1, images=1, platforms=TWO)))
    assert tuple(estate.registries[0].repositories[0].images[0].platforms) == TWO
