"""One repository a period: one request where nothing changed, and nothing that is missed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from shared.adapters.store.index import Entry
from shared.domain.facts.base import Observation
from shared.domain.facts.registry import Child, ImageContent, Replication, Replications
from shared.domain.facts.workload import PullIdentity
from shared.domain.findings import Outcome
from shared.domain.images import Digest
from shared.domain.pulls import CauseKind, Pull, Registry
from shared.pipeline.intake import on_registry_event
from shared.pipeline.look import compare, fingerprint, references
from shared.pipeline.on_demand import Question, ask
from shared.pipeline.settle import settle_leftovers
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import BLIND_FOR, watch
from shared.registry.base import NOTHING_KNOWN, Contents, Registries, Removed, TagListing
from tests.support.fakes import REGISTRY, START, FakeRegistry, World, digest, pull
from tests.support.stories import open_incidents, pushed, speak, work_off

PERIOD = timedelta(minutes=5)
OTHER = Registry("spare.azurecr.io", f"{REGISTRY.resource_id}spare")


class Large(FakeRegistry):
    """A repository whose listing takes ten pages."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = 10

    @property
    def requests(self) -> int:
        """Requests up to now, each page being one."""
        return self.listings * self.pages + self.stamps + len(self.asked)


async def estate(registry: FakeRegistry | None = None, *images: str) -> World:
    world = World(registry=registry or FakeRegistry())
    for number, image in enumerate(images or ("team/api:v1",)):
        world.deploy(f"w{number}", image, seed=number + 1)
    await sweep(world.services)
    await work_off(world)
    return world


async def period(world: World) -> int:
    """One period of the watch with all that follows. Returns how many jobs."""
    world.clock.pass_by(minutes=5)
    jobs = await watch(world.services)
    await work_off(world)
    return jobs


async def test_a_large_repository_that_does_not_change_costs_one_request_a_period() -> None:
    large = Large()
    world = await estate(large)
    await period(world)
    await period(world)
    for _ in range(8):
        before = large.requests
        assert await period(world) == 0
        assert large.requests - before == 1


async def test_what_vanishes_from_a_large_repository_is_found_in_one_period() -> None:
    large = Large()
    world = await estate(large)
    for _ in range(3):
        await period(world)
    world.lose(["team/api:v1"])
    before = large.requests
    assert await period(world) == 1
    assert large.requests - before == 2, "its counts, and the one tag in use"
    assert len(await open_incidents(world)) == 1
    world.hold("team/api:v1")
    await period(world)
    assert await open_incidents(world) == ()


async def test_where_more_is_in_use_than_there_are_pages_a_change_is_listed() -> None:
    large = Large()
    names = [f"team/api:v{number}" for number in range(large.pages + 1)]
    world = await estate(large, *names)
    for _ in range(2):
        await period(world)
    listed = large.listings
    world.lose([names[3]])
    assert await period(world) == 1
    assert large.listings == listed + 1
    assert large.asked == ["v3"], "asked for itself before anybody is woken"


async def test_counts_are_not_trusted_for_ever() -> None:
    large = Large()
    world = await estate(large)
    for _ in range(30):
        await period(world)
    assert 2 <= large.listings <= 4, "about once an hour"


async def test_where_counts_are_not_trusted_everything_is_listed_every_time() -> None:
    large = Large()
    world = await estate(large)
    world.settings = replace(world.settings, watch_list_minutes=0)
    for _ in range(3):
        await period(world)
    assert large.listings == 3
    assert large.stamps == 0


async def test_a_small_repository_is_listed_and_nothing_is_kept_of_it() -> None:
    world = await estate()
    for _ in range(3):
        await period(world)
    assert (world.registry.listings, world.registry.stamps) == (3, 0)
    assert await world.services.store.watched.everything() == {}


async def test_a_job_that_is_lost_is_made_again_although_the_counts_are_the_same() -> None:
    large = Large()
    world = await estate(large)
    for _ in range(3):
        await period(world)
    world.lose(["team/api:v1"])
    for _ in range(3):
        world.clock.pass_by(minutes=5)
        assert await watch(world.services) == 1
        world.queue.take(world.settings.urgent_queue)


async def test_what_is_only_hidden_makes_no_job_and_is_missed_when_it_goes() -> None:
    world = await estate(None, "team/api:v1", "team/api:v2")
    hidden = {("team/api", "v1"): world.registry.tagged.pop(("team/api", "v1"))}
    world.registry.hidden |= hidden
    for _ in range(3):
        assert await period(world) == 0
    assert world.registry.asked == ["v1"] * 3
    world.registry.hidden.clear()
    assert await period(world) == 1
    assert len(await open_incidents(world)) == 1


