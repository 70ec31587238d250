"""The rules of ``acr purge`` that were measured against Microsoft's own tool, each by itself."""

from datetime import timedelta

import pytest

from shared.domain.cleanup import (
    Attributes,
    RegistryContents,
    RepositoryContents,
    TagEntry,
    doomed,
    doomed_in_turn,
    parse_purge,
)
from tests.unit.domain.cleanup.things import (
    LOCKED,
    NOW,
    ago,
    manifest,
    manifests_of,
    named,
    purge,
    repository,
    tag,
    tags_of,
)


class TestTagsAreSearchedFor:
    """Rule 1."""

    @pytest.mark.parametrize(
        ("expression", "taken"),
        [
            ("v1", ["v1", "v10", "v100", "x-v1"]),
            ("^v1", ["v1", "v10", "v100"]),
            ("v1$", ["v1", "x-v1"]),
            ("^v1$", ["v1"]),
            ("v.*", ["dev-13", "v1", "v10", "v100", "x-v1"]),
            (".*", ["1.0", "dev-13", "v1", "v10", "v100", "x-v1"]),
            ("^$", []),
            ("$", ["1.0", "dev-13", "v1", "v10", "v100", "x-v1"]),
            ("1.0", ["1.0", "v100"]),
            (r"1\.0", ["1.0"]),
            (r"\d{3}", ["v100"]),
            ("[0-9]+$", ["1.0", "dev-13", "v1", "v10", "v100", "x-v1"]),
            ("^[a-z]+-", ["dev-13", "x-v1"]),
            ("(?i)^V1$", ["v1"]),
            ("V1", []),
            ("^(?:v1|1.0)$", ["1.0", "v1"]),
            ("^[[:alpha:]]+[[:digit:]]$", ["v1"]),
            (r"\bv1\b", ["v1", "x-v1"]),
            ("v1|dev", ["dev-13", "v1", "v10", "v100", "x-v1"]),
            ("v*", ["1.0", "dev-13", "v1", "v10", "v100", "x-v1"]),
            ("^(?!v)", ["1.0", "dev-13", "x-v1"]),
            ("^(?:(?!v1).)*$", ["1.0", "dev-13"]),
        ],
    )
    def test_unless_they_are_anchored(self, expression: str, taken: list[str]) -> None:
        held = named("app", "v1", "v10", "v100", "dev-13", "x-v1", "1.0")
        found = tags_of(f"acr purge --filter 'app:{expression}' --ago 1d", held)
        assert found == [f"app:{name}" for name in taken]


class TestRepositoriesAreAnchoredByConcatenation:
    """Rule 2."""

    @pytest.mark.parametrize(
        ("expression", "taken"),
        [
            ("app", ["app"]),
            ("app|web", ["app", "app2", "myweb", "web"]),
            ("(app|web)", ["app", "web"]),
            ("(?:app|web)", ["app", "web"]),
            ("ap", []),
            ("app.*", ["app", "app2"]),
            (".*", ["app", "app2", "myweb", "team/app", "team.app", "web"]),
            ("*", ["app", "app2", "myweb", "team/app", "team.app", "web"]),
            ("team.app", ["team.app", "team/app"]),
            (r"team\.app", ["team.app"]),
            ("team/.*", ["team/app"]),
            ("APP", []),
            ("(?i)APP", ["app"]),
            ("^app$", ["app"]),
            ("team|x|web", ["myweb", "team.app", "team/app", "web"]),
        ],
    )
    def test_so_that_alternatives_take_more(self, expression: str, taken: list[str]) -> None:
        names = ("app", "app2", "web", "myweb", "team/app", "team.app")
        found = tags_of(
            f"acr purge --filter '{expression}:^v1$' --ago 1d", *(named(n, "v1") for n in names)
        )
        assert found == sorted(f"{name}:v1" for name in taken)


