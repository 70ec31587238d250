"""Which locks keep deployed images from clean-ups: what to set, what to release. Pure.

A lock is ``deleteEnabled=false`` on a tag or on a manifest; they are separate, and a child of an
index has its own. Only what Pullwatch locked itself is ever released.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from shared.domain.cleanup import Attributes
from shared.domain.diagnosis import Gap
from shared.domain.images import Digest
from shared.domain.pulls import Pull


class Target(Struct, frozen=True, order=True):
    """A tag or a manifest (``reference`` is its digest) of a repository."""

    registry: str
    repository: str
    reference: str

    @property
    def is_tag(self) -> bool:
        return ":" not in self.reference

    def __str__(self) -> str:
        joint = ":" if self.is_tag else "@"
        return f"{self.registry}/{self.repository}{joint}{self.reference}"


class Use(Struct, frozen=True):
    """A deployed pull, with the manifest that it resolves to and the children of that."""

    pull: Pull
    digest: Digest = Digest("")
    children: tuple[Digest, ...] = ()
    threatened: bool = False


NOTICED = timedelta(days=1)
"""How long it is believed that somebody else's lock is still there."""
CONFIRMED = timedelta(hours=1)
"""The same of our own, where the image is threatened in spite of it."""


class LockState(StrEnum):
    """How far a lock of our own has come: what is intended is written down before it is done."""

    INTENDED = "intended"
    MADE = "made"
    RELEASING = "releasing"
    OTHERS = "somebody else's"  # noticed, so that it is not asked for again and again


class OwnLock(Struct, frozen=True):
    """A lock that Pullwatch made, or was about to make or to release when it was last heard of.

    ``digest`` is where a tag pointed: pushed anew, it is another one. ``at`` is when it was told.
    """

    target: Target
    digest: Digest
    at: datetime
    state: LockState = LockState.INTENDED


class Standing(StrEnum):
    """What is to be done with a target, or why nothing is."""

    SET = "set"
    KEPT = "kept"  # locked by us
    HELD = "held"  # locked by somebody else: a purge spares it already
    TAKEN = "taken away"  # our lock was taken away by somebody: it is not set again
    RELEASE = "release"
    FORGET = "forget"  # ours no more: it is gone, or somebody locked it differently
    GONE = "gone"  # deployed, but not there
    UNREAD = "unread"


class Line(Struct, frozen=True, kw_only=True):
    """One target in a plan. ``workloads`` need it; ``command`` does by hand what is to be done.

    ``seen`` says that its locks were looked at now, and not remembered; ``done`` that what is to be
    done was done now.
    """

    target: Target
    standing: Standing
    digest: Digest = Digest("")
    workloads: tuple[str, ...] = ()
    command: str = ""
    reason: str = ""
    seen: bool = False
    done: bool = False


class Helpless(Struct, frozen=True, order=True):
    """A task whose purge unlocks and deletes what is locked: no lock keeps anything from it."""

    registry: str
    task: str
    command: str


class Missing(Struct, frozen=True, kw_only=True):
    """Why no lock can be set in a registry, with what grants the right."""

    registry: str
    reason: str
    commands: tuple[str, ...] = ()