async def test_who_cannot_look_is_told_to_an_operator_once() -> None:
    world = await estate(None, "team/api:v1", "team/web:v1")
    await speak(world)
    world.channel.heard.clear()
    world.registry.blind = "403: not allowed"
    for _ in range(20):
        await period(world)
    await speak(world)
    (notice,) = world.channel.heard
    assert "cannot look at 2 repositories in use" in notice.notice
    assert "403: not allowed" in notice.notice
    seen = await world.services.store.watched.everything()
    assert all(one.trouble and one.since for one in seen.values())
    world.registry.blind = ""
    await period(world)
    assert await world.services.store.watched.everything() != {}
    assert not any(
        one.trouble for one in (await world.services.store.watched.everything()).values()
    )


class Withdrawn(FakeRegistry):
    """The monitor lost its role at the registry: Azure lists another one, without a word."""

    withdrawn = False

    async def registries(self) -> Registries:
        return Registries((OTHER,)) if self.withdrawn else await super().registries()

    async def removals(
        self, registries: Iterable[Registry], since: datetime, until: datetime
    ) -> Removed:
        _ = registries, since, until
        return Removed()


async def test_a_registry_that_is_listed_no_more_is_told_to_an_operator_once() -> None:
    registry = Withdrawn()
    world = await estate(registry)
    await period(world)
    await speak(world)
    world.channel.heard.clear()
    registry.withdrawn = True
    for _ in range(20):
        await period(world)
    await speak(world)
    (notice,) = world.channel.heard
    assert "cannot look at 1 repository in use" in notice.notice
    assert "lost its role" in notice.notice
    registry.withdrawn = False
    await period(world)
    (seen,) = (await world.services.store.watched.everything()).values()
    assert not seen.trouble


async def test_a_registry_that_the_settings_leave_out_is_no_trouble() -> None:
    registry = Withdrawn()
    world = await estate(registry)
    registry.withdrawn = True
    world.settings = replace(world.settings, registries=(OTHER.login_server,))
    for _ in range(20):
        await period(world)
    await speak(world)
    assert not [one for one in world.channel.heard if one.notice]


async def test_a_passing_trouble_is_told_to_nobody() -> None:
    world = await estate()
    await speak(world)
    world.channel.heard.clear()
    for _ in range(6):
        world.registry.status = 503
        for _ in range(int(BLIND_FOR / PERIOD) - 1):
            await period(world)
        world.registry.status = 200
        await period(world)
    await speak(world)
    assert world.channel.heard == []


async def test_what_is_no_longer_in_use_is_forgotten() -> None:
    world = await estate(Large())
    await period(world)
    assert len(await world.services.store.watched.everything()) == 1
    world.platform.pulls = []
    world.deploy("w0", "team/other:v1")
    world.clock.pass_by(hours=1)
    await period(world)
    await period(world)
    assert ("contoso.azurecr.io", "team/api") not in (
        await world.services.store.watched.everything()
    )


class Replicated(FakeRegistry):
    """A registry with replicas."""

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        seen = await super().observe(pulls, known)
        home = Replication("westeurope", endpoint_enabled=True, provisioning_state="Succeeded")
        more = Replications((home, replace(home, region="uksouth")))
        return {one: (*facts, more) for one, facts in seen.items()}


async def test_what_was_there_for_long_is_told_at_once_although_there_are_replicas() -> None:
    world = await estate(Replicated())
    world.lose(["team/api:v1"])
    await period(world)
    assert len(await open_incidents(world)) == 1


async def test_what_a_replica_does_not_have_is_looked_at_again_before_anybody_is_told() -> None:
    world = await estate(Replicated())
    again = pushed("team/api:v1", 1)
    again.get_json()["timestamp"] = world.clock.at.isoformat()
    await on_registry_event(world.services, again)
    await work_off(world)
    world.lose(["team/api:v1"])
    await period(world)
    assert await open_incidents(world) == ()
    world.hold("team/api:v1")
    await work_off(world, past_delays=True)
    await period(world)
    assert await open_incidents(world) == (), "the replica has it by now"

    world.lose(["team/api:v1"])
    await period(world)
    await work_off(world, past_delays=True)
    assert len(await open_incidents(world)) == 1, "and what stays away is told"


