"""Signs of the machine that pulls, and of the name that it was given."""

from shared.explain.lexicon.classes import WRONG, Class
from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.NO_DAEMON: (
        *("is the docker daemon running", "docker_daemon_error", "connect to the docker daemon"),
        *("docker_command_error", "containerd.sock", "docker.sock", "crio.sock"),
        *("unixhttpconnectionpool", "docker_engine"),
    ),
    Sign.NO_PULL: (
        *("liveness probe", "readiness probe", "startup probe", "http probe", "warmup request"),
        *("http pings", "health check failed", "healthcheck"),
    ),
    Sign.OWN_STORE: ("from content store", "containerd.content.v1.content"),
    Sign.NO_SPACE: (
        *("no space left on device", "not enough space on the disk", "disk quota exceeded"),
        *("there is not enough space", "insufficient disk space", "no usable disk space"),
        *("input/output error", "diskpressure", "low on resource: ephemeral-storage", "enospc"),
        *("read-only file system", "not enough free space", "disk is full", "insufficient free"),
        *("disk pressure", "out of disk", "low on resource: imagefs", "low on resource: nodefs"),
        *("not enough disk space", "imagegcfailed", "structure needs cleaning"),
        *("collect required amount of images", "not enough free disk", "freediskspacefailed"),
        *("no space available", "disk full"),
    ),
    Sign.BAD_NAME: (
        *("invalid reference format", "couldn't parse image", "could not parse reference"),
        *("could not parse image", "invalidimagename", "invalid repository name"),
        *("invalid image name", "the acceptable patterns are"),
        *("repository name component must match", "repository can only contain"),
        *("tag can only contain", "invalid image reference", "registries must be valid rfc"),
        *("short-name", "short name", "invalid checksum digest", "unsupported digest algorithm"),
        *("failed to parse image", "invalid docker image", "failed to parse reference"),
        *("cannot parse image", "unable to parse image", "not a valid image reference"),
        *("not a valid repository/tag", "invalid reference:", "unable to parse reference"),
        *("parsing reference", "invalid image format", "must be lowercase"),
        *("cannot parse reference", "invalid tag", "could not recognize registry"),
        *("may only contain a single colon", "must have at least one component"),
        *("should not be blank", "image: required value", "image contains an invalid value"),
        "as an image reference",
        'docker pull" requires',
    ),
}

CLASSES = (
    Class(
        Sign.BAD_NAME,
        (
            *("image name", "image reference", "repository name", "image tag", "reference format"),
            *("repository format", "name format", "image digest", "artifact reference"),
            "docker reference",
        ),
        (*WRONG, "must be", "illegal", "must not"),
        (
            *("invalid", "malformed", "illegal", "unsupported"),
            *("could not parse", "cannot parse", "failed to parse"),
        ),
        unless=("docker-credential",),
    ),
    Class(
        Sign.NO_SPACE,
        (
            *("disk", "disk space", "space", "inode", "storage space"),
            *("ephemeral storage", "ephemeral-storage"),
        ),
        ("full", "exhausted", "insufficient", "quota exceeded", "ran out"),
        ("not enough", "insufficient", "out of", "run out of", "low on", "lack of", "no free"),
        unless=("registry",),
    ),
)
