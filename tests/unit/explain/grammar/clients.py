"""How each client words a fault: the same fault, as many texts."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.explain import CauseLabel as C
from tests.unit.explain.grammar.faults import (
    DIGEST,
    IMAGE,
    REGISTRY,
    REPOSITORY,
    TAG,
    Answer,
    Broken,
)

PING = f"https://{REGISTRY}/v2/"
TOKEN = f"https://{REGISTRY}/oauth2/token?scope=repository%3Astore%2Fweb-front%3Apull&service={REGISTRY}"


@dataclass(frozen=True)
class Client:
    """``broken`` and ``answer`` word a fault; ``wraps`` puts any local error into the client's
    own words. ``hides`` are the causes that the client's words do not tell apart.
    """

    name: str
    broken: Callable[[Broken], str]
    answer: Callable[[Answer], str]
    wraps: str
    hides: frozenset[C | None] = frozenset()


def manifest(answer: Answer) -> str:
    """The address of the manifest that was asked for."""
    return f"https://{REGISTRY}/v2/{REPOSITORY}/manifests/{DIGEST if answer.pinned else TAG}"


def image(answer: Answer) -> str:
    """The image by tag or by digest."""
    return f"{REGISTRY}/{REPOSITORY}@{DIGEST}" if answer.pinned else IMAGE


URL = f"https://{REGISTRY}/v2/{REPOSITORY}/manifests/{TAG}"


def _resolve(name: str, reason: str) -> str:
    return f'failed to resolve reference "{name}": {reason}'


def containerd_broken(fault: Broken) -> str:
    return _resolve(IMAGE, f'failed to do request: Head "{URL}": {fault.go}')


def containerd_answer(answer: Answer) -> str:
    name = image(answer)
    if answer.status == 404:
        return _resolve(name, f"{name}: not found")
    status = f"{answer.status} {answer.reason}"
    if answer.status == 401:
        reason = f"unexpected status from GET request to {TOKEN}: {status}"
        return _resolve(name, f"failed to authorize: failed to fetch oauth token: {reason}")
    return _resolve(name, f"unexpected status from HEAD request to {manifest(answer)}: {status}")


def containerd_2(answer: Answer) -> str:
    """From version 2.1 on it asks with GET where HEAD failed, and tells the body."""
    if answer.status in (401, 404):
        return containerd_answer(answer)
    first = containerd_answer(answer)
    return f"{first}: {answer.code.lower()}: {answer.message}"


def docker_answer(answer: Answer) -> str:
    name = image(answer)
    if answer.code == "MANIFEST_UNKNOWN":
        return f"manifest for {name} not found: manifest unknown: {answer.message}"
    if answer.status >= 500:
        status = f"{answer.status} {answer.reason}"
        return f'Head "{manifest(answer)}": received unexpected HTTP status: {status}'
    word = answer.code.lower().replace("_", " ")
    return f'Head "{manifest(answer)}": {word}: {answer.message}'


def docker_old_answer(answer: Answer) -> str:
    return docker_answer(answer).replace('"', "").replace("Head ", "Get ")


def docker_29_answer(answer: Answer) -> str:
    if answer.status in (404, 405) or answer.status >= 500:
        return containerd_answer(answer)
    return f"error from registry: {answer.message}"


def library_broken(fault: Broken) -> str:
    return f'pinging container registry {REGISTRY}: Get "{PING}": {fault.go}'


def library_answer(answer: Answer) -> str:
    what = DIGEST if answer.pinned else TAG
    if answer.status >= 500:
        reason = f"received unexpected HTTP status: {answer.status} {answer.reason}"
    else:
        reason = f"{answer.code.lower().replace('_', ' ')}: {answer.message}"
    return f"reading manifest {what} in {REGISTRY}/{REPOSITORY}: {reason}"


def crane_answer(answer: Answer) -> str:
    if answer.status >= 500:
        reason = f"unexpected status code {answer.status} {answer.reason}"
    else:
        reason = f"{answer.code}: {answer.message}; map[Name:{REPOSITORY}]"
    return f"GET {manifest(answer)}: {reason}"


def oras_answer(answer: Answer) -> str:
    word = answer.code.lower().replace("_", " ")
    reason = f"response status code {answer.status}: {word}: {answer.message}"
    return f'HEAD "{manifest(answer)}": {reason}'


def by_python(fault: Broken) -> str:
    where = f"HTTPSConnectionPool(host='{REGISTRY}', port=443): Max retries exceeded with url: /v2/"
    return f"{where} (Caused by {fault.python})"


def _get(fault: Broken) -> str:
    return f'Get "{PING}": {fault.go}'


def _head(fault: Broken) -> str:
    return f'Head "{URL}": {fault.go}'


PULL = f'failed to pull and unpack image "{IMAGE}": {{}}'
QUOTED = "{}"
SILENT_ON_404 = frozenset({C.NOT_FOUND_REPOSITORY})
SILENT_29 = frozenset({C.NOT_FOUND_REPOSITORY, C.LOCKED_OR_QUARANTINED})
SILENT_1 = frozenset({C.NOT_FOUND_REPOSITORY, C.LOCKED_OR_QUARANTINED})

CLIENTS = (
    Client("containerd", containerd_broken, containerd_answer, PULL, SILENT_1),
    Client("containerd 2", containerd_broken, containerd_2, PULL, SILENT_ON_404),
    Client("docker", _get, docker_answer, "Error response from daemon: {}"),
    Client("docker of old", _head, docker_old_answer, "Error response from daemon: {}"),
    Client(
        "docker 29",
        containerd_broken,
        docker_29_answer,
        "Error response from daemon: {}",
        SILENT_29,
    ),
    Client(
        "BuildKit",
        containerd_broken,
        containerd_2,
        f"ERROR: failed to solve: {IMAGE}: failed to resolve source metadata for {IMAGE}: {{}}",
        SILENT_ON_404,
    ),
    Client(
        "CRI-O",
        library_broken,
        library_answer,
        f"unable to pull image or OCI artifact: pull image err: initializing source "
        f"docker://{IMAGE}: {{}}",
    ),
    Client(
        "podman",
        library_broken,
        library_answer,
        f"Trying to pull {IMAGE}...\nError: initializing source docker://{IMAGE}: {{}}",
    ),
    Client(
        "skopeo",
        library_broken,
        library_answer,
        'time="2026-03-01T09:10:11Z" level=fatal msg="Error parsing source: {}"',
    ),
    Client("crane", _get, crane_answer, f"Error: fetching manifest {IMAGE}: {{}}"),
    Client("helm and oras", _head, oras_answer, "Error: INSTALLATION FAILED: {}"),
)
