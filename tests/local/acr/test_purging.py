"""What `acr purge` takes: every trap of its filters, and what it spares."""

from datetime import timedelta

import pytest

from local.azure import actions, cleaning
from local.azure.contents.purging import PurgeError, parse_ago, parse_purge, parse_task
from local.azure.world import World
from local.estates import loads


def world_of(repositories: str) -> World:
    text = f"""
subscriptions: [{{name: production}}]
registries:
  - name: fabrikam
    sku: Premium
    repositories: {repositories}
"""
    return World(loads(text))


def tagged(*pairs: tuple[str, str], name: str = "app") -> str:
    images = ", ".join(f"{{tags: ['{tag}'], age: {age}}}" for tag, age in pairs)
    return f"{{name: {name}, images: [{images}]}}"


def taken(world: World, command: str) -> list[str]:
    return sorted(cleaning.purge(world, "fabrikam", f"acr purge {command}").tags)


def test_a_tag_expression_is_searched_not_matched() -> None:
    world = world_of(f"[{tagged(('v1', 'P9D'), ('v10', 'P9D'), ('dev-13', 'P9D'))}]")
    assert taken(world, "--filter app:v1 --ago 1d --dry-run") == ["app:v1", "app:v10"]
    assert taken(world, "--filter 'app:v.*' --ago 1d --dry-run") == [
        "app:dev-13",
        "app:v1",
        "app:v10",
    ]
    assert taken(world, "--filter 'app:^v1$' --ago 1d --dry-run") == ["app:v1"]


def test_an_alternative_of_repositories_is_anchored_at_its_ends_only() -> None:
    names = ("app", "app2", "web", "myweb", "other")
    repositories = ", ".join(tagged(("t", "P9D"), name=name) for name in names)
    world = world_of(f"[{repositories}]")
    assert taken(world, "--filter 'app|web:.*' --ago 1d") == [
        "app2:t",
        "app:t",
        "myweb:t",
        "web:t",
    ]


def test_a_filter_is_split_at_its_last_colon() -> None:
    order = parse_purge("acr purge --filter 'a:b:c'")
    assert order.filters == (("a:b", "c"),)


def test_filters_of_one_repository_share_what_is_kept() -> None:
    world = world_of(f"[{tagged(('a1', 'P9D'), ('a2', 'P8D'), ('b1', 'P7D'), ('b2', 'P6D'))}]")
    order = "--filter 'app:^a' --filter 'app:^b' --ago 1d --keep 2"
    assert taken(world, order) == ["app:a1", "app:a2"]


def test_young_tags_do_not_count_as_kept() -> None:
    world = world_of(f"[{tagged(('new', 'PT1H'), ('old1', 'P5D'), ('old2', 'P9D'))}]")
    assert taken(world, "--filter 'app:.*' --ago 2d --keep 1") == ["app:old2"]


@pytest.mark.parametrize("lock", ["delete_enabled", "write_enabled"])
def test_either_lock_spares_a_tag_unless_locks_are_included(lock: str) -> None:
    world = world_of(f"[{tagged(('v1', 'P9D'))}]")
    actions.lock(world, "fabrikam/app:v1", **{lock: False})
    assert taken(world, "--filter 'app:.*' --ago 1d") == []
    assert taken(world, "--filter 'app:.*' --ago 1d --include-locked") == ["app:v1"]


def test_tags_go_without_manifests_and_manifests_go_without_tags() -> None:
    images = "[{tags: [v1], age: P9D}, {name: loose, age: P9D}]"
    for flag, tags, manifests in (("", 1, 0), ("--untagged", 1, 2), ("--untagged-only", 0, 1)):
        world = world_of(f"[{{name: app, images: {images}}}]")
        done = cleaning.purge(world, "fabrikam", f"acr purge --filter 'app:.*' --ago 1d {flag}")
        assert (len(done.tags), len(done.manifests)) == (tags, manifests)


def test_children_of_an_index_are_spared_but_not_by_old_versions() -> None:
    images = "[{tags: [v1], age: P9D, platforms: [linux/amd64, linux/arm64]}]"
    world = world_of(f"[{{name: app, images: {images}}}]")
    order = "acr purge --untagged-only --ago 1d --dry-run"
    assert cleaning.purge(world, "fabrikam", order).manifests == []
    assert len(cleaning.purge(world, "fabrikam", order, spare_children=False).manifests) == 2


def test_a_dry_run_changes_nothing() -> None:
    world = world_of(f"[{tagged(('v1', 'P9D'))}]")
    assert taken(world, "--filter 'app:.*' --dry-run") == ["app:v1"]
    assert "v1" in world.contents["fabrikam"].repositories["app"].tags


def test_an_untag_is_recorded_as_one() -> None:
    world = world_of(f"[{tagged(('v1', 'P9D'))}]")
    cleaning.purge(world, "fabrikam", "acr purge --filter 'app:.*' --untagged")
    assert [(each.kind, each.tag) for each in world.operations] == [("untag", "v1"), ("delete", "")]


def test_a_task_may_name_the_image_or_an_alias() -> None:
    text = """
version: v1.1.0
alias:
  values:
    clean: acr purge --filter 'app:.*'
steps:
  - cmd: $clean --ago 30d
  - cmd: mcr.microsoft.com/acr/acr-cli:0.19 purge --untagged-only --ago=2d3h
  - cmd: docker build .
  - build: -t x .
"""
    first, second = parse_task(text)
    assert first.ago == timedelta(days=30)
    assert (second.untagged_only, second.ago) == (True, timedelta(days=2, hours=3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2d3h6m", timedelta(days=2, hours=3, minutes=6)),
        ("0d", timedelta()),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_duration_may_have_days(text: str, expected: timedelta) -> None:
    assert parse_ago(text) == expected


@pytest.mark.parametrize(
    "command",
    ["acr build .", "acr purge --filter app", "acr purge --filter 'app:('", "acr purge --ago x"],
)
def test_what_is_no_purge_is_refused(command: str) -> None:
    with pytest.raises(PurgeError):
        parse_purge(command)


def test_retention_takes_docker_manifests_untagged_since_it_began() -> None:
    images = """[
      {name: long-ago, untaggedFor: P200D, age: P300D},
      {name: due, untaggedFor: P8D, age: P300D},
      {name: not-yet, untaggedFor: P2D, age: P300D},
      {name: oci, media: oci, untaggedFor: P8D, age: P300D},
      {name: locked, untaggedFor: P8D, age: P300D, locks: {deleteEnabled: false}},
      {tags: [v1], platforms: [linux/amd64, linux/arm64], age: P300D}]"""
    world = world_of(f"[{{name: app, images: {images}}}]")
    assert world.run_retention() == []
    world.registry("fabrikam").policies.retention.status = "Enabled"
    assert [each.kind for each in world.run_retention()] == ["retention"]
