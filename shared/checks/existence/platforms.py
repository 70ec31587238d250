"""Which image platform runs on which node, by the rules of containerd and Windows.

Source: github.com/containerd/platforms, compare.go and platform_windows_compat.go.
"""

from collections.abc import Iterable

from shared.domain.facts.base import Unavailable
from shared.domain.facts.registry import Child
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.images import Platform

UNKNOWN = "unknown"
"""The operating system of what is no image: a build's attestation."""
_ALIASES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"}
_DEFAULT_VARIANT = {"arm64": "v8", "arm": "v7", "amd64": "v1"}
_FALLS_BACK_TO = {"amd64": "386", "arm64": "arm"}
"""What containerd pulls as well, where an image has nothing for the node's own architecture."""
BUILD_PARTS = 3
"""Parts of a Windows version that tell its build: ``10.0.20348``; the last one is a patch level."""
LTSC = (20348, 26100)
"""Windows Server 2022 and 2025. From the first on a machine runs images of builds back to the LTSC
before its own; an older one runs its own build only."""


def serves(image: Platform, node: Platform) -> bool:
    """Whether an image built for one platform is pulled and runs on a node of another."""
    if image.os.lower() != node.os.lower():
        return False
    if _cpu(image) != _cpu(node):
        return _cpu(image) == _FALLS_BACK_TO.get(_cpu(node)) and _windows_fits(image, node)
    return _variant_fits(image, node) and _windows_fits(image, node)


def chosen[T](offered: Iterable[tuple[Platform, T]], node: Platform) -> list[T]:
    """What of an index a node pulls: the first of the nearest platform. Empty for nothing.

    Several where the node's version of Windows is not known, and the index has several.
    """
    fitting = [(have, what) for have, what in offered if serves(have, node)]
    nearest = min((_distance(have, node) for have, _ in fitting), default=None)
    found: dict[str, T] = {}
    for have, what in fitting:
        if _distance(have, node) == nearest:
            found.setdefault(".".join(_build(have.os_version)), what)
    return list(found.values())


def needed(
    children: Iterable[Child], runtime: RuntimePlatforms | Unavailable
) -> tuple[Child, ...] | None:
    """The manifests of an index that a workload pulls; None where one of several is, and which
    is not known.

    Without a known machine all of them may be. An attestation is pulled by nobody; one without a
    platform only where no other fits.
    """
    images = [one for one in children if one.platform is None or one.platform.os != UNKNOWN]
    if isinstance(runtime, Unavailable) or not runtime.platforms:
        return tuple(images)
    named = [(one.platform, one) for one in images if one.platform]
    unnamed = [one for one in images if one.platform is None]
    found: dict[Child, None] = {}
    for node in runtime.platforms:
        picked = chosen(named, node) or unnamed
        if len({one.present for one in picked}) > 1:
            return None
        found |= dict.fromkeys(picked)
    return tuple(found)


def _distance(image: Platform, node: Platform) -> tuple[bool, bool, int]:
    """How far an image that fits is from the node's own kind."""
    variants = {"", _DEFAULT_VARIANT.get(_cpu(image), ""), node.variant.lower()}
    build, own = _number(image.os_version), _number(node.os_version)
    return (
        _cpu(image) != _cpu(node),
        image.variant.lower() not in variants,
        own - build if build and own else 0,
    )


def _cpu(platform: Platform) -> str:
    name = platform.architecture.lower()
    return _ALIASES.get(name, name)


def _variant_fits(image: Platform, node: Platform) -> bool:
    """A node runs images of its own variant and of older ones."""
    if not image.variant or not node.variant:
        return True
    default = _DEFAULT_VARIANT.get(_cpu(node), "")
    have, want = image.variant.lower() or default, node.variant.lower() or default
    return have == want or (_cpu(node) in _DEFAULT_VARIANT and have <= want)


def _windows_fits(image: Platform, node: Platform) -> bool:
    if node.os.lower() != "windows" or not (image.os_version and node.os_version):
        return True
    have, own = _build(image.os_version), _build(node.os_version)
    if have == own or have[:-1] != own[:-1]:
        return have == own
    build, host = _number(image.os_version), _number(node.os_version)
    earliest = max((release for release in LTSC if release < host), default=host)
    return bool(build) and earliest <= build <= host


def _build(version: str) -> list[str]:
    return version.split(".")[:BUILD_PARTS]


def _number(version: str) -> int:
    """The build number of a Windows version; 0 where it has none."""
    build = _build(version)[-1]
    whole = version.count(".") >= BUILD_PARTS - 1 and build.isascii() and build.isdigit()
    return int(build) if whole and len(build) <= len("26100") else 0
