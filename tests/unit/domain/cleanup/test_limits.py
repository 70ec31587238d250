"""`--min-...` and `--max-...`: counted from the newest on, whatever is locked or young."""

import pytest

from tests.unit.domain.cleanup.things import (
    LOCKED,
    OCI_INDEX,
    manifest,
    manifests_of,
    purge,
    repository,
    tag,
)

TAGS = (tag("a", 1), tag("b", 5), tag("c", 10), tag("d", 20, lock=LOCKED), tag("e", 40))
ONLY = "acr purge --untagged-only"


def taken(flags: str) -> str:
    found = purge(f"acr purge --filter 'app:.*' {flags}", repository("app", TAGS))
    return " ".join(name.removeprefix("app:") for name in found.tags)


@pytest.mark.parametrize(
    ("flags", "gone"),
    [
        ("--max-tags 5", ""),
        ("--max-tags 3", "e"),
        ("--max-tags 2", "c e"),
        ("--max-tags 0", "a b c e"),
        ("--max-tags 2 --include-locked", "c d e"),
        ("--ago 7d --min-tags 0", "c e"),
        ("--ago 7d --min-tags 3", "e"),
        ("--ago 7d --min-tags 4", "e"),
        ("--ago 7d --min-tags 5", ""),
        ("--ago 7d --max-tags 1", "b c e"),
        ("--ago 30d --max-tags 4", "e"),
        ("--ago 7d --min-tags 4 --max-tags 4", "e"),
        ("--ago 1d --min-tags 2 --max-tags 3", "c e"),
        ("--ago 7d", "c e"),
    ],
)
def test_tags(flags: str, gone: str) -> None:
    assert taken(flags) == gone


def test_only_matching_tags_have_a_rank() -> None:
    found = purge("acr purge --filter 'app:[ce]' --max-tags 1", repository("app", TAGS))
    assert found.tags == ("app:e",)


HELD = (
    manifest("a", 1),
    manifest("b", 5),
    manifest("c", 10, lock=LOCKED),
    manifest("d", 20),
    manifest("e", None),
)


@pytest.mark.parametrize(
    ("flags", "gone"),
    [
        ("--max-untagged-manifests 5", ""),
        ("--max-untagged-manifests 3", "d"),
        ("--max-untagged-manifests 1", "b d"),
        ("--max-untagged-manifests 1 --include-locked", "b c d"),
        ("--ago 3d --min-untagged-manifests 2", "d"),
        ("--ago 3d --min-untagged-manifests 0", "b d"),
        ("--ago 7d --min-untagged-manifests 1 --max-untagged-manifests 1", "b d"),
    ],
)
def test_manifests(flags: str, gone: str) -> None:
    assert manifests_of(f"{ONLY} {flags}", *HELD) == gone


def test_an_index_that_stays_keeps_its_children_and_nothing_goes_instead() -> None:
    held = (
        manifest("i", 1, OCI_INDEX, children=["child"]),
        manifest("child", 30),
        manifest("x", 20),
    )
    assert manifests_of(f"{ONLY} --max-untagged-manifests 1", *held) == "x"
    assert manifests_of(f"{ONLY} --max-untagged-manifests 0", *held) == "child i x"


def test_a_locked_index_with_a_tag_keeps_its_children_here() -> None:
    held = (
        manifest("i", 90, OCI_INDEX, children=["c"], tags=["v1"], lock=LOCKED),
        manifest("c", 90),
        manifest("d", 90),
    )
    assert manifests_of(f"{ONLY} --max-untagged-manifests 0", *held) == "d"
    assert manifests_of(ONLY, *held) == "c d", "and none without a limit"


def test_limits_of_tags_leave_manifests_to_their_age() -> None:
    contents = repository("app", TAGS, [manifest("old", 40), manifest("young", 1)])
    found = purge("acr purge --filter 'app:.*' --max-tags 9 --ago 7d --untagged", contents)
    assert found.manifests == ("app@old",)
    found = purge("acr purge --filter 'app:.*' --max-tags 9 --untagged", contents)
    assert found.manifests == ("app@old", "app@young")


def test_a_release_that_knows_them_may_be_named() -> None:
    command = "mcr.microsoft.com/acr/acr-cli:0.20 purge --filter 'app:.*' --max-tags 3"
    found = purge(command, repository("app", TAGS))
    assert found.tags == ("app:e",)