class TestFiltersAreSplitAndJoined:
    """Rule 3."""

    def test_at_their_colon(self) -> None:
        assert tags_of("acr purge --filter team/app:v1 --ago 1d", named("team/app", "v1")) == [
            "team/app:v1"
        ]

    def test_but_not_at_that_of_a_group_or_a_class(self) -> None:
        held = named("app", "a", "b", "7")
        assert tags_of("acr purge --filter 'app:^(?:a|b)$' --ago 1d", held) == ["app:a", "app:b"]
        assert tags_of("acr purge --filter 'app:[[:digit:]]' --ago 1d", held) == ["app:7"]
        assert tags_of("acr purge --filter 'app:(?i:A)' --ago 1d", held) == ["app:a"]

    def test_several_of_a_repository_are_one(self) -> None:
        held = named("app", "a1", "b1", "c1")
        command = "acr purge --filter app:^a --filter app:^b --ago 1d"
        assert tags_of(command, held) == ["app:a1", "app:b1"]

    def test_and_share_one_keep(self) -> None:
        held = repository("app", [tag("a1", 10), tag("b1", 20), tag("a2", 30), tag("b2", 40)])
        command = "acr purge --filter app:^a --filter app:^b --ago 1d --keep 1"
        assert tags_of(command, held) == ["app:a2", "app:b1", "app:b2"]

    def test_an_expression_and_a_name_join_too(self) -> None:
        held = repository("app", [tag("a1", 10), tag("b1", 20)])
        command = "acr purge --filter app:^a --filter '.*:^b' --ago 1d --keep 1"
        assert tags_of(command, held) == ["app:b1"]

    def test_an_open_group_may_close_in_the_next_filter(self) -> None:
        held = named("app", "a", "b", "c")
        command = "acr purge --filter 'app:(a' --filter 'app:b)' --ago 1d"
        assert tags_of(command, held) == ["app:a", "app:b"]

    def test_each_repository_has_its_own_keep(self) -> None:
        held = [repository(name, [tag("v1", 10), tag("v2", 20)]) for name in ("app", "web")]
        command = "acr purge --filter '.*:.*' --ago 1d --keep 1"
        assert tags_of(command, *held) == ["app:v2", "web:v2"]


class TestAge:
    """Rule 4."""

    @pytest.mark.parametrize(
        ("span", "taken"),
        [("0d", "abcd"), ("1h", "bcd"), ("1d", "cd"), ("2d", "d"), ("3d", ""), ("-1s", "abcd")],
    )
    def test_only_what_is_older(self, span: str, taken: str) -> None:
        ages = {"a": 0.01, "b": 0.5, "c": 1.5, "d": 2.5}
        held = repository("app", [tag(name, age) for name, age in ages.items()])
        command = f"acr purge --filter 'app:.*' --ago={span}"
        assert tags_of(command, held) == [f"app:{name}" for name in taken]

    def test_exactly_that_old_is_not_older(self) -> None:
        held = repository("app", [tag("v1", 1), TagEntry("v2", "", ago(1) - timedelta.resolution)])
        assert tags_of("acr purge --filter 'app:.*' --ago 1d", held) == ["app:v2"]

    def test_a_tag_of_this_moment_goes_only_with_an_age_below_none(self) -> None:
        held = repository("app", [tag("v1", 0)])
        assert tags_of("acr purge --filter 'app:.*' --ago 0d", held) == []
        assert tags_of("acr purge --filter 'app:.*' --ago=-1s", held) == ["app:v1"]

    def test_a_hundred_and_fifty_years_take_nothing(self) -> None:
        assert tags_of("acr purge --filter 'app:.*' --ago 300000d", named("app", "v1")) == []

    def test_a_matching_tag_without_a_time_is_not_guessed_at(self) -> None:
        held = RepositoryContents("app", (TagEntry("v1"), tag("v2")))
        found = purge("acr purge --filter 'app:.*' --ago 1d", held, named("web", "v1"))
        assert found.tags == ()
        assert found.refused == ("app: the tag 'v1' has no lastUpdateTime",)
        assert tags_of("acr purge --filter 'app:^v2' --ago 1d", held) == ["app:v2"]


