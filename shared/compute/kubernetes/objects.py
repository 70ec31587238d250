"""
Kubernetes objects, as little of them as pulls need (API v1, apps/v1, batch/v1).

Unknown fields are skipped while decoding, so a large cluster stays small in memory.
"""

from datetime import datetime

from msgspec import Raw, Struct, field


class Wire(Struct, frozen=True, rename="camel"):
    """JSON as the API server writes it; what is left out or null has its default."""


class Owner(Wire, frozen=True):
    """One of ``metadata.ownerReferences``."""

    kind: str
    name: str
    controller: bool | None = None


class Metadata(Wire, frozen=True):
    """``metadata`` of any object."""

    name: str = ""
    namespace: str = ""
    owner_references: tuple[Owner, ...] | None = None
    annotations: dict[str, str] | None = None
    deletion_timestamp: datetime | None = None

    @property
    def owner(self) -> Owner | None:
        """The controller, else the first owner."""
        owners = self.owner_references or ()
        return next((one for one in owners if one.controller), owners[0] if owners else None)


class Container(Wire, frozen=True):
    """A container of any of the three kinds."""

    name: str = ""
    image: str | None = None


class Named(Wire, frozen=True):
    """A reference by name."""

    name: str = ""


class Toleration(Wire, frozen=True):
    """``spec.tolerations[]``; an empty key tolerates every taint."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""


class Requirement(Wire, frozen=True):
    """A ``matchExpressions`` entry."""

    key: str
    operator: str
    values: tuple[str, ...] | None = None


class SelectorTerm(Wire, frozen=True):
    """Requirements that all must hold."""

    match_expressions: tuple[Requirement, ...] | None = None


class NodeSelector(Wire, frozen=True):
    """Terms of which one must hold."""

    node_selector_terms: tuple[SelectorTerm, ...] | None = None


class NodeAffinity(Wire, frozen=True):
    """``affinity.nodeAffinity``."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class Affinity(Wire, frozen=True):
    """``spec.affinity``."""

    node_affinity: NodeAffinity | None = None


class PodSpec(Wire, frozen=True):
    """``spec`` of a pod or of a template for pods."""

    containers: tuple[Container, ...] | None = None
    init_containers: tuple[Container, ...] | None = None
    ephemeral_containers: tuple[Container, ...] | None = None
    image_pull_secrets: tuple[Named, ...] | None = None
    service_account_name: str = "default"
    node_selector: dict[str, str] | None = None
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] | None = None

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Init containers first, as they are pulled."""
        return (
            *(self.init_containers or ()),
            *(self.containers or ()),
            *(self.ephemeral_containers or ()),
        )


class Waiting(Wire, frozen=True):
    """``state.waiting``: why a container does not run."""

    reason: str = ""
    message: str = ""


class ContainerState(Wire, frozen=True):
    """``waiting``, or the image was pulled."""

    waiting: Waiting | None = None


class ContainerStatus(Wire, frozen=True):
    """``status.containerStatuses[]``. ``image_id`` is ``registry/repository@digest``, or empty."""

    name: str = ""
    image_id: str = field(default="", name="imageID")
    state: ContainerState | None = None


class Condition(Wire, frozen=True):
    """``status.conditions[]``."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


class PodStatus(Wire, frozen=True):
    """``status`` of a pod."""

    phase: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] | None = None
    container_statuses: tuple[ContainerStatus, ...] | None = None
    init_container_statuses: tuple[ContainerStatus, ...] | None = None
    ephemeral_container_statuses: tuple[ContainerStatus, ...] | None = None

    @property
    def all_containers(self) -> tuple[ContainerStatus, ...]:
        """The statuses of containers of all three kinds."""
        return (
            *(self.init_container_statuses or ()),
            *(self.container_statuses or ()),
            *(self.ephemeral_container_statuses or ()),
        )


class Pod(Wire, frozen=True):
    """A pod."""

    metadata: Metadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class Template(Wire, frozen=True):
    """``spec.template``."""

    spec: PodSpec = PodSpec()


class JobSpec(Wire, frozen=True):
    """``spec`` of a job."""

    template: Template = Template()


class JobTemplate(Wire, frozen=True):
    """``spec.jobTemplate`` of a CronJob."""

    spec: JobSpec = JobSpec()


class ControllerSpec(Wire, frozen=True):
    """``spec`` of whatever makes pods; each kind has some of these."""

    replicas: int | None = None
    parallelism: int | None = None
    suspend: bool | None = None
    template: Template = Template()
    job_template: JobTemplate = JobTemplate()


class ControllerStatus(Wire, frozen=True):
    """``status`` of whatever makes pods."""

    desired_number_scheduled: int | None = None
    conditions: tuple[Condition, ...] | None = None


class Controller(Wire, frozen=True):
    """A Deployment, ReplicaSet, StatefulSet, DaemonSet, Job or CronJob."""

    metadata: Metadata
    spec: ControllerSpec = ControllerSpec()
    status: ControllerStatus = ControllerStatus()


class ServiceAccount(Wire, frozen=True):
    """A service account."""

    metadata: Metadata
    image_pull_secrets: tuple[Named, ...] | None = None


class Series(Wire, frozen=True):
    """``series`` of an event that repeats."""

    last_observed_time: datetime | None = None


class Event(Wire, frozen=True):
    """An event about a pod. The message is attacker-controlled."""

    involved_object: Metadata = Metadata()
    reason: str | None = None
    message: str | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: Series | None = None

    @property
    def first(self) -> datetime | None:
        """When it was first seen."""
        return self.first_timestamp or self.event_time

    @property
    def last(self) -> datetime | None:
        """When it was last seen."""
        repeated = self.series.last_observed_time if self.series else None
        return repeated or self.last_timestamp or self.event_time


class Labelled(Wire, frozen=True):
    """Any object, of which only name and namespace are looked at."""

    metadata: Metadata


class Logins(Struct, frozen=True):
    """``data`` of a pull secret, in base64: a docker configuration in its newer or older form."""

    newer: str | None = field(default=None, name=".dockerconfigjson")
    older: str | None = field(default=None, name=".dockercfg")


class Secret(Wire, frozen=True):
    """A secret; of its data only what docker logins are kept in, whatever else lies beside it."""

    type: str = ""
    data: Logins | None = None


class PageMetadata(Wire, frozen=True):
    """``metadata`` of a list."""

    continue_: str = field(default="", name="continue")


class Page(Wire, frozen=True):
    """One page of a list; its items are decoded one by one, so that a bad one costs itself."""

    metadata: PageMetadata = PageMetadata()
    items: tuple[Raw, ...] | None = None


class Status(Wire, frozen=True):
    """What the API server says where it refuses."""

    message: str = ""
    reason: str = ""
