"""Which image platform runs on which node, by the rules of containerd and Windows."""

from shared.domain.images import Platform

_ALIASES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"}
_DEFAULT_VARIANT = {"arm64": "v8", "arm": "v7"}
BUILD_PARTS = 3
"""Parts of a Windows version that must agree: ``10.0.20348``; the last one is a patch level."""


def serves(image: Platform, node: Platform) -> bool:
    """Whether an image built for one platform runs on a node of another."""
    if image.os.lower() != node.os.lower() or _cpu(image) != _cpu(node):
        return False
    return _variant_fits(image, node) and _windows_fits(image, node)


def _cpu(platform: Platform) -> str:
    name = platform.architecture.lower()
    return _ALIASES.get(name, name)


def _variant_fits(image: Platform, node: Platform) -> bool:
    """A node runs images of its own variant and of older ones of 32-bit ARM."""
    if not image.variant or not node.variant:
        return True
    default = _DEFAULT_VARIANT.get(_cpu(node), "")
    have, want = image.variant.lower() or default, node.variant.lower() or default
    return have == want or (_cpu(node) in ("arm", "amd64") and have <= want)


def _windows_fits(image: Platform, node: Platform) -> bool:
    if node.os.lower() != "windows" or not (image.os_version and node.os_version):
        return True
    return _build(image.os_version) == _build(node.os_version)


def _build(version: str) -> list[str]:
    return version.split(".")[:BUILD_PARTS]
