"""Removals: who took a tag or a manifest away, when, from where and with what. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shared.domain.images import Digest, ImageReference


class RemovalKind(StrEnum):
    """What was done, as resource logs and events tell it."""

    UNTAGGED = "untagged"
    DELETED = "deleted"
    EXPIRED = "expired"  # a policy of the registry, by nobody


class Removal(Struct, frozen=True, kw_only=True):
    """One removal. Every name in it comes from outside and may be hostile.

    ``tag`` is set where a tag was removed, or the manifest was named by it; ``digest`` where the
    source tells it. Neither means the whole repository. ``id`` is the same whoever tells of it
    twice.
    """

    id: str
    kind: RemovalKind
    at: datetime
    registry: str
    repository: str
    tag: str = ""
    digest: Digest = Digest("")
    actor: str = ""
    address: str = ""
    user_agent: str = ""

    def takes(self, image: ImageReference) -> bool:
        """Whether it takes what an image names, as far as the name alone tells."""
        if self.kind is RemovalKind.UNTAGGED:
            return bool(self.tag) and image.tag == self.tag and not image.digest
        by_tag = bool(self.tag) and image.tag == self.tag and not image.digest
        return by_tag or not (self.tag or self.digest)


PURGE = "acr purge (acr-cli)"
_POLICY = "a clean-up policy of the registry"
_TOOLS = (
    ("acrapi/", PURGE),
    ("acr-cli", PURGE),
    ("azurecli/", "the Azure CLI"),
    ("azure-cli", "the Azure CLI"),
    ("azurepowershell", "Azure PowerShell"),
    ("python-requests/", "the Azure CLI or a Python script"),
    ("azsdk-", "a program on the Azure SDK"),
    ("mozilla/", "a browser, as the portal does"),
    ("docker/", "docker"),
    ("oras", "oras"),
    ("skopeo", "skopeo"),
    ("go-containerregistry", "crane or another program on go-containerregistry"),
    ("regclient", "regctl"),
    ("curl/", "curl"),
)
"""Signs of tools in user agents, in lower case, the most telling first.

acr-cli: Azure/acr-cli acr/version.go ("Azure-SDK-For-Go/0.0.0 acrapi/1.0"). python-requests: the
Azure CLI asks registries with it and names no agent of its own; the sample of a deletion in
event-schema-container-registry shows it. azsdk-: guidelines of the Azure SDK on telemetry. The
portal asks from the browser.
"""


def tool(user_agent: str, kind: RemovalKind | None = None) -> str:
    """What was used, in words that people know; empty where the agent tells nothing known."""
    if kind is RemovalKind.EXPIRED:
        return _POLICY
    agent = user_agent.lower()
    return next((name for sign, name in _TOOLS if sign in agent), "")


def purges(user_agent: str) -> bool:
    """Whether a purge was at work, which mostly runs as a task of the registry."""
    return tool(user_agent) == PURGE


def means(user_agent: str, kind: RemovalKind | None = None) -> str:
    """What was used: known by name, with the agent as sent; else the agent alone."""
    known = tool(user_agent, kind)
    if known and user_agent:
        return f"{known} ({user_agent})"
    return known or user_agent