class Protection(Struct, frozen=True, kw_only=True):
    """The answer of ``GET /api/protection``: lines, tasks that defeat locks, rights that lack.

    ``gaps`` is what could not be looked at: that no line is of it means nothing.
    """

    at: datetime
    mode: str
    release: bool
    lines: tuple[Line, ...] = ()
    helpless: tuple[Helpless, ...] = ()
    missing: tuple[Missing, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


KEPT_ON = "no longer deployed; PROTECT_RELEASE is off, or nothing at all is known to be deployed"

type States = Mapping[Target, Attributes | None]
"""What was read of targets: their locks, or None where they are not there."""


def wanted(uses: Iterable[Use]) -> dict[Target, list[Use]]:
    """What deployed pulls need: their tag, its manifest, what runs of it, an index's children."""
    found: dict[Target, list[Use]] = {}
    for use in uses:
        for reference in dict.fromkeys(_references(use)):
            image = use.pull.image
            target = Target(image.registry, image.repository, reference)
            found.setdefault(target, []).append(use)
    return found


def _references(use: Use) -> Iterator[str]:
    image = use.pull.image
    if image.tag and not image.digest:
        yield image.tag
    yield from (one for one in (image.digest, use.digest, use.pull.running, *use.children) if one)


class Memory(Struct, frozen=True):
    """What is remembered, and under which rules: locks of our own, the time, may we release."""

    own: dict[Target, OwnLock]
    now: datetime
    release: bool = False


def to_read(needed: Mapping[Target, list[Use]], memory: Memory) -> set[Target]:
    """Targets whose locks must be looked at: of all others it is known who locked them.

    A pull that something threatens in spite of locks may have lost them.
    """
    fresh = {target for target, uses in needed.items() if _must_look(target, uses, memory)}
    rest = memory.own.keys() - needed.keys() if memory.release else set()
    return fresh | {t for t in rest if memory.own[t].state is not LockState.OTHERS}


def _must_look(target: Target, uses: list[Use], memory: Memory) -> bool:
    own = memory.own.get(target)
    if own is None:
        return True
    if any(use.threatened for use in uses) and memory.now - own.at > CONFIRMED:
        return True
    if own.state is LockState.OTHERS:
        return memory.now - own.at > NOTICED
    return own.state is not LockState.MADE or own.digest != _points_to(target, uses)


def plan(needed: Mapping[Target, list[Use]], memory: Memory, states: States) -> tuple[Line, ...]:
    """One line for each target that is deployed, or that we locked. What was not read is UNREAD."""
    asked = to_read(needed, memory)
    lines = []
    for target, uses in sorted(needed.items()):
        own, digest = memory.own.get(target), _points_to(target, uses)
        if target not in asked:
            standing = Standing.HELD if own and own.state is LockState.OTHERS else Standing.KEPT
        elif target not in states:
            standing = Standing.UNREAD
        else:
            standing = _standing(own, states[target], digest)
        lines.append(
            Line(
                target=target,
                standing=standing,
                digest=digest,
                workloads=tuple(dict.fromkeys(use.pull.workload.name for use in uses)),
                seen=target in asked and target in states,
            )
        )
    rest = (memory.own[target] for target in sorted(memory.own.keys() - needed.keys()))
    lines += [_unneeded(one, states, release=memory.release) for one in rest]
    return tuple(_with_command(line) for line in lines)


def is_due(line: Line, memory: Memory) -> bool:
    """Whether something is to be done about a line, if only to write down what was seen."""
    own = memory.own.get(line.target)
    match line.standing:
        case Standing.SET | Standing.RELEASE | Standing.FORGET:
            return True
        case Standing.KEPT:
            if own is None or not line.workloads:
                return False
            settled = (own.state, own.digest) == (LockState.MADE, line.digest)
            return not settled or (line.seen and memory.now - own.at > CONFIRMED)
        case Standing.HELD:
            if own is None or own.state is not LockState.OTHERS:
                return True
            return line.seen and memory.now - own.at > CONFIRMED
        case _:
            return False


def _points_to(target: Target, uses: list[Use]) -> Digest:
    if not target.is_tag:
        return Digest(target.reference)
    return next((use.digest for use in uses if use.digest), Digest(""))


def _standing(own: OwnLock | None, state: Attributes | None, digest: Digest) -> Standing:
    if state is None:
        return Standing.GONE
    mine = own is not None and own.state is not LockState.OTHERS
    if state.locked:
        return Standing.KEPT if mine and _is_ours(state) else Standing.HELD
    taken = own and own.state is LockState.MADE and own.digest == digest
    return Standing.TAKEN if taken else Standing.SET


def _is_ours(state: Attributes) -> bool:
    """Exactly what we set: somebody who locks writing too means more than we do."""
    return not state.delete_enabled and state.write_enabled


def _unneeded(own: OwnLock, states: States, *, release: bool) -> Line:
    line = Line(target=own.target, standing=Standing.KEPT, digest=own.digest)
    if own.state is LockState.OTHERS:
        return replace(line, standing=Standing.FORGET)
    if not release:
        return replace(line, reason=KEPT_ON)
    if own.target not in states:
        return replace(line, standing=Standing.UNREAD)
    state = states[own.target]
    ours = state is not None and _is_ours(state)
    return replace(line, standing=Standing.RELEASE if ours else Standing.FORGET)


def _with_command(line: Line) -> Line:
    enabled = {Standing.SET: "false", Standing.RELEASE: "true"}.get(line.standing)
    if enabled is None:
        return line
    target = line.target
    joint = ":" if target.is_tag else "@"
    name = target.registry.split(".", 1)[0].split("-", 1)[0]
    image = shlex.quote(f"{target.repository}{joint}{target.reference}")
    command = (
        f"az acr repository update --name {shlex.quote(name)} --image {image} "
        f"--delete-enabled {enabled}"
    )
    return replace(line, command=command)
