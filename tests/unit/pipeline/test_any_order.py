"""Whatever comes twice, late, in any order or is cut off: incidents end as the pulls stand."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from shared.adapters.queue import Outgoing
from shared.adapters.store.ledger import Delivery
from shared.adapters.tables import Operation, Row, Table
from shared.domain.alerts import Topic, for_channel
from shared.domain.changes import incident_id
from shared.domain.diagnosis import Diagnosis
from shared.domain.facts.base import Evidence
from shared.domain.facts.pull import Asked
from shared.domain.findings import CheckResult, Finding, Outcome
from shared.domain.incidents import Transition
from shared.domain.pulls import Cause, CauseKind, Pull
from shared.notify.base import DeliveryError
from shared.pipeline.announce import on_alert
from shared.pipeline.retire import retire
from shared.pipeline.settle import settle, settle_leftovers
from tests.support.fakes import LOGIN_SERVER, FakeQueue, World, pull
from tests.support.memory_tables import MemoryTable, MemoryTables

PULLS = tuple(pull(name, "team/api:v1") for name in ("one", "two", "three"))
BAD = {subject: Finding("BAD", Outcome.FAIL, subject, "bad") for subject in ("here", "there")}
MILD = Finding("MILD", Outcome.WARN, "here", "mild")
SEEN = st.sampled_from(("here", "there", "fine", "unknown"))
CAUSES = st.sampled_from((CauseKind.DELETED, CauseKind.SWEEP, CauseKind.ASKED))


def crashes(most: int) -> st.SearchStrategy[int]:
    """After how many calls to the outside the worker dies; 0 is never."""
    return st.just(0) | st.integers(0, most)


class CrashError(Exception):
    """The worker died."""


class Fuse:
    """Burns down with every call to the outside, then cuts it off: before its effect, or after."""

    def __init__(self) -> None:
        self.left, self.after = -1, False

    async def through[T](self, call: Awaitable[T]) -> T:
        self.left -= 1
        if self.left == 0 and not self.after:
            asyncio.ensure_future(call).cancel()
            raise CrashError
        result = await call
        if self.left == 0:
            raise CrashError
        return result


class FusedTable(MemoryTable):
    """A table behind a fuse."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    async def get(self, partition: str, key: str) -> Row | None:
        return await self._fuse.through(super().get(partition, key))

    async def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        await self._fuse.through(asyncio.sleep(0))
        async for row in super().query(partition, prefix):
            yield row

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        await self._fuse.through(super().write(partition, operations))


class FusedTables(MemoryTables):
    """Tables behind a fuse."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def table(self, name: str) -> Table:
        return self.tables.setdefault(name, FusedTable(self._fuse))


class FusedQueue(FakeQueue):
    """A queue behind a fuse, which remembers ids for a while only."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    async def send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        await self._fuse.through(super().send(queue, messages))


