"""What holds of every registry and every command, hostile ones too."""

import base64
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.cleanup import (
    Attributes,
    CleanupPlan,
    CleanupTask,
    ManifestEntry,
    Purge,
    RefusedError,
    RegistryContents,
    RepositoryContents,
    RetentionPolicy,
    TagEntry,
    doomed,
    foretell,
    lint,
    parse_purge,
    read_encoded_task,
    read_task,
)
from tests.unit.domain.cleanup.things import (
    DOCKER,
    DOCKER_LIST,
    NOW,
    OCI,
    OCI_ARTIFACT,
    OCI_INDEX,
    ago,
)

MANY = settings(max_examples=200, deadline=None)
REPOSITORY_NAMES = ["app", "app2", "web", "myweb"]
TAG_NAMES = ["v1", "v2", "v10", "dev-1", "latest", "1.0", "v2-rc", "x"]
DIGESTS = [f"sha256:{letter}" for letter in "abcdefgh"]
KINDS = [DOCKER, DOCKER_LIST, OCI, OCI_INDEX, OCI_ARTIFACT, ""]


def registry(seed: int) -> RegistryContents:
    """Any registry. A seed draws a hundred times faster than hypothesis draws each part."""
    dice = Random(seed)  # noqa: S311 - test data
    return RegistryContents(tuple(_repository(dice, name) for name in REPOSITORY_NAMES))


def _repository(dice: Random, name: str) -> RepositoryContents:
    names = dice.sample(TAG_NAMES, dice.randrange(9))
    digests = dice.sample(DIGESTS, dice.randrange(9))
    return RepositoryContents(
        name,
        tuple(TagEntry(each, dice.choice(DIGESTS), _time(dice), _locks(dice)) for each in names),
        tuple(_manifest(dice, digest) for digest in digests),
    )


def _manifest(dice: Random, digest: str) -> ManifestEntry:
    return ManifestEntry(
        digest,
        dice.choice(KINDS),
        None if dice.random() < 0.1 else _time(dice),
        tuple(dice.sample(TAG_NAMES, dice.randrange(2))),
        tuple(dice.sample(DIGESTS, dice.randrange(3))),
        dice.choice(["", "", "", *DIGESTS]),
        _locks(dice),
    )


def _time(dice: Random) -> datetime:
    return ago(dice.choice([0, 1, 7, 30, dice.uniform(-2, 60)]))


def _locks(dice: Random) -> Attributes:
    return Attributes(dice.random() > 0.15, dice.random() > 0.15)


REGISTRIES = st.integers(0, 2**32).map(registry)
FILTERS = st.builds(
    "{}:{}".format,
    st.sampled_from(["app", "app|web", "(app|web)", ".*", "ap.", "*", "x"]),
    st.sampled_from([".*", "v1", "^v1$", "v", "^$", "v1|dev", "^(?!v)", "1.0", "[0-9]$"]),
)
PURGES = st.builds(
    Purge,
    filters=st.lists(FILTERS, min_size=1, max_size=3).map(tuple),
    ago=st.floats(-1, 40).map(lambda days: timedelta(days=days)),
    keep=st.integers(0, 5),
    untagged=st.booleans(),
    include_locked=st.booleans(),
    version=st.sampled_from(["", "0.5", "0.8", "0.11", "0.17", "0.18"]),
)


@MANY
@given(PURGES, REGISTRIES)
def test_only_what_is_there_goes_once_and_sorted(purge: Purge, held: RegistryContents) -> None:
    found = doomed(purge, held, NOW)
    tags = {f"{r.name}:{t.name}" for r in held.repositories for t in r.tags}
    manifests = {f"{r.name}@{m.digest}" for r in held.repositories for m in r.manifests}
    assert tags.issuperset(found.tags)
    assert manifests.issuperset(found.manifests)
    assert list(found.tags) == sorted(set(found.tags))
    assert list(found.manifests) == sorted(set(found.manifests))


@MANY
@given(PURGES, REGISTRIES)
def test_what_is_locked_stays_without_include_locked(purge: Purge, held: RegistryContents) -> None:
    if purge.include_locked:
        return
    found = doomed(purge, held, NOW)
    locked = {
        f"{r.name}:{t.name}" for r in held.repositories for t in r.tags
        if t.changeable_attributes.locked
    } | {
        f"{r.name}@{m.digest}" for r in held.repositories for m in r.manifests
        if m.changeable_attributes.locked
    }  # fmt: skip
    assert not locked.intersection(found.tags + found.manifests)


@MANY
@given(PURGES, REGISTRIES)
def test_the_more_is_kept_the_fewer_tags_go(purge: Purge, held: RegistryContents) -> None:
    taken = [set(_tags(purge, keep, held)) for keep in range(6)]
    assert all(more >= fewer for more, fewer in pairwise(taken))


def _tags(purge: Purge, keep: int, held: RegistryContents) -> tuple[str, ...]:
    kept = Purge(filters=purge.filters, ago=purge.ago, keep=keep)
    return doomed(kept, held, NOW).tags


