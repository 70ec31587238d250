"""Planted faults of which only a question tells: another registry's image, an error text."""

from local.faults.cases import Case, fault
from local.faults.catalogue.network import NOTHING
from local.faults.catalogue.reported import NOT_FOUND, OTHERS, TEXTS, Said, answer
from local.faults.edits import image, images

SITES = ("web", "slot")
"""Columns whose platform says nothing of why a pull failed: their texts come from people."""
EVERYONE = ("*-plain",)


def heard(said: Said) -> Case:
    """A text from the log of a site, given with the question."""
    names = tuple(f"{column}-{said.way}" for column in SITES)
    return fault(
        f"REPORTED_{said.cause}",
        "said by whoever asks",
        said.plant or NOTHING,
        *names,
        asked=names,
        error=said.text,
        aside=OTHERS if said.plant else (),
    )


def named(code: str, what: str, text: str) -> Case:
    """An image that is not on ACR: discovery leaves it out, whoever asks hears of it."""
    return fault(code, what, image("*-plain", text), *EVERYONE, asked=EVERYONE)


NAMES = (
    named("REFERENCE_SUFFIX_FORGOTTEN", "the registry's bare name", "plain/{name}:1"),
    named("REFERENCE_NOT_ON_ACR", "on another registry", "ghcr.io/contoso/{name}:1"),
    named("REFERENCE_NOT_ON_ACR", "on Docker Hub", "contoso/{name}:1"),
    fault(
        "REFERENCE_INVALID",
        "capital letters in the repository",
        image("*-plain", "plain.azurecr.io/Shop/{name}:1"),
        *EVERYONE,
    ),
)
LATE = fault(
    "EXISTENCE_NOT_YET_REPLICATED",
    "pushed two minutes ago, said by whoever asks",
    images("*-vault", age="PT2M"),
    "*-vault",
    asked=("*-vault",),
    error=NOT_FOUND,
)
TEXTS_OF_PEOPLE = (
    fault(
        "REPORTED_DISK_FULL_NODE",
        "said by whoever asks: it may be from another machine",
        NOTHING,
        *EVERYONE,
        asked=EVERYONE,
        error="failed to extract layer: write /var/lib/x: no space left on device",
    ),
    fault(
        "REPORTED_THROTTLED",
        "said by whoever asks: it may be from another hour",
        NOTHING,
        *EVERYONE,
        asked=EVERYONE,
        error=answer("429 Too Many Requests", "TOOMANYREQUESTS", "Too many requests."),
    ),
)
FAULTS: tuple[Case, ...] = (*NAMES, LATE, *TEXTS_OF_PEOPLE, *map(heard, TEXTS))
