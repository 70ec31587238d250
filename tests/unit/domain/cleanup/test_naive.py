"""The naive model itself, on examples worked out by hand from the rules."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.domain.cleanup.naive import Holding, naive_purge

NOW = datetime(2026, 9, 1, tzinfo=UTC)
YOUNG, OLD, OLDER, OLDEST = "2026-08-31", "2026-05-03", "2026-05-02", "2026-05-01"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
IMAGE = "application/vnd.oci.image.manifest.v1+json"


def state(time: str, *locks: str) -> dict[str, Any]:
    moment = f"{time}T00:00:00Z" if len(time) == len(OLD) else time
    attributes = {lock: lock not in locks for lock in ("deleteEnabled", "writeEnabled")}
    return {"lastUpdateTime": moment, "changeableAttributes": attributes}


def tag(name: str, *locks: str, time: str = OLD, digest: str = "sha256:1") -> dict[str, Any]:
    return {"name": name, "digest": digest, **state(time, *locks)}


def manifest(
    digest: str,
    *locks: str,
    time: str = OLD,
    tags: tuple[str, ...] = (),
    children: tuple[str, ...] = (),
    media_type: str = "",
) -> dict[str, Any]:
    references = [f"sha256:{child}" for child in children]
    return {
        "digest": f"sha256:{digest}",
        "mediaType": media_type or (INDEX if children else IMAGE),
        "tags": list(tags),
        "references": references,
        **state(time, *locks),
    }


def repository(
    name: str, tags: tuple[dict[str, Any] | str, ...], *manifests: dict[str, Any]
) -> dict[str, Any]:
    full = [tag(item) if isinstance(item, str) else item for item in tags]
    return {"name": name, "tags": full, "manifests": list(manifests)}


def purge(command: str, *repositories: dict[str, Any]) -> tuple[list[str], list[str]]:
    return naive_purge({"repositories": list(repositories)}, f"acr purge {command}", NOW)


def tags_gone(command: str, *tags: dict[str, Any] | str) -> str:
    """The tags of the one repository `app` that go, and that nothing else does."""
    names, digests = purge(command, repository("app", tags))
    assert digests == []
    return " ".join(name.removeprefix("app:") for name in names)


def manifests_gone(command: str, one: dict[str, Any]) -> str:
    _, digests = purge(command, one)
    return " ".join(digest.removeprefix(f"{one['name']}@sha256:") for digest in digests)


# Rule 1: the tag part is searched


@pytest.mark.parametrize(
    ("expression", "gone"),
    [
        ("v1", "rev1 v1 v10 v100"),
        ("^v1$", "v1"),
        ("^v1", "v1 v10 v100"),
        ("v1$", "rev1 v1"),
        ("v.*", "dev-13 rev1 v1 v10 v100"),
        (".*", "1.0 1x0 dev-13 latest rev1 v1 v10 v100"),
        ("^$", ""),
        ("1.0", "1.0 1x0 v100"),
        (r"1\.0", "1.0"),
        ("[0-9]{2}", "dev-13 v10 v100"),
        (r"^dev-\d+$", "dev-13"),
        ("^dev-[0-9]+$", "dev-13"),
        ("^[^v]+$", "1.0 1x0 latest"),
        ("^v1|t$", "latest v1 v10 v100"),
        ("V1", ""),
    ],
)
def test_the_tag_part_is_searched_anywhere(expression: str, gone: str) -> None:
    tags = ("v1", "v10", "v100", "rev1", "dev-13", "latest", "1.0", "1x0")
    assert tags_gone(f"--filter 'app:{expression}' --ago 30d", *tags) == gone


# Rule 2: the repository part stands between ^ and $ as text


@pytest.mark.parametrize(
    ("expression", "hit"),
    [
        ("app", "app"),
        ("app|web", "app app2 myweb web"),
        ("(app|web)", "app web"),
        ("web|app", "app myapp team/app web web2"),
        ("app.*", "app app2"),
        (".*app", "app myapp team/app"),
        ("team/.*", "team/app"),
        ("^app$", "app"),
        ("app[0-9]", "app2"),
        ("x|eb|2", "app2 myweb web web2"),  # only the first and the last are anchored, on one side
        ("pp", ""),
    ],
)
def test_the_repository_part_is_anchored_by_its_text(expression: str, hit: str) -> None:
    names = ("app", "app2", "myapp", "web", "web2", "myweb", "team/app")
    gone, _ = purge(f"--filter '{expression}:x' --ago 1d", *(repository(n, ("x",)) for n in names))
    assert sorted(name.removesuffix(":x") for name in gone) == sorted(hit.split())


# Rule 3: the last colon; several filters are one


def test_the_last_colon_divides_a_filter() -> None:
    assert purge("--filter app:5000:v1 --ago 1d", repository("app", ("v1",))) == ([], [])
    other = repository("app:5000", ("v1", "dev"))  # no real name: it shows where the filter parts
    assert purge("--filter app:5000:v1 --ago 1d", other) == (["app:5000:v1"], [])


def test_several_filters_share_one_counter() -> None:
    tags = (tag("v1", time=OLD), tag("v2", time=OLDEST), tag("d1", time=OLDER), tag("other"))
    command = "--filter app:^v --filter app:^d --ago 30d"
    assert tags_gone(command, *tags) == "d1 v1 v2"
    assert tags_gone(f"{command} --keep 1", *tags) == "d1 v2"
    assert tags_gone(f"{command} --keep 2", *tags) == "v2"
    assert tags_gone(f"{command} --keep 3", *tags) == ""


def test_filters_are_joined_where_different_repository_parts_fit_one_repository() -> None:
    tags = (tag("v1", time=OLD), tag("d1", time=OLDER))
    both = "--filter app:^v --filter 'a.*:^d' --ago 30d --keep 1"
    assert purge(both, repository("app", tags), repository("api", tags)) == (["app:d1"], [])


def test_every_repository_has_its_own_counter() -> None:
    tags = (tag("v1", time=OLD), tag("v2", time=OLDER))
    gone, _ = purge(
        "--filter '.*:.*' --ago 1d --keep 1", repository("app", tags), repository("web", tags)
    )
    assert gone == ["app:v2", "web:v2"]


def test_one_tag_that_two_filters_name_counts_once() -> None:
    tags = (tag("v1", time=OLD), tag("v2", time=OLDER), tag("v3", time=OLDEST))
    command = "--filter app:v --filter app:v --ago 1d --keep 2"
    assert tags_gone(command, *tags) == "v3"


# Rule 4: the age


@pytest.mark.parametrize(
    ("ago", "time", "goes"),
    [
        ("30d", "2026-08-02T00:00:00Z", False),  # exactly 30 days is not older
        ("30d", "2026-08-01T23:59:59.9999999Z", True),
        ("30d", "2026-08-02T00:00:00.0000001Z", False),
        ("720h", "2026-08-01T23:59:59Z", True),
        ("2d3h6m", "2026-08-29T20:53:59Z", True),  # the limit is the 29th, 20:54
        ("2d3h6m", "2026-08-29T20:54:01Z", False),
        ("1h30m", "2026-08-31T22:29:59Z", True),
        ("1.5h", "2026-08-31T22:30:01Z", False),
        ("90m", "2026-08-31T22:29:59Z", True),
        ("1d1s", "2026-08-30T23:59:59Z", False),
        ("500ms", "2026-08-31T23:59:59.4Z", True),
        ("500ms", "2026-08-31T23:59:59.6Z", False),
        ("0s", "2026-08-31T23:59:59.9999999Z", True),
        ("0d", "2026-09-01T00:00:00Z", False),
        ("0", "2026-08-31T00:00:00Z", True),
    ],
)
def test_a_tag_goes_when_it_is_older_than_ago(ago: str, time: str, goes: bool) -> None:
    assert tags_gone(f"--filter app:v1 --ago {ago}", tag("v1", time=time)) == "v1" * goes


@pytest.mark.parametrize("ago", ["", "3", "d", "1w", "3h2d", "1d2d", "1.5d", "-1d", "1 d", "30D"])
def test_an_age_that_go_would_not_read_is_refused(ago: str) -> None:
    with pytest.raises(ValueError, match="--ago"):
        tags_gone(f"--filter app:v1 --ago '{ago}'", "v1")


# Rule 5: keep


@pytest.mark.parametrize(
    ("keep", "gone"), [(0, "v1 v2 v3"), (1, "v1 v2"), (2, "v1"), (3, ""), (6, "")]
)
def test_the_newest_candidates_are_kept(keep: int, gone: str) -> None:
    tags = (tag("v1", time=OLDEST), tag("v3", time=OLD), tag("v2", time=OLDER))
    assert tags_gone(f"--filter app:.* --ago 30d --keep {keep}", *tags) == gone


@pytest.mark.parametrize(
    "spared",
    [
        tag("v9", time=YOUNG),
        tag("new", time=OLD),
        tag("v9", "deleteEnabled"),
        tag("v9", "writeEnabled"),
    ],
    ids=["young", "not matched", "not deletable", "not writable"],
)
def test_what_is_spared_anyway_does_not_count_as_kept(spared: dict[str, Any]) -> None:
    tags = (spared, tag("v1", time=OLDER), tag("v2", time=OLDEST))
    assert tags_gone("--filter app:^v --ago 30d --keep 1", *tags) == "v2"


def test_keep_counts_across_pages() -> None:
    days = [f"2026-0{1 + day // 28}-{1 + day % 28:02}" for day in range(150)]
    tags = [tag(f"v{number:03}", time=day) for number, day in enumerate(days)]
    gone = tags_gone("--filter app:.* --ago 30d --keep 120", *tags)
    assert gone == " ".join(f"v{number:03}" for number in range(30))


def test_the_seventh_decimal_tells_which_tag_is_newer() -> None:
    tags = (
        tag("a", time="2026-05-01T00:00:00.1234561Z"),
        tag("b", time="2026-05-01T00:00:00.1234563Z"),
        tag("c", time="2026-05-01T00:00:00.1234562Z"),
    )
    assert tags_gone("--filter app:.* --ago 1d --keep 1", *tags) == "a c"


def test_of_equally_old_tags_the_first_listed_are_kept() -> None:
    assert tags_gone("--filter app:.* --ago 1d --keep 2", "a", "b", "c") == "c"


# Rule 6: locks


@pytest.mark.parametrize(
    "locks", [("deleteEnabled",), ("writeEnabled",), ("deleteEnabled", "writeEnabled")]
)
def test_either_lock_spares_a_tag(locks: tuple[str, ...]) -> None:
    tags = (tag("v1", *locks), tag("v2"))
    assert tags_gone("--filter app:.* --ago 1d", *tags) == "v2"
    assert tags_gone("--filter app:.* --ago 1d --include-locked", *tags) == "v1 v2"


def test_locked_tags_count_as_kept_when_they_are_included() -> None:
    tags = (tag("v2", "deleteEnabled", time=OLD), tag("v1", time=OLDER))
    assert tags_gone("--filter app:.* --ago 1d --keep 1", *tags) == ""
    assert tags_gone("--filter app:.* --ago 1d --keep 1 --include-locked", *tags) == "v1"


def test_the_lock_of_a_manifest_does_not_hold_its_tag() -> None:
    locked = manifest("1", "deleteEnabled", tags=("v1",))
    one = repository("app", ("v1",), locked)
    assert purge("--filter app:v1 --ago 1d --untagged", one) == (["app:v1"], [])


def test_the_lock_of_a_tag_holds_its_manifest() -> None:
    one = repository("app", (tag("v1", "writeEnabled"),), manifest("1", tags=("v1",)))
    assert purge("--filter app:v1 --ago 1d --untagged", one) == ([], [])


# Rule 7: expressions of another engine


@pytest.mark.parametrize(
    "expression",
    [
        *("v1(", "[a", "*v", r"\p{L}", "[[:digit:]]", "(?i)v1", "v{,2}", "v++", "v1*+"),
        *("[a-z-[aeiou]]", "(?=v)", r"\z", "v{2}+"),
    ],
)
def test_an_expression_that_may_mean_something_else_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="--filter"):
        tags_gone(f"--filter 'app:{expression}' --ago 1d", "v1")


def test_a_part_of_a_filter_that_is_odd_is_refused_whatever_it_would_fit() -> None:
    with pytest.raises(ValueError, match="--filter"):
        tags_gone("--filter 'app(:v1' --ago 1d", "v1")
    with pytest.raises(ValueError, match="--filter"):
        tags_gone("--filter 'other:x(' --ago 1d", "v1")


# Rules 8 and 9: manifests


def test_untagging_leaves_the_manifest() -> None:
    one = repository("app", ("v1",), manifest("1", tags=("v1",)), manifest("2"))
    assert purge("--filter app:v1 --ago 1d", one) == (["app:v1"], [])


def test_untagged_removes_what_has_no_tag_once_the_tags_are_gone() -> None:
    one = repository("app", ("v1",), manifest("1", tags=("v1",)), manifest("2"))
    assert purge("--filter app:v1 --ago 1d --untagged", one) == (
        ["app:v1"],
        ["app@sha256:1", "app@sha256:2"],
    )


def test_a_manifest_with_one_more_tag_stays() -> None:
    one = repository("app", ("v1", "prod"), manifest("1", tags=("v1", "prod")))
    assert purge("--filter app:v1 --ago 1d --untagged", one) == (["app:v1"], [])


def test_untagged_only_leaves_the_tags_alone() -> None:
    one = repository("app", ("v1",), manifest("1", tags=("v1",)), manifest("2"))
    two = repository("web", (), manifest("3"))
    for command in ("--filter 'app:.*' --ago 1d", "--filter 'app:^$'"):
        assert purge(f"{command} --untagged-only", one, two) == ([], ["app@sha256:2"])
    assert purge("--untagged-only", one, two) == ([], ["app@sha256:2", "web@sha256:3"])
    assert purge("--filter 'app:^$' --ago 0s --untagged", one, two) == ([], ["app@sha256:2"])


def test_the_prune_command_of_many_answers_removes_deployed_tags() -> None:
    """`--untagged` with `.*` does not only remove what is untagged."""
    tags = tuple(tag(f"v{n}", time=f"2026-05-0{n}", digest=f"sha256:{n}") for n in range(1, 8))
    one = repository("app", tags, *(manifest(str(n), tags=(f"v{n}",)) for n in range(1, 8)))
    assert purge("--filter 'app:.*' --ago 30d --untagged --keep 5", one) == (
        ["app:v1", "app:v2"],
        ["app@sha256:1", "app@sha256:2"],
    )


@pytest.mark.parametrize("switch", ["--untagged", "--untagged-only"])
def test_manifests_have_an_age_too(switch: str) -> None:
    one = repository("app", (), manifest("1"), manifest("2", time=YOUNG))
    assert manifests_gone(f"--filter app:^$ --ago 30d {switch}", one) == "1"
    assert manifests_gone(f"--filter app:^$ --ago 1h {switch}", one) == "1 2"


@pytest.mark.parametrize("lock", ["deleteEnabled", "writeEnabled"])
def test_a_lock_spares_a_manifest(lock: str) -> None:
    one = repository("app", (), manifest("1", lock), manifest("2"))
    assert manifests_gone("--untagged-only", one) == "2"
    assert manifests_gone("--untagged-only --include-locked", one) == "1 2"


def test_keep_spares_no_manifest() -> None:
    one = repository("app", (), manifest("1"), manifest("2"))
    assert manifests_gone("--untagged-only --keep 5", one) == "1 2"


@pytest.mark.parametrize("media_type", [LIST, INDEX])
def test_the_children_of_an_index_are_not_untagged(media_type: str) -> None:
    index = manifest("9", tags=("v1",), children=("1", "2"), media_type=media_type)
    tags = (tag("v1", digest="sha256:9"),)
    one = repository("app", tags, manifest("1"), manifest("2"), manifest("3"), index)
    assert manifests_gone("--untagged-only", one) == "3"


@pytest.mark.parametrize(
    ("holding", "gone"),
    [("all", ["9"]), ("staying", ["1", "2", "9"]), ("tagged", ["1", "2", "3", "9"])],
)
def test_which_indexes_hold_their_children_is_a_choice(holding: Holding, gone: list[str]) -> None:
    """The tagged index goes; a young one without a tag stays and holds 3."""
    index = manifest("9", tags=("v1",), children=("1", "2"))
    young = manifest("8", time=YOUNG, children=("3",))
    images = (manifest(number) for number in "123")
    one = repository("app", (tag("v1", digest="sha256:9"),), *images, index, young)
    command = "acr purge --filter app:v1 --ago 30d --untagged"
    tags, digests = naive_purge({"repositories": [one]}, command, NOW, holding=holding)
    assert tags == ["app:v1"]
    assert digests == [f"app@sha256:{digest}" for digest in gone]


@pytest.mark.parametrize(("holding", "gone"), [("all", ""), ("staying", ""), ("tagged", "1")])
def test_an_index_in_an_index_holds_too_unless_it_needs_its_own_tag(
    holding: Holding, gone: str
) -> None:
    inner, outer = manifest("8", children=("1",)), manifest("9", tags=("v1",), children=("8",))
    one = repository("app", (tag("v1", digest="sha256:9"),), manifest("1"), inner, outer)
    _, digests = naive_purge(
        {"repositories": [one]}, "acr purge --untagged-only", NOW, holding=holding
    )
    assert digests == [f"app@sha256:{digest}" for digest in gone]


def test_manifests_go_only_from_repositories_that_a_filter_names() -> None:
    one, two = (repository(name, ("v1",), manifest("2")) for name in ("app", "web"))
    assert purge("--filter app:none --ago 1d --untagged", one, two) == ([], ["app@sha256:2"])


# Rule 10 and the command line


def test_a_dry_run_removes_nothing_and_concurrency_changes_nothing() -> None:
    assert tags_gone("--filter app:v1 --ago 1d --dry-run", "v1") == ""
    assert tags_gone("--filter app:v1 --ago 1d --dry-run=false", "v1") == "v1"
    assert tags_gone("--filter app:v1 --ago 1d --concurrency 32", "v1") == "v1"


@pytest.mark.parametrize(
    "options",
    [
        r"--filter 'app:v1\.0' --ago 1d",
        r'--filter "app:v1\.0" --ago "1d"',
        r"--filter='app:v1\.0' --ago=1d",
        r'"--filter=app:v1\.0" --ago=1d --keep=0',
        r"--ago  1d --filter app:v1\\.0 --untagged=false",
        "--ago 1d\n  --filter 'app:v1[.]0'",
    ],
)
@pytest.mark.parametrize("head", ["acr purge", "mcr.microsoft.com/acr/acr-cli:0.19 purge"])
def test_one_command_has_many_spellings(head: str, options: str) -> None:
    one = {"repositories": [repository("app", ("v1.0", "v1x0"))]}
    assert naive_purge(one, f"{head} {options}", NOW) == (["app:v1.0"], [])


def test_without_quotes_a_backslash_is_lost() -> None:
    assert tags_gone(r"--filter app:v1\.0 --ago 1d", "v1.0", "v1x0") == "v1.0 v1x0"


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--ago 1d",
        "--filter app:v1",
        "--filter app --ago 1d",
        "--filter app: --ago 1d",
        "--filter :v1 --ago 1d",
        "--filter app:v1 --ago 1d --keep x",
        "--filter app:v1 --ago 1d --keep -1",
        "--filter app:v1 --ago",
        "--filter 'app:v1 --ago 1d",
        "--filter app:v1 --ago 1d --untagged=perhaps",
        "--filter app:v1 --ago 1d --everything",
        "--filter app:v1 --ago 1d and more",
    ],
)
def test_a_command_that_the_rules_do_not_know_is_refused(options: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        tags_gone(options, "v1")
    with pytest.raises(ValueError, match=r".+"):
        naive_purge({"repositories": []}, "acr build .", NOW)
