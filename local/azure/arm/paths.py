"""An ARM path taken apart: scope, provider, types and names in turn."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ArmPath:
    """`{scope}/providers/{namespace}/{type}/{name}/{type}/{name}...`, split at the last provider.

    `scope` is what stands before: empty, a subscription, a resource group or a resource.
    """

    scope: str
    namespace: str
    segments: Sequence[str]
    """Types and names in turn; an odd number names a collection or an action."""

    @property
    def kind(self) -> str:
        """The full type, such as `Microsoft.Web/sites/slots`."""
        return "/".join([self.namespace, *self.segments[::2]])

    @property
    def is_collection(self) -> bool:
        """Whether it ends with a type."""
        return len(self.segments) % 2 == 1

    @property
    def last(self) -> str:
        """The last segment: a name, a child type, or an action."""
        return self.segments[-1]

    @property
    def names(self) -> Sequence[str]:
        """The names of the resource and its parents."""
        return self.segments[1::2]

    @property
    def text(self) -> str:
        """The whole path."""
        return "/".join([self.scope, "providers", self.namespace, *self.segments])

    @property
    def parent(self) -> str:
        """The path without its last segment."""
        return self.text.rsplit("/", 1)[0]

    @property
    def child_name(self) -> str:
        """For `{parent}/{type}` the parent's own path below the provider, for messages."""
        return "/".join(self.names)


def split(path: str) -> ArmPath | None:
    """The parts of a path with a provider; None for one without (`/subscriptions/x`)."""
    parts = [part for part in path.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" not in lowered:
        return None
    at = len(lowered) - 1 - lowered[::-1].index("providers")
    if len(parts) < at + 3:
        return None
    scope = "".join(f"/{part}" for part in parts[:at])
    return ArmPath(scope, parts[at + 1], tuple(parts[at + 2 :]))


def subscription_of(path: str) -> str:
    """The subscription id in a path, or empty."""
    return _after(path, "subscriptions")


def group_of(path: str) -> str:
    """The resource group in a path, or empty."""
    return _after(path, "resourcegroups")


def _after(path: str, word: str) -> str:
    parts = path.split("/")
    lowered = [part.lower() for part in parts]
    if word not in lowered:
        return ""
    at = lowered.index(word) + 1
    return parts[at] if at < len(parts) else ""
