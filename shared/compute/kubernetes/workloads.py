"""
From Kubernetes objects to workloads: whose pods, which images, how they stand.

A workload is the topmost owner: a pod of a ReplicaSet of a Deployment belongs to the Deployment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from shared.compute.kubernetes.objects import (
    ContainerStatus,
    Controller,
    Metadata,
    Pod,
    PodSpec,
)
from shared.compute.uses import Use, names
from shared.domain.images import Digest, ImageReference
from shared.domain.pulls import Compute, Standing, Workload

MIDDLE_KINDS = ("ReplicaSet", "Job")
"""Kinds that others own: without their list, the owner of their pods is not known."""
MOST_OWNERS = 8
_FINISHED = frozenset({"Complete", "Failed"})


class Contents(Struct, frozen=True):
    """
    What a cluster holds, by kind.

    A kind that could not be listed is left out of ``controllers`` (and is a gap elsewhere).
    """

    controllers: Mapping[str, tuple[Controller, ...]]
    pods: tuple[Pod, ...] = ()


class Member(Struct, frozen=True):
    """A pod of a workload, or the template by which the next one will be made (no pod)."""

    workload: Workload
    namespace: str
    spec: PodSpec
    standing: Standing
    pod: Pod | None = None

    def uses(self) -> Iterator[Use]:
        """Its containers' images."""
        statuses = self.pod.status.all_containers if self.pod else ()
        running = {status.name: digest_of(status) for status in statuses}
        for container in self.spec.all_containers:
            if container.image:
                digest = running.get(container.name, Digest(""))
                yield Use(self.workload, container.image, self.standing, digest)


class Workloads:
    """The workloads of one cluster. Ids are the cluster's ARM id and the object's place in it."""

    def __init__(self, cluster_id: str, cluster: str, contents: Contents) -> None:
        self._cluster_id = cluster_id
        self._cluster = cluster
        self._middle = {
            (kind, one.metadata.namespace, one.metadata.name): one
            for kind in MIDDLE_KINDS
            for one in contents.controllers.get(kind, ())
        }
        self._unlisted = {kind for kind in MIDDLE_KINDS if kind not in contents.controllers}
        self.members = tuple(self._members(contents))
        self._of: dict[str, list[Member]] = defaultdict(list)
        for member in self.members:
            self._of[member.workload.id.lower()].append(member)

    def of(self, workload_id: str) -> tuple[Member, ...]:
        """The members of one workload, none where the cluster does not have it."""
        return tuple(self._of.get(workload_id.lower(), ()))

    def _members(self, contents: Contents) -> Iterator[Member]:
        for kind, controllers in contents.controllers.items():
            for one in controllers:
                standing = self._standing(kind, one)
                if standing is not None and not self._orphaned(one.metadata):
                    yield Member(
                        self._workload(kind, one.metadata),
                        one.metadata.namespace,
                        _pod_spec(kind, one),
                        standing,
                    )
        for pod in contents.pods:
            if pulls_again(pod) and not self._orphaned(pod.metadata):
                workload = self._workload("Pod", pod.metadata)
                yield Member(workload, pod.metadata.namespace, pod.spec, Standing.ACTIVE, pod)

    def _orphaned(self, metadata: Metadata) -> bool:
        """Whether the topmost owner cannot be told, its kind not being listed."""
        return metadata.owner is not None and metadata.owner.kind in self._unlisted

    def _workload(self, kind: str, metadata: Metadata) -> Workload:
        kind, name = self._top(kind, metadata)
        place = f"{metadata.namespace}/{kind.lower()}/{name}"
        return Workload(
            f"{self._cluster_id}/namespaces/{place}", Compute.AKS, f"{self._cluster}/{place}"
        )

    def _top(self, kind: str, metadata: Metadata) -> tuple[str, str]:
        """Follow the owners up; whoever writes objects can make them own each other."""
        for _ in range(MOST_OWNERS):
            owner = metadata.owner
            if owner is None or owner.kind == "Node":  # a static pod belongs to its node
                break
            kind, name = owner.kind, owner.name
            above = self._middle.get((kind, metadata.namespace, name))
            if above is None:
                return kind, name
            metadata = above.metadata
        return kind, metadata.name

    def _standing(self, kind: str, one: Controller) -> Standing | None:
        """How what a controller would start stands; None where it starts nothing more."""
        owned = one.metadata.owner is not None
        active = one.spec.replicas is None or one.spec.replicas > 0
        match kind:
            case "ReplicaSet" if owned:
                return Standing.ACTIVE if active else Standing.ROLLBACK
            case "DaemonSet":
                return (
                    Standing.IDLE if one.status.desired_number_scheduled == 0 else Standing.ACTIVE
                )
            case "CronJob":
                return Standing.IDLE
            case "Job" if _finished(one):
                return None
            case "Job":
                held = one.spec.suspend or one.spec.parallelism == 0
                return Standing.IDLE if held else Standing.ACTIVE
            case _:
                return Standing.ACTIVE if active else Standing.IDLE


def pulls_again(pod: Pod) -> bool:
    """Whether a pod may still pull: it is neither over nor on its way out."""
    over = pod.status.phase in {"Succeeded", "Failed"}
    return not over and pod.metadata.deletion_timestamp is None


def digest_of(status: ContainerStatus) -> Digest:
    """
    The manifest digest in ``imageID``, such as ``docker-pullable://host/repository@sha256:...``.

    A bare ``sha256:...`` is the id of the image's configuration, which names no manifest.
    """
    return Digest(status.image_id.rpartition("@")[2] if "@" in status.image_id else "")


def using(members: Iterable[Member], image: ImageReference) -> tuple[Member, ...]:
    """The members with a container of an image."""
    return tuple(
        member
        for member in members
        if any(names(one.image or "", image) for one in member.spec.all_containers)
    )


def uses_of(members: Iterable[Member]) -> Iterator[Use]:
    """The images of many members."""
    for member in members:
        yield from member.uses()


def _pod_spec(kind: str, one: Controller) -> PodSpec:
    return one.spec.job_template.spec.template.spec if kind == "CronJob" else one.spec.template.spec


def _finished(job: Controller) -> bool:
    conditions = job.status.conditions or ()
    return any(one.type in _FINISHED and one.status == "True" for one in conditions)
