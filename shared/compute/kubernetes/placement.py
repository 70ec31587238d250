"""On which nodes a workload may be placed, and so which platforms its image must serve."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from shared.compute.kubernetes.objects import PodSpec, Requirement, Toleration
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.images import Platform

_KEEPS_OUT = frozenset({"NoSchedule", "NoExecute"})


class Taint(Struct, frozen=True):
    """What keeps pods off a node."""

    key: str
    value: str
    effect: str


class NodePool(Struct, frozen=True):
    """Nodes of one kind. ``labels`` are those that are sure to be on every node of it."""

    name: str
    platform: Platform
    labels: Mapping[str, str]
    taints: tuple[Taint, ...] = ()


def runtime_platforms(pools: tuple[NodePool, ...], specs: Iterable[PodSpec]) -> RuntimePlatforms:
    """
    The platforms of the pools on which any of the pods may be placed.

    A label that no pool declares may have been put on nodes by hand: it keeps no pool out.
    Raises CouldNotLookError where no pool is left.
    """
    known = {key for pool in pools for key in pool.labels}
    open_to = [pool for spec in specs for pool in pools if admits(pool, spec, known)]
    if not open_to:
        raise CouldNotLookError("no node pool of the cluster matches where the pods ask to be")
    return RuntimePlatforms(tuple(sorted({pool.platform for pool in open_to})))


def admits(pool: NodePool, spec: PodSpec, known: set[str]) -> bool:
    """Whether a pool's labels and taints let a pod in."""
    wanted = spec.node_selector or {}
    selected = all(pool.labels.get(k) == v for k, v in wanted.items() if k in known)
    tolerations = spec.tolerations or ()
    tolerated = all(
        any(_tolerates(toleration, taint) for toleration in tolerations)
        for taint in pool.taints
        if taint.effect in _KEEPS_OUT
    )
    return selected and tolerated and _is_near(pool, spec, known)


def _is_near(pool: NodePool, spec: PodSpec, known: set[str]) -> bool:
    node = spec.affinity.node_affinity if spec.affinity else None
    required = node.required_during_scheduling_ignored_during_execution if node else None
    terms = (required.node_selector_terms or ()) if required else ()
    return not terms or any(
        all(_meets(pool, one) for one in term.match_expressions or () if one.key in known)
        for term in terms
    )


_OPERATORS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


def _meets(pool: NodePool, one: Requirement) -> bool:
    operator = _OPERATORS.get(one.operator)
    return operator is None or operator(pool.labels.get(one.key), one.values or ())


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect not in {"", taint.effect}:
        return False
    if toleration.operator == "Exists":
        return toleration.key in {"", taint.key}
    return toleration.key == taint.key and toleration.value == taint.value