def entry(reference: str, *children: int, lost: tuple[int, ...] = (), gone: bool = False) -> Entry:
    """A pull that resolved to digest 1, an index where it has children."""
    held = tuple(Child(digest(one), None) for one in children)
    content = ImageContent(digest=digest(1), media_type="index", children=held)
    return Entry(
        pull=pull("api", f"team/api{reference}"),
        seen=START,
        digest=digest(1),
        content=content if children else None,
        lost=tuple(map(digest, lost)),
        gone=gone,
    )


def listing(tags: dict[str, int], *orphans: int) -> TagListing:
    named = {tag: digest(one) for tag, one in tags.items()}
    return TagListing("team/api", named, tuple(map(digest, orphans)), orphans_known=True)


PINNED = f"@{digest(1)}"


@pytest.mark.parametrize(
    ("known", "shown", "change"),
    [
        (entry(":v1"), listing({"v1": 1}), None),
        (entry(":v1"), listing({"v1": 2}), CauseKind.MOVED),
        (entry(":v1"), listing({"v2": 1}), CauseKind.VANISHED),
        (entry(":v1", gone=True), listing({"v2": 1}), None),
        (entry(":v1", gone=True), listing({"v1": 1}), CauseKind.MOVED),
        (entry(PINNED), listing({"v9": 1}), None),
        (entry(PINNED), listing({}, 1), None),
        (entry(PINNED), listing({"v9": 2}), CauseKind.VANISHED),
        (entry(PINNED, gone=True), listing({}, 1), CauseKind.MOVED),
        (entry(PINNED), TagListing("team/api", {"v9": digest(2)}), None),
        (entry(":v1", 7, 8), listing({"v1": 1}, 7, 8), None),
        (entry(":v1", 7, 8), listing({"v1": 1}, 7), CauseKind.VANISHED),
        (entry(":v1", 7, 8, lost=(8,)), listing({"v1": 1}, 7), None),
        (entry(":v1", 7, 8, lost=(8,)), listing({"v1": 1}, 7, 8), CauseKind.MOVED),
        (entry(":v1", 7, 8), listing({"v1": 2}, 9), CauseKind.MOVED),
        (entry(PINNED, 7), listing({}, 1), CauseKind.VANISHED),
    ],
)
def test_what_a_listing_says_of_a_pull(
    known: Entry, shown: TagListing, change: CauseKind | None
) -> None:
    assert compare(known, shown) is change


def test_what_the_index_learns_changes_its_fingerprint() -> None:
    known = entry(":v1", 7)
    others = [
        replace(known, digest=digest(2)),
        replace(known, gone=True),
        replace(known, lost=(Digest("sha256:x"),)),
        replace(known, pull=pull("other", "team/api:v1")),
    ]
    assert len({fingerprint([one]) for one in (known, *others)}) == 5
    assert fingerprint([known, others[3]]) == fingerprint([others[3], known])
    assert references([known]) == {"v1", digest(7)}


async def test_a_new_workload_that_runs_already_is_held_though_its_digest_is_known() -> None:
    """Its nodes pulled from another replica than the one that the monitor is routed to."""
    world = await estate(Replicated())
    wanted = replace(pull("new", "team/api:v2"), running=digest(2))
    world.platform.pulls.append(wanted)
    world.clock.pass_by(minutes=20)
    await period(world)  # finds the workload
    await period(world)  # and that the replica does not have its tag
    assert await open_incidents(world) == ()
    world.hold("team/api:v2", 2)
    await work_off(world, past_delays=True)
    await period(world)
    assert await open_incidents(world) == ()
    world.lose(["team/api:v2"])
    await period(world)
    assert len(await open_incidents(world)) == 1, "it was there: nobody waits for a replica"


async def test_who_asks_meanwhile_is_told_what_is_seen_and_nobody_else_is() -> None:
    world = await estate(Replicated())
    world.platform.pulls.append(pull("new", "team/api:v2"))
    world.clock.pass_by(minutes=20)
    await period(world)
    found = await ask(world.services, Question(image="contoso.azurecr.io/team/api:v2"), "c" * 32)
    assert [one.outcome for one in found.diagnoses or ()] == [Outcome.FAIL]
    await settle_leftovers(world.services)
    assert await open_incidents(world) == ()
    await period(world)
    await work_off(world, past_delays=True)
    assert len(await open_incidents(world)) == 1, "the watch finds for itself what stays away"
