"""Does the image's name lead to an Azure Container Registry at all?"""

import difflib
from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import check
from shared.checks.names import registry_name
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import KnownRegistries
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import LoginServerAddress
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.images import (
    DOCKER_HUB,
    ImageReference,
    InvalidReferenceError,
    parse_reference,
)

EVERYTHING = ("network.", "credentials.", "auth.", "existence.", "capacity.", "cleanup.")
SUFFIX = "azurecr.io"
ALIKE = 0.75
"""How alike the end of a host must be to ``azurecr.io`` to be a slip of the pen."""

MISSPELT = Problem(
    code="REFERENCE_HOST_MISSPELT",
    outcome=Outcome.FAIL,
    title="{host} is no registry; {meant} is probably meant",
    explanation="Azure gives registries names that end in .azurecr.io. {host} does not, and looks "
    "like a slip of the pen: every pull of {image} fails before it reaches a registry.",
    fix=("Correct the image of {workload} to {corrected}",),
    link=links.NAMES,
    explains=EVERYTHING,
    health_code="LOGIN_SERVER_ERROR",
)
SUFFIX_FORGOTTEN = Problem(
    code="REFERENCE_SUFFIX_FORGOTTEN",
    outcome=Outcome.FAIL,
    title="{image} names no registry; {meant} is probably meant",
    explanation="A name without a host means Docker Hub, so {workload} asks docker.io for it. "
    "There is a registry {meant}: its login server ends in .azurecr.io.",
    fix=("Correct the image of {workload} to {corrected}",),
    link=links.NAMES,
    explains=EVERYTHING,
    health_code="LOGIN_SERVER_ERROR",
    confidence=Confidence.LIKELY,
)
INVALID = Problem(
    code="REFERENCE_INVALID",
    outcome=Outcome.FAIL,
    title="{image} is no valid name of an image",
    explanation="{why}. No container runtime asks a registry for it.",
    fix=("Correct the image of {workload}",),
    link=links.NAMES,
    explains=EVERYTHING,
)
NOT_ON_ACR = Problem(
    code="REFERENCE_NOT_ON_ACR",
    outcome=Outcome.WARN,
    title="{image} is not in an Azure Container Registry",
    explanation="{host} is not a host of Azure Container Registry, so Pullwatch cannot say whether "
    "the image can be pulled.{hint}",
    fix=("If a registry of yours is meant, put its login server before the image's name",),
    link=links.NAMES,
    explains=EVERYTHING,
)


@check("reference.valid", INVALID)
def name_is_valid(asked: Asked) -> Iterable[Finding]:
    """The image's name is one that container runtimes accept."""
    image = asked.pull.image
    try:
        parse_reference(str(image))
    except InvalidReferenceError as why:
        said = str(why)
        yield INVALID.found(
            subject=f"{image} in {asked.pull.workload.id}",
            image=str(image),
            workload=asked.pull.workload.name or "the workload",
            why=said[:1].upper() + said[1:],
        )


@check("reference.on_acr", MISSPELT, SUFFIX_FORGOTTEN, NOT_ON_ACR)
def names_a_registry(
    asked: Asked,
    address: LoginServerAddress | Unavailable,
    registries: KnownRegistries | Unavailable,
) -> Iterable[Finding]:
    """The image's name leads to an Azure Container Registry."""
    image = asked.pull.image
    if image.on_acr:
        return
    host, known = image.registry, not isinstance(address, Unavailable)
    resolves = isinstance(address, LoginServerAddress) and address.exists
    if _looks_like_acr(host) and not resolves:
        meant = f"{host.split('.', 1)[0]}.{SUFFIX}"
        found = MISSPELT.found(
            subject=host,
            host=host,
            meant=meant,
            image=str(image),
            workload=asked.pull.workload.name,
            corrected=str(replace(image, registry=meant)),
        )
        yield found if known else replace(found, confidence=Confidence.LIKELY)
        return
    if host == DOCKER_HUB and (meant := _forgotten(image, registries)):
        rest = image.repository.partition("/")[2]
        yield SUFFIX_FORGOTTEN.found(
            subject=str(image),
            image=f"{image.repository}{f':{image.tag}' if image.tag else ''}",
            meant=meant,
            workload=asked.pull.workload.name or "the workload",
            corrected=str(replace(image, registry=meant, repository=rest)),
        )
        return
    hint = " A name without a host means Docker Hub." if host == DOCKER_HUB else ""
    yield NOT_ON_ACR.found(subject=str(image), host=host, image=str(image), hint=hint)


def _forgotten(image: ImageReference, registries: KnownRegistries | Unavailable) -> str:
    """The login server of the registry whose name the image begins with, empty for none."""
    if isinstance(registries, Unavailable):
        return ""
    first, slash, _ = image.repository.partition("/")
    hosts = registries.login_servers if slash else ()
    named = (host for host in hosts if first in (host.partition(".")[0], registry_name(host)))
    return next(named, "")


def _looks_like_acr(host: str) -> bool:
    end = ".".join(host.split(".")[-2:])
    return "azurecr" in host or difflib.SequenceMatcher(None, end, SUFFIX).ratio() >= ALIKE


CHECKS = (name_is_valid, names_a_registry)
