"""For which images a login counts, by the server that a docker configuration keeps it for. Pure.

Source: kubernetes pkg/credentialprovider, keyring.go.
"""

from fnmatch import fnmatchcase

from shared.domain.images import DOCKER_HUB, ImageReference

_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


def covers(server: str, image: ImageReference) -> bool:
    """
    Whether the kubelet takes a login for an image: hosts match by parts, in each of which ``*`` is
    any text; a port must be the same, and a path must begin the repository's.
    """
    place = server.partition("://")[2] if "://" in server else server
    host, _, path = place.lower().partition("/")
    path = path.strip("/")
    path = "" if path in {"v1", "v2"} else path
    if host in _HUB:
        return image.registry == DOCKER_HUB and image.repository.startswith(path)
    pattern, actual = host.split("."), image.registry.lower().split(".")
    return (
        len(pattern) == len(actual)
        and all(fnmatchcase(a, p) for a, p in zip(actual, pattern, strict=True))
        and image.repository.startswith(path)
    )
