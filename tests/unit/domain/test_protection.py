"""Which locks are set and released, and which are nobody's business but their owner's."""

import shlex
from datetime import timedelta

import pytest

from shared.domain.cleanup import Attributes
from shared.domain.images import Digest
from shared.domain.protection import (
    NOTICED,
    LockState,
    Memory,
    OwnLock,
    Standing,
    Target,
    Use,
    is_due,
    plan,
    to_read,
    wanted,
)
from tests.support.fakes import LOGIN_SERVER, START, digest, pull

D1, D2 = digest(1), digest(2)
OPEN, OURS = Attributes(), Attributes(delete_enabled=False)
FROZEN = Attributes(delete_enabled=False, write_enabled=False)
NO_PUSH = Attributes(write_enabled=False)
TAG = Target(LOGIN_SERVER, "team/api", "v1")
MANIFEST = Target(LOGIN_SERVER, "team/api", D1)


def use(
    image: str = "team/api:v1", *, threatened: bool = False, children: tuple[Digest, ...] = ()
) -> Use:
    return Use(pull("web", image), D1, children, threatened)


def own(
    target: Target = TAG, state: LockState = LockState.MADE, *, at: Digest = D1, old: bool = False
) -> OwnLock:
    age = NOTICED * 2 if old else timedelta(minutes=1)
    return OwnLock(target, at, START - age, state)


def memory(*locks: OwnLock, release: bool = False) -> Memory:
    return Memory({one.target: one for one in locks}, START, release)


def test_a_tag_its_manifest_and_its_children_have_a_lock_each() -> None:
    found = wanted([use(children=(D2,))])
    assert [target.reference for target in found] == ["v1", D1, D2]


def test_a_pinned_pull_needs_no_tag() -> None:
    assert [t.reference for t in wanted([use(f"team/api:v1@{D2}")])] == [D2, D1]


def test_what_several_need_is_one_target() -> None:
    found = wanted([use(), Use(pull("shop", "team/api:v1"), D1)])
    assert [use.pull.workload.name for use in found[TAG]] == ["web", "shop"]


@pytest.mark.parametrize(
    ("lock", "state", "standing", "due"),
    [
        (None, OPEN, Standing.SET, True),
        (None, OURS, Standing.HELD, True),
        (None, FROZEN, Standing.HELD, True),
        (None, NO_PUSH, Standing.HELD, True),
        (None, None, Standing.GONE, False),
        (own(state=LockState.INTENDED), OPEN, Standing.SET, True),
        (own(state=LockState.INTENDED), OURS, Standing.KEPT, True),
        (own(state=LockState.INTENDED), FROZEN, Standing.HELD, True),
        (own(state=LockState.RELEASING), OPEN, Standing.SET, True),
        (own(state=LockState.RELEASING), OURS, Standing.KEPT, True),
        (own(), OPEN, Standing.KEPT, False),
        (own(old=True), OURS, Standing.KEPT, True),
        (own(old=True), FROZEN, Standing.HELD, True),
        (own(old=True), OPEN, Standing.TAKEN, False),
        (own(at=D2), OPEN, Standing.SET, True),
        (own(at=D2), OURS, Standing.KEPT, True),
        (own(state=LockState.OTHERS), OPEN, Standing.HELD, False),
        (own(state=LockState.OTHERS, old=True), OPEN, Standing.SET, True),
        (own(state=LockState.OTHERS), OURS, Standing.HELD, False),
        (own(state=LockState.OTHERS, old=True), OURS, Standing.HELD, True),
    ],
)
def test_what_is_done_about_a_deployed_tag(
    lock: OwnLock | None, state: Attributes | None, standing: Standing, due: bool
) -> None:
    remembered = memory(*([lock] if lock else []))
    (line,) = plan({TAG: [use(threatened=True)]}, remembered, {TAG: state})
    assert (line.standing, is_due(line, remembered)) == (standing, due)


@pytest.mark.parametrize(
    ("state", "release", "standing"),
    [
        (OURS, True, Standing.RELEASE),
        (OURS, False, Standing.KEPT),
        (OPEN, True, Standing.FORGET),
        (FROZEN, True, Standing.FORGET),
        (NO_PUSH, True, Standing.FORGET),
        (None, True, Standing.FORGET),
    ],
)
def test_only_our_own_lock_is_released_and_only_if_one_wants(
    state: Attributes | None, release: bool, standing: Standing
) -> None:
    (line,) = plan({}, memory(own(), release=release), {TAG: state})
    assert line.standing is standing


def test_somebody_elses_lock_is_forgotten_not_released() -> None:
    remembered = memory(own(state=LockState.OTHERS), release=True)
    assert to_read({}, remembered) == set()
    (line,) = plan({}, remembered, {})
    assert line.standing is Standing.FORGET
    assert line.command == ""


def test_what_cannot_be_read_is_neither_locked_nor_released() -> None:
    lines = plan({TAG: [use()]}, memory(own(MANIFEST), release=True), {})
    assert {line.standing for line in lines} == {Standing.UNREAD}
    assert not any(is_due(line, memory(own(MANIFEST))) for line in lines)


def test_what_is_locked_by_us_is_not_asked_for_again() -> None:
    needed = wanted([use()])
    assert to_read(needed, memory(own(), own(MANIFEST))) == set()
    assert to_read(needed, memory(own(), own(MANIFEST, LockState.OTHERS))) == set()
    assert to_read(needed, memory()) == {TAG, MANIFEST}


def test_a_lock_that_does_not_help_is_looked_at() -> None:
    needed = wanted([use(threatened=True)])
    assert to_read(needed, memory(own(), own(MANIFEST))) == set(), "it was made a minute ago"
    assert to_read(needed, memory(own(old=True), own(MANIFEST, old=True))) == {TAG, MANIFEST}


def test_commands_do_by_hand_what_the_plan_says() -> None:
    evil = Target(LOGIN_SERVER, "team/api", "v1")
    lines = plan({evil: [use()]}, memory(own(MANIFEST), release=True), {evil: OPEN, MANIFEST: OURS})
    assert [shlex.split(line.command)[4:] for line in lines] == [
        ["--name", "contoso", "--image", "team/api:v1", "--delete-enabled", "false"],
        ["--name", "contoso", "--image", f"team/api@{D1}", "--delete-enabled", "true"],
    ]
