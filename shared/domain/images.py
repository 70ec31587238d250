"""What an image is called: references, digests, platforms.

The grammar is that of github.com/distribution/reference, which docker and containerd use.
"""

import re
from typing import NewType

from msgspec import Struct

Digest = NewType("Digest", str)
"""``sha256:`` and 64 hex digits (other algorithms are kept as they are written)."""

ACR_LABEL = "azurecr"
ACR_SUFFIXES = (".azurecr.io", ".azurecr.cn", ".azurecr.us", ".azurecr.de")
DOCKER_HUB = "docker.io"

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_REGISTRY = re.compile(rf"(?=[^:]{{1,253}}(?::|\Z)){_HOST}(?::[0-9]{{1,5}})?")
"""A host has at most 253 characters (RFC 1035). It names rows, whose keys must be short, too."""
_LONGEST = 1024


class InvalidReferenceError(ValueError):
    """A text is no image reference. The message says which part is wrong and what is accepted."""


class Platform(Struct, frozen=True, order=True):
    """An OCI platform, such as ``linux/arm64`` or ``windows/amd64`` with its ``os_version``."""

    os: str
    architecture: str
    variant: str = ""
    os_version: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class ImageReference(Struct, frozen=True, order=True):
    """One image as a workload names it. With both a tag and a digest, the digest decides."""

    registry: str
    repository: str
    tag: str = ""
    digest: Digest = Digest("")

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"

    @property
    def reference(self) -> str:
        """What a registry is asked for: the digest where there is one, else the tag."""
        return self.digest or self.tag

    @property
    def on_acr(self) -> bool:
        """Whether the registry's name is one that Azure Container Registry gives out."""
        return self.registry.endswith(ACR_SUFFIXES)

    @property
    def meant_for_acr(self) -> bool:
        """Whether it is on ACR, or only a slip of the pen keeps it from being so."""
        _, *end = self.registry.split(".")
        return self.on_acr or (len(end) <= 2 and end[:1] == [ACR_LABEL])  # noqa: PLR2004


def parse_reference(text: str) -> ImageReference:
    """Read an image reference as docker does; no tag and no digest means ``latest``.

    Raises:
        InvalidReferenceError: naming the part that is wrong.

    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise InvalidReferenceError(f"an image reference has 1 to {_LONGEST} characters")
    name, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise InvalidReferenceError(f"digest {digest[:80]!r}: expected sha256: and 64 hex digits")
    name, tag = _split_tag(name)
    registry, repository = _split_registry(name)
    return ImageReference(
        registry, repository, tag or ("" if digest else "latest"), Digest(digest.lower())
    )


def read_loosely(text: str) -> ImageReference | None:
    """What no runtime takes for an image, but is plainly meant as one of a registry on ACR.

    Its parts are as written and not valid: nobody may be asked for them. None for anything else.
    """
    text = text.encode("utf-8", "replace").decode()  # JSON can hold halves of characters
    name, _, digest = text.strip()[:_LONGEST].partition("@")
    first, slash, rest = name.partition("/")
    registry = first.lower()
    if not slash or not rest or not _REGISTRY.fullmatch(registry):
        return None
    if not registry.endswith(ACR_SUFFIXES):
        return None
    head, colon, tag = rest.rpartition(":")
    repository, tag = (head, tag) if colon and "/" not in tag else (rest, "")
    return ImageReference(registry, repository, tag, Digest(digest))


def _split_tag(name: str) -> tuple[str, str]:
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, ""
    if not _TAG.fullmatch(tag):
        raise InvalidReferenceError(
            f"tag {tag[:140]!r}: expected 1 to 128 letters, digits, '_', '.' or '-'"
        )
    return head, tag


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, repository = first.lower(), rest
        if not _REGISTRY.fullmatch(registry):
            raise InvalidReferenceError(f"registry {first[:80]!r}: expected a host name")
    else:
        registry, repository = DOCKER_HUB, name if slash else f"library/{name}"
    if not _REPOSITORY.fullmatch(repository):
        raise InvalidReferenceError(
            f"repository {repository[:120]!r}: expected lower-case letters and digits, "
            "separated by '.', '_', '-' or '/'"
        )
    return registry, repository