class AnyOrder(RuleBasedStateMachine):
    """Diagnoses are made, and saved when it pleases; workers settle and speak, and die of it."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.fuse = Fuse()
        self.world = World(tables=FusedTables(self.fuse), queue=FusedQueue(self.fuse))
        self.waiting: list[Outgoing] = []
        self.failed: set[str] = set()
        self.sweeps: set[datetime] = set()
        self.retired: dict[Pull, datetime] = {}
        logging.disable()

    def run_with(self, work: Coroutine[Any, Any, object], crash: int, *, after: bool) -> None:
        self.fuse.left, self.fuse.after = crash or -1, after
        try:
            asyncio.run(work)
        except CrashError:
            pass
        finally:
            self.fuse.left = -1

    @rule(target=made, of=st.sampled_from(PULLS), seen=SEEN, mild=st.booleans(), cause=CAUSES)
    def observe(self, of: Pull, seen: str, mild: bool, cause: CauseKind) -> Diagnosis:
        """What is saved at some other time."""
        return diagnosis(of, seen, mild, Cause(kind=cause, at=self.world.clock()))

    @rule(seen=st.dictionaries(st.sampled_from(PULLS), SEEN, min_size=1), cause=CAUSES)
    def work(self, seen: dict[Pull, str], cause: CauseKind) -> None:
        """A job that nothing disturbs."""
        why = Cause(kind=cause, at=self.world.clock())
        self.save([diagnosis(of, what, False, why) for of, what in seen.items()], False, 0, False)
        self.settle(0, False)

    @rule(
        target=made,
        found=st.lists(consumes(made), min_size=1, max_size=3, unique_by=lambda d: d.pull),
        again=st.booleans(),
        crash=crashes(8),
        after=st.booleans(),
    )
    def save(self, found: list[Diagnosis], again: bool, crash: int, after: bool) -> Any:
        """A job drops what it observed of pulls that were retired since."""
        found = [d for d in found if d.pull not in self.retired or d.at > self.retired[d.pull]]
        self.sweeps |= {d.at for d in found if d.cause.kind is CauseKind.SWEEP}
        self.failed |= {incident_id(f) for d in found for f in d.findings if f is not MILD}
        pairs = [(one, Evidence([Asked(one.pull, one.at)])) for one in found]
        self.run_with(self.world.services.store.diagnoses.save(pairs), crash, after=after)
        return multiple(*found) if again or crash else multiple()

    @rule(crash=crashes(12), after=st.booleans())
    def settle(self, crash: int, after: bool) -> None:
        self.run_with(settle(self.world.services, LOGIN_SERVER), crash, after=after)

    @rule(of=st.sampled_from(PULLS), late=st.booleans(), crash=crashes(3))
    def retire(self, of: Pull, late: bool, crash: int) -> None:
        self.retired[of] = self.world.clock()
        at = self.retired[of] - timedelta(seconds=late)
        work = retire(self.world.services, LOGIN_SERVER, of.key, at)
        self.run_with(work, crash, after=True)

    @rule(
        which=st.integers(0, 2),
        again=st.booleans(),
        fails=st.booleans(),
        crash=crashes(5),
        after=st.booleans(),
    )
    def speak(self, which: int, again: bool, fails: bool, crash: int, after: bool) -> None:
        self.collect()
        if which >= len(self.waiting):
            return
        message = self.waiting.pop(which)
        self.world.channel.fails = [DeliveryError("503")] * fails
        self.run_with(on_alert(self.world.services, message.body, message.id), crash, after=after)
        if again or crash:
            self.waiting.append(message)

    @rule()
    def forget_ids(self) -> None:
        """The queue's window for duplicates has passed."""
        self.world.queue.seen.clear()

    def collect(self) -> None:
        self.waiting += self.world.queue.take(self.world.settings.alerts_queue)

    @invariant()
    def no_end_without_a_beginning(self) -> None:
        heard = [(a.id.rsplit(":", 2)[0], a.transition) for a in self.world.channel.heard]
        for number, (episode, transition) in enumerate(heard):
            if transition is Transition.RESOLVED:
                assert (episode, Transition.OPENED) in heard[:number] or self.may_have_heard(
                    episode
                )

    def may_have_heard(self, episode: str) -> bool:
        """Whether the beginning was being sent when a process died."""
        ledger = self.world.services.store.ledger
        state = asyncio.run(ledger.delivery(for_channel(f"{episode}:opened", "fake")))
        return state is Delivery.INTERRUPTED

    @invariant()
    def only_what_was_seen_to_fail_is_announced(self) -> None:
        heard = {a.incident.id for a in self.world.channel.heard if a.incident}
        assert heard <= self.failed

    @invariant()
    def nothing_is_told_twice(self) -> None:
        told = Counter(a.id for a in self.world.channel.heard if a.topic is not Topic.CUT_OFF)
        assert all(count == 1 for count in told.values())

    def teardown(self) -> None:
        try:
            asyncio.run(self.settled())
        finally:
            logging.disable(logging.NOTSET)

    async def settled(self) -> None:
        """Everything that waits is done once more, undisturbed."""
        services = self.world.services
        await settle_leftovers(services)
        for _ in range(20):
            self.collect()
            messages, self.waiting = self.waiting, []
            for message in messages:
                await on_alert(services, message.body, message.id)
        standing: dict[str, set[str]] = {}
        async for stored in services.store.diagnoses.everything():
            for item in stored.standing:
                standing.setdefault(item.incident, set()).add(stored.diagnosis.pull.key)
        opened = await services.store.incidents.open()
        assert {i.id: {hit.pull.key for hit in i.affected} for i in opened} == standing
        assert await services.store.diagnoses.unsettled(LOGIN_SERVER) == ()
        heard = {(a.id, hit.pull.key) for a in self.world.channel.heard for hit in _hit(a)}
        cut_off = {name.partition(":")[0] for a in self.world.channel.heard for name in a.cut_off}
        for incident in opened:
            assert incident.promised == ()
            if incident.told.opened == incident.episode and incident.id not in cut_off:
                told = {key for name, key in heard if name.startswith(f"{incident.id}:")}
                wanted = {hit.pull.key for hit in incident.affected if hit.since not in self.sweeps}
                assert wanted <= told, "nobody is left out"


def diagnosis(of: Pull, seen: str, mild: bool, cause: Cause) -> Diagnosis:
    outcome = {"fine": Outcome.PASS, "unknown": Outcome.UNKNOWN}.get(seen, Outcome.FAIL)
    findings = (BAD[seen],) if seen in BAD else ()
    warned = CheckResult("mild", Outcome.WARN if mild else Outcome.PASS, (MILD,) * mild)
    return Diagnosis(
        pull=of,
        at=cause.at,
        cause=cause,
        outcome=outcome,
        results=(CheckResult("bad", outcome, findings), warned),
        job=str(cause.at),
    )


def _hit(alert: Any) -> Any:
    return alert.incident.affected if alert.incident else ()


AnyOrder.TestCase.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, derandomize=True
)
TestAnyOrder = AnyOrder.TestCase
