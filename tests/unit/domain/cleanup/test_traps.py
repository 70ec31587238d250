"""Traps, and commands without them."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.cleanup import RefusedError, Trap, lint, parse_purge
from tests.unit.domain.cleanup.things import named, tags_of

REPOSITORIES = ("app", "app2", "web", "myweb", "team/app")
CLEAN = "acr purge --filter 'app:^v1$' --ago 30d"


def codes(command: str, in_use: tuple[str, ...] = ()) -> list[str]:
    return [trap.code for trap in lint(command, REPOSITORIES, in_use)]


def trap(command: str, code: str, in_use: tuple[str, ...] = ()) -> Trap:
    (found,) = [one for one in lint(command, REPOSITORIES, in_use) if one.code == code]
    return found


@pytest.mark.parametrize(
    "command",
    [
        CLEAN,
        "acr purge --filter 'app:.*' --ago 30d",
        "acr purge --filter 'app:.+' --ago 30d",
        "acr purge --filter 'app:^v.*' --ago 30d",
        "acr purge --filter 'app:.*-dev$' --ago 30d",
        "acr purge --filter 'app:^(a|b)$' --ago 30d",
        "acr purge --filter 'app:^a$|^b$' --ago 30d",
        "acr purge --filter '(app|web):^v1$' --ago 30d",
        "acr purge --filter '.*:^v1$' --ago 30d",
        "acr purge --filter 'app:^$' --ago 30d --untagged",
        "acr purge --filter 'app:^v1$' --ago 0d --keep 5",
        "acr purge --filter 'app:^v1$' --filter 'web:^v1$' --ago 0d --keep 5",
        "acr purge --untagged-only",
        "acr purge --untagged-only --ago 30d",
        "acr purge --filter app:v1 --untagged-only",
        "mcr.microsoft.com/acr/acr-cli:0.19 purge --filter 'app:^v1$' --ago 30d --concurrency 32",
        r"acr purge --filter 'app:^1\.2\..*' --ago 30d",
        "acr purge --filter 'app:^v[0-9]*$' --ago 30d",
        "acr purge --filter 'app:^(?!latest$)' --ago 30d",
        "acr purge --filter 'app:^v(?!1$)|^x$' --ago 30d",
        "acr purge --filter 'app:(?<!-lts)$' --ago 30d",
        "acr purge --filter 'app:.*(?<!-lts)$' --ago 30d",
    ],
)
def test_commands_without_traps(command: str) -> None:
    assert codes(command) == []


@pytest.mark.parametrize(
    ("command", "code", "corrected"),
    [
        ("acr purge --filter app:v1 --ago 1d", "UNANCHORED_TAG", "--filter 'app:^v1$' --ago 1d"),
        ("acr purge --filter 'app:^v1' --ago 1d", "UNANCHORED_TAG", "'app:^v1$' --ago 1d"),
        ("acr purge --filter 'app:v1$' --ago 1d", "UNANCHORED_TAG", "'app:^v1$' --ago 1d"),
        ("acr purge --filter 'app:v.*' --ago 1d", "UNANCHORED_TAG", "'app:^v.*' --ago 1d"),
        (
            "acr purge --filter 'app:(?!latest).*' --ago 1d",
            "UNANCHORED_TAG",
            "'app:^(?!latest).*' --ago 1d",
        ),
        (
            "acr purge --filter 'app:v.*(?<!-lts)$' --ago 1d",
            "UNANCHORED_TAG",
            "'app:^v.*(?<!-lts)$' --ago 1d",
        ),
        ("acr purge --filter 'app:a|b' --ago 1d", "UNANCHORED_TAG", "'app:^(a|b)$' --ago 1d"),
        (r"acr purge --filter 'app:v\$' --ago 1d", "UNANCHORED_TAG", r"'app:^v\$$' --ago 1d"),
        (r"acr purge --filter 'app:1\.*' --ago 1d", "UNANCHORED_TAG", r"'app:^1\.*$' --ago 1d"),
        (
            "acr purge --filter 'app|web:.*' --ago 1d",
            "REPOSITORY_ALTERNATION",
            "--filter '(app|web):.*' --ago 1d",
        ),
        (
            "acr purge --filter 'app:.*' --ago 30d --keep 5",
            "KEEP_AFTER_AGE",
            "--filter 'app:.*' --keep 5 --ago 0d",
        ),
        (
            "acr purge --filter 'app:.*' --keep 5",
            "KEEP_WITHOUT_AGO",
            "--filter 'app:.*' --keep 5 --ago 0d",
        ),
        ("acr purge --filter 'app:.*'", "NO_AGO", "--filter 'app:.*' --ago 30d"),
        (
            "acr purge --filter app:^a --filter app:^b --ago 0d --keep 5",
            "SHARED_KEEP",
            "--ago 0d --keep 5 --filter 'app:^a'",
        ),
        (
            "acr purge --filter 'app:^a' --filter 'ap.:^b' --filter 'web:^c' --ago 0d --keep 5",
            "SHARED_KEEP",
            "--ago 0d --keep 5 --filter 'app:^a' --filter 'web:^c'",
        ),
        ("acr purge --filter 'app:.*' --ago 1d --untagged", "UNTAGGED_NOT_ONLY", "--untagged-only"),
        ("acr purge --filter app:^a$ --ago 1d --include-locked", "INCLUDE_LOCKED", "--ago 1d"),
        ("acr purge --filter app:^a$ --ago 1d --dry-run", "DRY_RUN", "--ago 1d"),
        ("acr purge --filter app:^a$ --ago 1d --concurrency 64", "CONCURRENCY", "--concurrency 32"),
        ("acr purge --filter app:^a$ --ago 1d --concurrency 0", "CONCURRENCY", "--concurrency 32"),
        ("acr purge --filter 'app:v*' --ago 1d", "GLOB", "--filter 'app:^v.*' --ago 1d"),
        ("acr purge --filter 'app:*-dev' --ago 1d", "GLOB", "--filter 'app:.*-dev$' --ago 1d"),
        ("acr purge --filter '*:^v1$' --ago 1d", "GLOB", "--filter '.*:^v1$' --ago 1d"),
        ("acr purge --filter 'team/*:^v1$' --ago 1d", "GLOB", "--filter 'team/.*:^v1$' --ago 1d"),
        ("acr purge --filter 'app:v1.2*' --ago 1d", "GLOB", r"--filter 'app:^v1\.2.*' --ago 1d"),
        ("acr purge --filter app:^a$ --ago 3h2d", "ODD_AGO", "--ago 3d"),
        ("acr purge --filter app:^a$ --ago 30days", "ODD_AGO", "--ago 30d"),
        ("acr purge --filter app:^a$ --ago d", "ODD_AGO", "--ago 0d"),
        (
            "mcr.microsoft.com/acr/acr-cli:0.1 purge --filter app:^a$ --ago 1d",
            "OLD_ACR_CLI",
            "--ago 1d",
        ),
        ("acr purge --filter 'app:^$' --ago 1d --untagged --keep 3", "KEEP_UNTAGGED", "--keep 3"),
        ("acr purge --untagged-only --keep 3", "KEEP_UNTAGGED", "--untagged-only --ago 30d"),
    ],
)
def test_traps(command: str, code: str, corrected: str) -> None:
    found = trap(command, code)
    assert found.corrected.endswith(corrected)
    assert found.title
    assert found.explanation.endswith((".", ". "))
    parse_purge(found.corrected)
    assert code not in codes(found.corrected)


def test_an_alternation_names_what_else_it_takes() -> None:
    found = trap("acr purge --filter 'app|web:^v1$' --ago 1d", "REPOSITORY_ALTERNATION")
    assert "also takes app2, myweb." in found.explanation
    held = [named(name, "v1") for name in REPOSITORIES]
    assert tags_of(found.corrected, *held) == ["app:v1", "web:v1"]


def test_a_corrected_tag_takes_only_itself() -> None:
    found = trap("acr purge --filter app:v1 --ago 1d", "UNANCHORED_TAG")
    assert tags_of(found.corrected, named("app", "v1", "v10", "dev-v1")) == ["app:v1"]


@pytest.mark.parametrize("used", ["app", "app:v1", "app@sha256:0", "app:v1@sha256:0"])
def test_everything_of_a_repository_in_use(used: str) -> None:
    found = trap("acr purge --filter '.*:.*' --ago 30d", "EVERYTHING_IN_USE", (used,))
    assert "In use: app." in found.explanation
    assert parse_purge(found.corrected).dry_run
    assert codes("acr purge --filter 'web:.*' --ago 30d", (used,)) == []
    assert codes("acr purge --filter 'app:^dev-.*' --ago 30d", (used,)) == []


def test_an_old_release_is_replaced() -> None:
    command = "mcr.microsoft.com/acr/acr-cli:0.5 purge --filter app:^a$ --ago 1d"
    assert trap(command, "OLD_ACR_CLI").corrected.startswith("mcr.microsoft.com/acr/acr-cli:0.19 ")
    only = "mcr.microsoft.com/acr/acr-cli:0.17 purge --filter 'app:.*' --ago 1d --untagged"
    assert trap(only, "UNTAGGED_NOT_ONLY").corrected.startswith(
        "mcr.microsoft.com/acr/acr-cli:0.19"
    )


@pytest.mark.parametrize(
    "command", ["", "ls", "acr purge --filter a --ago 1d", "acr purge --ago 1d"]
)
def test_what_is_no_purge_has_no_traps(command: str) -> None:
    with pytest.raises(RefusedError):
        lint(command)


def test_many_names_are_counted() -> None:
    many = [f"app-{at}" for at in range(30)]
    (found,) = [
        t for t in lint("acr purge --filter 'app|web:^a$' --ago 1d", many) if "ALT" in t.code
    ]
    assert "and 20 more." in found.explanation


WORDS = ["app", "web", "v1", ".*", "^v1$", "v*", "*", "a|b", "^a|b$", "(a|b)", "1.2.*", "^$", "x$"]
SIDES = st.sampled_from(WORDS) | st.text("ab.*|^$()[]\\1-", min_size=1, max_size=8)
FLAGS = st.lists(
    st.sampled_from(
        [
            "--untagged", "--include-locked", "--dry-run", "--keep 5", "--keep -1", "--ago 30d",
            "--ago 3h2d", "--ago 0d", "--concurrency 99", "--concurrency=-1", "--ago 30days",
        ]
    ),
    max_size=5,
)  # fmt: skip
PROGRAMS = st.sampled_from(["acr", *(f"mcr.microsoft.com/acr/acr-cli:0.{v}" for v in (5, 17, 19))])


@settings(max_examples=200, deadline=None)
@given(PROGRAMS, st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=3), FLAGS)
def test_every_correction_is_a_command_without_its_trap(
    program: str, sides: list[tuple[str, str]], flags: list[str]
) -> None:
    filters = " ".join(f"--filter '{repository}:{tag}'" for repository, tag in sides)
    command = f"{program} purge {filters} {' '.join(flags)}"
    try:
        found = lint(command, REPOSITORIES, ("app:v1",))
    except RefusedError:
        return
    assert len({one.code for one in found}) == len(found)
    for one in found:
        parse_purge(one.corrected)
        assert one.code not in codes(one.corrected, ("app:v1",)), one


def test_codes_are_stable_names() -> None:
    commands = (
        "acr purge --filter 'app|web:v*' --filter app:x --ago 3h2d --keep 2 --untagged --dry-run",
        "mcr.microsoft.com/acr/acr-cli:0.1 purge --filter 'app:.*' --ago 1d --concurrency 99",
    )
    found = itertools.chain.from_iterable(codes(command, ("app",)) for command in commands)
    assert all(re.fullmatch("[A-Z_]+", code) for code in found)
