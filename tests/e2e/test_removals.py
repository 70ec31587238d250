"""Every way to lose a deployed image, and what only looks like one: the right alarm, once, or none.

The rows are operations and the events that they make (event-schema-container-registry and
container-registry-webhook-reference): most removals make none. Where no document says whether an
operation makes an event, both are tested.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.stack import Stack
from local.story.scene import readable
from shared.adapters.store import Store
from shared.domain.incidents import Incident
from shared.domain.words import origin
from tests.e2e.conftest import SETTINGS
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
HEAD = "HEAD /v2/{repository}/manifests/{reference}"
ESTATE = Path(__file__).with_name("removals.yaml")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("removals")
    async with Live.on(Stack(state, estate=ESTATE, settings=SETTINGS)) as running:
        await running.swept()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def before(live: Live) -> int:
    await live.idle()  # mail may come after the card that the test before waited for
    return await live.newest()


async def events(live: Live) -> int:
    """How many deliveries of events there were."""
    return len((await live.stack.control.show("deliveries"))["attempts"])


async def settled(live: Live) -> None:
    """Two periods of the watch, and all that follows."""
    for _ in range(2):
        await live.watched()
        await live.idle()


async def told_once(
    live: Live, repository: str, *words: str, after: int, outcome: str = "FAIL"
) -> str:
    """The one card about a repository, whatever looks at it afterwards."""
    card = readable(await live.card(outcome, repository, *words, after=after))
    await settled(live)
    cards = await live.cards(f"{repository}:1.0")
    assert len([one for one in cards if one.number > after]) == 1
    return card


async def incident_of(live: Live, subject: str) -> Incident:
    """The open incident of a subject, as it is stored."""
    async with live.tables() as tables:
        found = await Store.on(tables).incidents.open()
    return next(one for one in found if one.finding.subject == subject)


async def nothing_told(live: Live, after: int) -> None:
    await settled(live)
    assert await live.newest() == after


async def test_delete_by_tag_takes_every_tag_and_its_event_names_none(
    live: Live, before: int
) -> None:
    await live.do("delete", image="wharf/by-tag:1.0", by="skipper")
    card = await told_once(live, "by-tag", "skipper", after=before)
    assert "stable died with it" in card, "the index knew the digest's tags"


async def test_delete_by_digest(live: Live, before: int) -> None:
    digest = (await live.ask(image="wharf.azurecr.io/by-digest:1.0"))[0]
    assert digest["outcome"] < 3
    found = await live.do("import", image="wharf/by-digest:copy", source="wharf/by-digest:1.0")
    await live.do("delete", image=f"wharf/by-digest@{found['digest']}", by="skipper")
    card = await told_once(live, "by-digest", "skipper", after=before)
    assert "The manifest itself was deleted" in card


async def test_delete_of_a_whole_repository(live: Live, before: int) -> None:
    await live.do("delete-repository", image="wharf/whole", by="skipper")
    await live.card("FAIL", "There is no repository whole", after=before)
    await settled(live)
    assert len(await live.cards("There is no repository whole")) == 1


async def test_an_untag_makes_no_event_and_the_log_says_who_it_was(live: Live, before: int) -> None:
    count = await events(live)
    await live.do("untag", image="wharf/untagged:1.0", by="skipper")
    assert await events(live) == count
    await live.watched()
    card = await told_once(live, "untagged", after=before)
    assert "skipper@wharf.onmicrosoft.com removed the tag from 203.0.113.10" in card
    assert "az acr import --name wharf --source wharf.azurecr.io/untagged@sha256:" in card


async def test_a_purge_of_tags_makes_no_event_and_is_named_as_one(live: Live, before: int) -> None:
    count = await events(live)
    await live.do("run-task", registry="wharf", task="low-tide")
    assert await events(live) == count
    await live.watched()
    card = await told_once(live, "purged", after=before)
    assert "acr purge (acr-cli)" in card
    assert "task/low-tide" in card
    assert "of the task low-tide" in card, "its run is known"


async def test_a_purge_of_manifests_too_is_told_once(live: Live, before: int) -> None:
    count = await events(live)
    await live.do("run-task", registry="wharf", task="flood")
    await told_once(live, "flooded", after=before)
    assert await events(live) > count


async def test_a_push_over_a_tag_is_no_removal(live: Live, before: int) -> None:
    await live.do("push", image="wharf/moved:1.0", by="skipper")
    await nothing_told(live, before)
    found = (await live.ask(image="wharf.azurecr.io/moved:1.0"))[0]
    assert found["root"]["code"] == "EXISTENCE_TAG_MOVED"


async def test_a_push_of_another_tag_is_nothing(live: Live, before: int) -> None:
    await live.do("push", image="wharf/pushed:2.0", by="skipper")
    await nothing_told(live, before)


@pytest.mark.parametrize(("told", "repository"), [((), "kept"), (("restore",), "told")])
async def test_soft_delete_and_restore_whether_or_not_a_restore_makes_an_event(
    live: Live, before: int, told: tuple[str, ...], repository: str
) -> None:
    await live.do("undocumented-events", told=told)
    deleted = await live.do("delete", image=f"attic/{repository}:1.0", by="skipper")
    card = await told_once(live, repository, "can be restored", after=before)
    assert f"az acr manifest restore --registry attic --name {repository}:1.0" in card
    await live.do("restore", image=f"attic/{repository}:1.0", digest=deleted["digest"])
    await live.watched()
    await live.card("RESOLVED", repository, after=before)


@pytest.mark.parametrize("told", [(), ("retention",)], ids=["silent", "told"])
async def test_retention_takes_a_pinned_digest_whether_or_not_it_makes_an_event(
    live: Live, before: int, told: tuple[str, ...]
) -> None:
    if told:  # bring it back first
        await live.do("undo")
        await live.watched()
        await live.card("RESOLVED", "silent", after=before)
        before = await live.newest()
    await live.do("undocumented-events", told=told)
    await live.do("retention")
    if not told:
        await live.watched()
    card = readable(await live.card("FAIL", "sieve.azurecr.io/silent@sha256:", after=before))
    assert "is pinned to this digest" in card
    await settled(live)
    cards = await live.cards("FAIL", "silent@sha256:")
    assert len([one for one in cards if one.number > before]) == 1


async def test_an_import_brings_a_lost_image_back_as_the_card_says(live: Live, before: int) -> None:
    await live.do("undocumented-events")
    await live.do("delete", image="wharf/copied:1.0", by="skipper")
    card = await told_once(live, "copied", after=before)
    assert "az acr import --name wharf --source spare.azurecr.io/copied@sha256:" in card
    await live.do("import", image="wharf/copied:1.0", source="spare/copied:1.0")
    await live.watched()
    await live.card("RESOLVED", "copied", after=before)


async def test_quarantine_is_not_taken_for_a_missing_tag(live: Live, before: int) -> None:
    await live.do("quarantine", image="lazaret/held:1.0", on=True)
    await nothing_told(live, before)
    found = (await live.ask(image="lazaret.azurecr.io/held:1.0"))[0]
    assert found["root"]["code"] == "EXISTENCE_QUARANTINED"
    await live.card("FAIL", "held:1.0 is in quarantine", after=before)
    await live.do("quarantine", image="lazaret/held:1.0", on=False)
    await live.card("RESOLVED", "held", after=before)


async def test_a_deletion_that_every_replica_tells_of_is_told_once(live: Live, before: int) -> None:
    await live.do("deliveries", perReplica=True, duplicates=1.0)
    await live.do("delete", image="twin/mirrored:1.0", by="skipper")
    await told_once(live, "mirrored", after=before)
    await live.do("push", image="twin/mirrored:1.0")
    await live.card("RESOLVED", "mirrored", after=before)
    await live.do("deliveries")
    await live.idle()
    assert len(await live.cards("RESOLVED", "mirrored")) == 1


async def test_what_is_only_hidden_from_lists_is_no_alarm_and_no_job(
    live: Live, before: int
) -> None:
    await live.do("lock", image="wharf/hidden:1.0", listEnabled=False)
    await live.do("reset-requests")
    await nothing_told(live, before)
    asked = (await live.stack.control.show("requests"))["hosts"]["wharf.azurecr.io"]
    assert asked.keys() == {"GET /acr/v1/{repository}/_manifests", HEAD}
    assert asked[HEAD] == 2, "one request a period, for the one that the listing does not show"
    await live.do("untag", image="wharf/hidden:1.0", by="skipper")
    await live.watched()
    await live.card("FAIL", "hidden", after=before)


async def test_a_registry_that_is_not_reached_is_no_alarm_of_missing_images(
    live: Live, before: int
) -> None:
    await live.do("unreachable", host="spare.azurecr.io", how="refused")
    await live.watched()
    await live.idle()
    assert await live.newest() == before
    await live.do("unreachable", host="spare.azurecr.io", how="fine")


async def test_event_watch_and_log_of_one_deletion_make_one_incident(
    live: Live, before: int
) -> None:
    await live.do("deliveries", duplicates=1.0, shuffle=0.3)
    await live.do("delete", image="wharf/thrice:1.0", by="skipper")
    await live.watched()
    await told_once(live, "thrice", after=before)
    await live.do("deliveries")


async def test_who_it_was_is_told_once_when_the_log_comes_late(live: Live, before: int) -> None:
    await live.do("log-lag", seconds=3600)
    await live.do("untag", image="wharf/late:1.0", by="skipper")
    await live.watched()
    first = readable(await live.card("FAIL", "late:1.0", after=before))
    assert "skipper" not in first
    await settled(live)
    await live.do("log-lag", seconds=0)
    await live.watched()
    await live.idle()
    await settled(live)
    incident = await incident_of(live, "wharf.azurecr.io/late:1.0")
    assert "removed" in origin(incident.cause)
    assert "untagged on" in incident.finding.explanation
    assert "skipper@wharf.onmicrosoft.com from 203.0.113.10" in incident.finding.explanation
    assert incident.told.updates == 1, "its card waits a minute for other updates"


async def test_what_only_a_rollback_needs_is_a_warning_for_the_report(
    live: Live, before: int
) -> None:
    await live.do("delete", image="wharf/rolled:1.0", by="skipper")
    await live.idle()
    await nothing_told(live, before)
    page = (await live.call("GET", "/")).text
    assert "needed for a rollback only" in page


async def test_a_cron_job_between_two_runs_is_told_at_once_with_when_it_bites(
    live: Live, before: int
) -> None:
    await live.do("delete", image="wharf/nightly:1.0", by="skipper")
    card = await told_once(live, "nightly", after=before, outcome="WARN")
    assert "none in use now: the next start, scale-up or scheduled run pulls it and fails" in card


async def test_a_slot_is_told_at_once_with_when_it_bites(live: Live, before: int) -> None:
    await live.do("delete", image="wharf/staged:1.0", by="skipper")
    card = await told_once(live, "staged", "quay/staging", after=before, outcome="WARN")
    assert "none in use now: the slot's next restart pulls it and fails" in card


async def test_a_child_of_an_index_that_vanishes_is_found_by_the_watch(
    live: Live, before: int
) -> None:
    await live.do("corrupt", image="wharf/family:1.0")
    await live.watched()
    card = readable(await live.card("FAIL", "family:1.0 is an index", after=before))
    assert "is gone" in card
    await settled(live)
    assert len(await live.cards("FAIL", "family:1.0 is an index")) == 1