class TestKeep:
    """Rule 5."""

    @pytest.mark.parametrize(
        ("keep", "taken"), [(0, "abcde"), (1, "bcde"), (2, "cde"), (4, "e"), (5, ""), (99, "")]
    )
    def test_the_newest_stay(self, keep: int, taken: str) -> None:
        held = repository("app", [tag(name, 10 + at) for at, name in enumerate("abcde")])
        command = f"acr purge --filter 'app:.*' --ago 1d --keep {keep}"
        assert tags_of(command, held) == [f"app:{name}" for name in taken]

    def test_young_tags_do_not_count(self) -> None:
        held = repository("app", [tag("young", 1), tag("old", 50), tag("older", 60)])
        assert tags_of("acr purge --filter 'app:.*' --ago 30d --keep 1", held) == ["app:older"]

    def test_nor_do_tags_that_do_not_match(self) -> None:
        held = repository("app", [tag("x", 40), tag("v1", 50), tag("v2", 60)])
        assert tags_of("acr purge --filter app:^v --ago 30d --keep 1", held) == ["app:v2"]

    def test_nor_do_locked_tags(self) -> None:
        held = repository("app", [tag("v0", 40, lock=LOCKED), tag("v1", 50), tag("v2", 60)])
        assert tags_of("acr purge --filter app:^v --ago 30d --keep 1", held) == ["app:v2"]

    def test_but_they_do_with_include_locked(self) -> None:
        held = repository("app", [tag("v0", 40, lock=LOCKED), tag("v1", 50), tag("v2", 60)])
        command = "acr purge --filter app:^v --ago 30d --keep 1 --include-locked"
        assert tags_of(command, held) == ["app:v1", "app:v2"]

    def test_it_counts_across_pages(self) -> None:
        held = repository("app", [tag(f"v{at:03}", 10 + at / 1000) for at in range(350)])
        found = tags_of("acr purge --filter 'app:.*' --ago 1d --keep 120", held)
        assert found == [f"app:v{at:03}" for at in range(120, 350)]

    def test_the_order_of_the_file_does_not_matter(self) -> None:
        held = repository("app", [tag("c", 30), tag("a", 10), tag("b", 20)])
        assert tags_of("acr purge --filter 'app:.*' --ago 1d --keep 1", held) == ["app:b", "app:c"]

    def test_of_one_time_those_that_are_listed_first_stay(self) -> None:
        held = repository("app", [tag("b", 30), tag("a", 30), tag("c", 30)])
        assert tags_of("acr purge --filter 'app:.*' --ago 1d --keep 1", held) == ["app:a", "app:c"]


class TestLocks:
    """Rule 6."""

    LOCKS = (
        Attributes(delete_enabled=False),
        Attributes(write_enabled=False),
        Attributes(delete_enabled=False, write_enabled=False),
    )

    @pytest.mark.parametrize("lock", LOCKS)
    def test_either_lock_spares_a_tag(self, lock: Attributes) -> None:
        held = repository("app", [tag("v1", lock=lock), tag("v2")])
        assert tags_of("acr purge --filter 'app:.*' --ago 1d", held) == ["app:v2"]

    @pytest.mark.parametrize("lock", LOCKS)
    def test_include_locked_takes_it(self, lock: Attributes) -> None:
        held = repository("app", [tag("v1", lock=lock)])
        assert tags_of("acr purge --filter 'app:.*' --ago 1d --include-locked", held) == ["app:v1"]

    @pytest.mark.parametrize("lock", LOCKS)
    def test_a_locked_manifest_does_not_keep_its_tag(self, lock: Attributes) -> None:
        held = repository(
            "app", [tag("v1", digest="sha256:a")], [manifest("sha256:a", tags=["v1"], lock=lock)]
        )
        found = purge("acr purge --filter 'app:.*' --ago 1d --untagged", held)
        assert (found.tags, found.manifests) == (("app:v1",), ())


class TestTheEngine:
    """Rule 7."""

    @pytest.mark.parametrize(
        "expression",
        [
            "x(?=y)", "(?<=v)1", "(?<!v)1", r"(v)\1", "(?>v)", "v++", "(?#why)v", "[a-z-[aeiou]]",
            r"\Qv\E", r"\Z", r"\G", r"\p{L}", r"\k<x>", "(?(1)a|b)", "(v", "v)", "[v", "*v",
            "v{1001}", r"\_", r"\x{76}", "(?x) v", "(?U)v", "v**", "é",
        ],
    )  # fmt: skip
    def test_what_it_reads_otherwise_is_refused_by_name(self, expression: str) -> None:
        found = purge(
            f"acr purge --filter 'app:{expression}' --filter web:v1 --ago 1d",
            named("app", "v1"),
            named("web", "v1"),
        )
        assert found.tags == ("web:v1",)
        assert [reason[:5] for reason in found.refused] == ["app: "]

    def test_a_repository_side_that_is_not_known_refuses_all(self) -> None:
        command = "acr purge --filter '(?<=x)app:v1' --filter web:v1 --ago 1d"
        found = purge(command, named("web", "v1"))
        assert (found.tags, found.manifests) == ((), ())
        assert len(found.refused) == 1

    def test_a_side_that_nothing_needs_is_not_looked_at(self) -> None:
        assert tags_of("acr purge --filter '.*:(?=v)' --untagged-only", named("app", "v1")) == []
        assert purge("acr purge --filter 'other:(?=v)' --ago 1d", named("app", "v1")).refused == ()