@MANY
@given(PURGES, REGISTRIES)
def test_keep_counts_per_repository(purge: Purge, held: RegistryContents) -> None:
    for repository in held.repositories:
        alone = RegistryContents((repository,))
        all_of_it = len(_tags(purge, 0, alone))
        assert len(_tags(purge, 2, alone)) == max(0, all_of_it - 2)


@MANY
@given(PURGES, REGISTRIES)
def test_the_older_it_must_be_the_fewer_go(purge: Purge, held: RegistryContents) -> None:
    def taken(days: float) -> set[str]:
        given = Purge(filters=purge.filters, ago=timedelta(days=days))
        return set(doomed(given, held, NOW).tags)

    assert taken(0) >= taken(10) >= taken(30) >= taken(100)


@MANY
@given(PURGES, REGISTRIES)
def test_a_tagged_manifest_never_goes(purge: Purge, held: RegistryContents) -> None:
    found = doomed(purge, held, NOW)
    if found.refused:
        return
    gone = set(found.tags)
    staying = {
        f"{r.name}@{t.digest}"
        for r in held.repositories
        for t in r.tags
        if f"{r.name}:{t.name}" not in gone
    }
    assert not staying.intersection(found.manifests)


@MANY
@given(PURGES, REGISTRIES)
def test_tags_do_not_depend_on_the_order_of_the_repositories(
    purge: Purge, held: RegistryContents
) -> None:
    turned = RegistryContents(held.repositories[::-1])
    assert doomed(purge, held, NOW) == doomed(purge, turned, NOW)


@MANY
@given(PURGES, REGISTRIES, st.integers(0, 9))
def test_foresight_takes_each_thing_once_and_in_order(
    purge: Purge, held: RegistryContents, days: int
) -> None:
    command = _written(purge)
    tasks = (CleanupTask("a", True, ("0 3 * * *",), (command,)),)
    found = foretell(CleanupPlan(tasks, RetentionPolicy(days)), held, NOW).losses
    things = [(loss.repository, loss.tag or loss.digest, bool(loss.tag)) for loss in found]
    assert len(set(things)) == len(things)
    assert [loss.at for loss in found] == sorted(loss.at for loss in found)
    assert all(NOW <= loss.at <= NOW + timedelta(days=7) for loss in found)


@MANY
@given(PURGES, REGISTRIES)
def test_foresight_of_the_next_run_is_what_is_doomed_then(
    purge: Purge, held: RegistryContents
) -> None:
    at = NOW + timedelta(hours=15)
    tasks = (CleanupTask("a", True, ("0 3 * * *",), (_written(purge),)),)
    found = foretell(CleanupPlan(tasks), held, NOW, timedelta(hours=24)).losses
    expected = doomed(parse_purge(_written(purge)), held, at)
    if not expected.refused:
        tags = sorted(f"{loss.repository}:{loss.tag}" for loss in found if loss.tag)
        manifests = sorted(f"{loss.repository}@{loss.digest}" for loss in found if not loss.tag)
        assert (tuple(tags), tuple(manifests)) == (expected.tags, expected.manifests)


def _written(purge: Purge) -> str:
    program = f"mcr.microsoft.com/acr/acr-cli:{purge.version}" if purge.version else "acr"
    filters = " ".join(f"--filter '{text}'" for text in purge.filters)
    seconds = int((purge.ago or timedelta(0)).total_seconds())
    locked = " --include-locked" if purge.include_locked and purge.version in {"", "0.17"} else ""
    untagged = " --untagged" if purge.untagged else ""
    return f"{program} purge {filters} --ago={seconds}s --keep {purge.keep}{locked}{untagged}"


TEXTS = st.text(max_size=60) | st.text("acr purge-filtego:'\"\\$*()|{}.\n", max_size=60)
HOSTILE = TEXTS | TEXTS.map("acr purge --filter {}".format) | TEXTS.map("acr purge {}".format)


@MANY
@given(HOSTILE)
def test_no_command_does_more_than_be_refused(command: str) -> None:
    with suppress(RefusedError):
        doomed(parse_purge(command), RegistryContents((RepositoryContents("app"),)), NOW)
    with suppress(RefusedError):
        lint(command, REPOSITORY_NAMES)


@MANY
@given(TEXTS | TEXTS.map("steps:\n  - cmd: {}".format), st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_no_task_raises(text: str, values: dict[str, str]) -> None:
    found = read_task(text, values=values, schedules=[text])
    assert all(parse_purge(command) for command in found.commands)
    read_encoded_task(text, encoded_values=text)
    read_encoded_task(base64.b64encode(text.encode("utf-8", "replace")).decode())


@MANY
@given(TEXTS, TEXTS)
def test_no_plan_raises(command: str, schedule: str) -> None:
    plan = CleanupPlan((CleanupTask("t", True, (schedule, "0 3 * * *"), (command,)),))
    foretell(plan, RepositoryContents("app", (TagEntry("v1"),)), NOW)
