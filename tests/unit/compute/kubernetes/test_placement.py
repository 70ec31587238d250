"""On which nodes a workload may be placed."""

from typing import Any

import pytest

from shared.compute.kubernetes.objects import PodSpec
from shared.compute.kubernetes.placement import NodePool, Taint, runtime_platforms
from shared.domain.facts.base import CouldNotLookError
from shared.domain.images import Platform
from tests.unit.compute.kubernetes.objects import decoded

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
WINDOWS = Platform("windows", "amd64", os_version="10.0.20348")


def pool(name: str, platform: Platform, *taints: Taint, **labels: str) -> NodePool:
    sure = {
        "kubernetes.io/os": platform.os,
        "kubernetes.io/arch": platform.architecture,
        "agentpool": name,
    }
    return NodePool(name, platform, sure | labels, taints)


POOLS = (pool("amd", AMD), pool("arm", ARM, tier="cheap"), pool("win", WINDOWS))


def platforms(pools: tuple[NodePool, ...] = POOLS, **spec: Any) -> tuple[Platform, ...]:
    return runtime_platforms(pools, [decoded(spec, PodSpec)]).platforms


def affinity(key: str, operator: str, *values: str) -> dict[str, Any]:
    expression = {"key": key, "operator": operator, "values": list(values)}
    terms = [{"matchExpressions": [expression]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"nodeAffinity": required}


def test_a_pod_that_asks_for_nothing_may_land_on_every_pool() -> None:
    assert platforms() == (AMD, ARM, WINDOWS)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"kubernetes.io/os": "linux"}, (AMD, ARM)),
        ({"kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64"}, (ARM,)),
        ({"agentpool": "win"}, (WINDOWS,)),
        ({"tier": "cheap"}, (ARM,)),
        ({"put-on-by-hand": "yes"}, (AMD, ARM, WINDOWS)),
    ],
)
def test_a_node_selector_narrows_the_pools(
    selector: dict[str, str], expected: tuple[Platform, ...]
) -> None:
    assert platforms(nodeSelector=selector) == expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ("arm64",), (ARM,)),
        ("NotIn", ("arm64",), (AMD, WINDOWS)),
        ("Exists", (), (AMD, ARM, WINDOWS)),
    ],
)
def test_a_required_node_affinity_narrows_the_pools(
    operator: str, values: tuple[str, ...], expected: tuple[Platform, ...]
) -> None:
    asked = affinity("kubernetes.io/arch", operator, *values)
    assert platforms(affinity=asked) == expected


def test_a_tainted_pool_takes_only_pods_that_tolerate_it() -> None:
    tainted = pool("spot", ARM, Taint("spot", "true", "NoSchedule"))
    soft = pool("soft", WINDOWS, Taint("a", "b", "PreferNoSchedule"))
    pools = (pool("amd", AMD), tainted, soft)
    assert platforms(pools) == (AMD, WINDOWS)
    for toleration in (
        {"key": "spot", "operator": "Equal", "value": "true", "effect": "NoSchedule"},
        {"key": "spot", "operator": "Exists"},
        {"operator": "Exists"},
    ):
        assert platforms(pools, tolerations=[toleration]) == (AMD, ARM, WINDOWS)
    assert platforms(pools, tolerations=[{"key": "spot", "value": "no"}]) == (AMD, WINDOWS)


def test_the_platforms_of_all_pods_count() -> None:
    specs = [PodSpec(node_selector={"agentpool": name}) for name in ("amd", "arm")]
    assert runtime_platforms(POOLS, specs).platforms == (AMD, ARM)


def test_no_pool_that_matches_is_not_a_platform_that_differs() -> None:
    with pytest.raises(CouldNotLookError, match="no node pool"):
        platforms(nodeSelector={"agentpool": "gone"})