class TestUntagging:
    """Rule 8: a purge of tags deletes no manifest by itself."""

    HELD = repository(
        "app",
        [tag("v1", digest="sha256:a"), tag("v2", 1, digest="sha256:b")],
        [
            manifest("sha256:a", tags=["v1"]),
            manifest("sha256:b", 1, tags=["v2"]),
            manifest("sha256:c"),
        ],
    )

    def test_tags_alone(self) -> None:
        found = purge("acr purge --filter 'app:.*' --ago 30d", self.HELD)
        assert (found.tags, found.manifests) == (("app:v1",), ())

    def test_untagged_takes_manifests_after_tags(self) -> None:
        found = purge("acr purge --filter 'app:.*' --ago 30d --untagged", self.HELD)
        assert found.tags == ("app:v1",)
        assert found.manifests == ("app@sha256:a", "app@sha256:c")

    def test_untagged_only_leaves_tags_alone(self) -> None:
        found = purge("acr purge --filter 'app:.*' --ago 30d --untagged-only", self.HELD)
        assert (found.tags, found.manifests) == ((), ("app@sha256:c",))

    def test_an_empty_tag_expression_is_the_old_way_to_that(self) -> None:
        found = purge("acr purge --filter 'app:^$' --ago 30d --untagged", self.HELD)
        assert (found.tags, found.manifests) == ((), ("app@sha256:c",))

    def test_untagged_only_without_filters_is_for_every_repository(self) -> None:
        found = purge("acr purge --untagged-only", self.HELD, repository("web"))
        assert found.manifests == ("app@sha256:c",)

    def test_untagged_touches_only_repositories_of_the_filters(self) -> None:
        other = repository("web", [], [manifest("sha256:z")])
        found = purge("acr purge --filter 'app:.*' --ago 30d --untagged", self.HELD, other)
        assert "web@sha256:z" not in found.manifests

    def test_a_tag_that_stays_keeps_its_manifest(self) -> None:
        tags = [tag("v1", digest="sha256:a"), tag("keep", 1, digest="sha256:a")]
        held = [manifest("sha256:a", tags=["v1", "keep"])]
        assert (
            manifests_of("acr purge --filter 'app:.*' --ago 30d --untagged", *held, tags=tags) == ""
        )

    def test_also_where_only_one_of_the_listings_tells(self) -> None:
        tags = [tag("keep", 1, digest="sha256:a")]
        command = "acr purge --filter 'app:.*' --ago 30d --untagged"
        assert manifests_of(command, manifest("sha256:a"), tags=tags) == ""
        assert manifests_of(command, manifest("sha256:a", tags=["keep"])) == ""


def test_rule_10_a_dry_run_lists_what_would_go() -> None:
    """As the tool's own listing; foresight leaves dry runs out."""
    assert tags_of("acr purge --filter 'app:.*' --ago 1d --dry-run", named("app", "v1")) == [
        "app:v1"
    ]


def test_concurrency_changes_nothing() -> None:
    held = named("app", "v1")
    for number in (-1, 0, 1, 32, 64):
        assert tags_of(f"acr purge --filter app:v --ago 1d --concurrency={number}", held)


def test_answers_are_sorted_and_whole() -> None:
    held = [named(name, "v2", "v1") for name in ("web", "app")]
    assert tags_of("acr purge --filter '.*:.*' --ago 1d", *held) == [
        "app:v1",
        "app:v2",
        "web:v1",
        "web:v2",
    ]


def test_of_nothing_nothing_goes() -> None:
    command = parse_purge("acr purge --filter '.*:.*' --ago 1d --untagged")
    assert doomed(command, RegistryContents(), NOW).tags == ()
    assert purge("acr purge --filter '.*:.*' --ago 1d --untagged", repository("app")).tags == ()


def test_commands_in_turn_find_what_is_left() -> None:
    held = repository(
        "app",
        [tag("v1", digest="sha256:a"), tag("v2", digest="sha256:b")],
        [manifest("sha256:a", tags=["v1"]), manifest("sha256:b", tags=["v2"])],
    )
    first = parse_purge("acr purge --filter app:^v1$ --ago 1d")
    second = parse_purge("acr purge --filter app:.* --untagged-only")
    found = doomed_in_turn((first, second), RegistryContents((held,)), NOW)
    assert (found.tags, found.manifests) == (("app:v1",), ("app@sha256:a",))
    assert doomed(second, RegistryContents((held,)), NOW).manifests == ()
