"""How things are said to people."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shared.domain.pulls import Cause, CauseKind
from shared.domain.words import (
    counted,
    first_command,
    first_steps,
    lasted,
    listed,
    nearer,
    origin,
    place,
)
from tests.support.alerts import DELETED
from tests.support.fakes import START

SITE = "/subscriptions/254302bc/resourceGroups/shop/providers/Microsoft.Web/sites/intranet"


def test_who_deleted_is_named_with_tool_and_tags() -> None:
    said = (
        "mallory@contoso.com deleted the manifest with the Azure CLI (azure-cli/2.68); "
        "it carried v412"
    )
    assert origin(DELETED) == said


def test_that_nobody_is_named_is_said() -> None:
    unnamed = replace(DELETED, actor="", user_agent="", tags=())
    assert origin(unnamed) == "somebody whom the event does not name deleted the manifest"


@pytest.mark.parametrize("kind", CauseKind)
def test_every_cause_has_words(kind: CauseKind) -> None:
    assert origin(Cause(kind, START))


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(seconds=61), "1 minute 1 second"),
        (timedelta(hours=2, seconds=5), "2 hours"),
        (timedelta(days=3, hours=1, minutes=9), "3 days 1 hour"),
    ],
)
def test_a_duration_is_its_two_largest_parts(span: timedelta, said: str) -> None:
    assert lasted(span) == said


def test_counts_have_their_plural_and_thousands() -> None:
    assert counted(1, "pull") == "1 pull"
    assert counted(12_345, "pull") == "12,345 pulls"
    assert counted(2, "registry", "registries") == "2 registries"


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"


def test_a_resource_is_named_by_what_tells_it_apart() -> None:
    assert place(SITE) == "intranet (sites in resource group shop)"
    assert place("contoso.azurecr.io") == "contoso.azurecr.io"
    assert place("/subscriptions/254302bc") == "/subscriptions/254302bc"


def test_a_sentence_keeps_what_tells_resources_apart() -> None:
    assert nearer(f"403 reading {SITE}/config: needs x") == (
        "403 reading \N{HORIZONTAL ELLIPSIS}/Microsoft.Web/sites/intranet/config: needs x"
    )


@pytest.mark.parametrize(
    ("fixes", "steps", "command"),
    [
        (("az acr x", "Then"), ("az acr x",), "az acr x"),
        (("Either", "az acr x", "kubectl y"), ("Either", "az acr x"), "az acr x"),
        (("Do this", "and that"), ("Do this",), "Do this"),
        ((), (), ""),
    ],
)
def test_what_to_type_comes_first(
    fixes: tuple[str, ...], steps: tuple[str, ...], command: str
) -> None:
    assert first_steps(fixes) == steps
    assert first_command(fixes) == command
