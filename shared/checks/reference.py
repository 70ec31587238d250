"""Does the image's name lead to an Azure Container Registry at all?"""

import difflib
from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import check
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import LoginServerAddress
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.images import DOCKER_HUB

EVERYTHING = ("network.", "credentials.", "auth.", "existence.", "capacity.")
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


@check("reference.on_acr", MISSPELT, NOT_ON_ACR)
def names_a_registry(asked: Asked, address: LoginServerAddress | Unavailable) -> Iterable[Finding]:
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
    hint = " A name without a host means Docker Hub." if host == DOCKER_HUB else ""
    yield NOT_ON_ACR.found(subject=str(image), host=host, image=str(image), hint=hint)


def _looks_like_acr(host: str) -> bool:
    end = ".".join(host.split(".")[-2:])
    return "azurecr" in host or difflib.SequenceMatcher(None, end, SUFFIX).ratio() >= ALIKE


CHECKS = (names_a_registry,)
