"""What is planted, and what the app must say: of whom it hits, and of everyone else."""

import fnmatch
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from local.estates.loader import loads
from local.estates.model import Estate
from local.faults.base import PLATFORMS, REGISTRIES, Raw, base
from local.faults.edits import Edit, keep_ways, matching
from local.faults.survey import Ask, Seen, Verb
from local.faults.survey import name as short


class Kind(StrEnum):
    """A fault alone, two independent ones, or one that looks like another."""

    FAULT = "fault"
    PAIR = "pair"
    LOOKALIKE = "lookalike"


ANY = "*"
"""Whatever the root cause is, as long as the rest holds."""


@dataclass(frozen=True)
class Verdict:
    """What must be said of a pull: the code of the root cause, or only an outcome.

    `also` are codes that must be named beside it; no other code that starts with one of `never`
    may be named at all.
    """

    root: str = ""
    outcome: str = ""
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def mistake(self, seen: Seen) -> str:
        """What is wrong about what was said; empty when nothing is."""
        if self.root not in {ANY, seen.root_cause or ""}:
            return seen.root_cause or seen.outcome
        if self.outcome and seen.outcome != self.outcome:
            return seen.outcome
        if lacking := set(self.also) - set(seen.problems):
            return f"without {', '.join(sorted(lacking))}"
        known = {self.root, *self.also}
        unwanted = [p for p in seen.problems if p.startswith(self.never or ("?",))]
        return next((f"also {code}" for code in unwanted if code not in known), "")


UNKNOWN = Verdict(outcome="unknown")
"""Nobody can tell; above all nothing is said to be missing."""
PASS = Verdict(outcome="pass")


def said(root: str, *also: str, never: tuple[str, ...] = ()) -> Verdict:
    """The root cause, and what is named beside it."""
    return Verdict(root, also=also, never=never)


@dataclass(frozen=True)
class Case:
    """Something that is done to the healthy estate. `hits`: pattern of workloads -> verdict.

    Who is not hit must pass, except who fits `aside`: of those nothing is demanded.
    """

    name: str
    plant: Edit
    hits: Mapping[str, Verdict]
    verbs: tuple[Verb, ...] = ()
    aside: tuple[str, ...] = ()
    kind: Kind = Kind.FAULT
    code: str = ""
    """The problem that the case is about."""
    asked: tuple[str, ...] = ()
    """Workloads (patterns) that somebody asks about: discovery leaves them out, or knows less."""
    error: str = ""
    """The error text that whoever asks has seen."""

    def estate(self) -> Raw:
        """The healthy estate with the fault in it, and of who is not hit one way to pull only.

        Raises LookupError.
        """
        made = base()
        self.plant(made)
        keep_ways(made, self.ways)
        return made

    def questions(self) -> list[Ask]:
        """What somebody asks, with the ARM ids of the estate."""
        if not self.asked:
            return []
        ids = workload_ids(loads(json.dumps(self.estate())))
        return [
            Ask(one["image"], ids[one["name"]], self.error)
            for one in matching(self.estate(), "*")
            if any(fnmatch.fnmatch(one["name"], pattern) for pattern in self.asked)
        ]

    @property
    def ways(self) -> set[str]:
        """Ways to pull that the fault is about, and another one that must not notice."""
        about = {way for way in REGISTRIES if any(_fits(way, pattern) for pattern in self.hits)}
        others = [way for way in REGISTRIES if way not in about]
        bystander = others[zlib.crc32(self.name.encode()) % len(others)] if others else ""
        return about | {bystander}

    def wanted(self, workload: str) -> Verdict | None:
        """What must be said of a workload; None where nothing is demanded."""
        for pattern, verdict in self.hits.items():
            if fnmatch.fnmatch(workload, pattern):
                return verdict
        return None if any(fnmatch.fnmatch(workload, one) for one in self.aside) else PASS

    def is_named_for(self, workload: str) -> bool:
        """Whether the problem that the case is about must be named for a workload."""
        wanted = self.wanted(workload)
        return wanted is not None and self.code in {wanted.root, *wanted.also}

    def is_hit(self, workload: str) -> bool:
        """Whether the fault is about this workload."""
        return any(fnmatch.fnmatch(workload, pattern) for pattern in self.hits)


def workload_ids(estate: Estate) -> dict[str, str]:
    """The ARM id of every workload by its name; of one in a cluster, as Pullwatch writes it."""
    found = {one.name: one.id for one in estate.resources()}
    for cluster in estate.clusters:
        for one in cluster.objects:
            place = f"{cluster.id}/namespaces/{one.namespace}"
            found[one.name] = f"{place}/{one.kind.lower()}/{one.name}"
    return found


def _fits(way: str, pattern: str) -> bool:
    return any(fnmatch.fnmatch(f"{one}-{way}", pattern) for one in PLATFORMS)


@dataclass(frozen=True)
class Miss:
    """A workload of which the wrong thing was said."""

    workload: str
    wanted: str
    got: str


@dataclass
class Result:
    """One case, tried. `hit` maps workloads that the fault is about to what was said if wrong."""

    case: Case
    misses: list[Miss] = field(default_factory=list)
    hit: list[str] = field(default_factory=list)
    seconds: float = 0.0
    through: str = "the command line"

    @property
    def platforms(self) -> dict[str, list[Miss]]:
        """The platforms that the fault hits, with what was wrong on each."""
        found: dict[str, list[Miss]] = {PLATFORMS[column(name)]: [] for name in self.hit}
        for miss in self.misses:
            found.setdefault(PLATFORMS.get(column(miss.workload), "?"), []).append(miss)
        return found


def judge(case: Case, seen: Collection[Seen]) -> Result:
    """Compare what the app says with what is true."""
    result = Result(case)
    for one in seen:
        name = short(one)
        if case.is_hit(name):
            result.hit.append(name)
        wanted = case.wanted(name)
        if wanted and (mistake := wanted.mistake(one)):
            result.misses.append(Miss(name, wanted.root or wanted.outcome, mistake))
    planted = {one["name"] for one in matching(case.estate(), "*")}
    unseen = sorted(planted - {short(one) for one in seen})
    result.misses += [Miss(name, "seen", "not seen at all") for name in unseen]
    for pattern in case.hits:
        if not any(fnmatch.fnmatch(name, pattern) for name in result.hit):
            result.misses.append(Miss(pattern, case.hits[pattern].root, "no such workload"))
    return result


def column(workload: str) -> str:
    """The column of a workload: `aks` of `aks-token`."""
    return workload.partition("-")[0]


def fault(
    code: str,
    what: str,
    plant: Edit,
    *hits: str,
    verbs: tuple[Verb, ...] = (),
    besides: Mapping[str, Verdict] | None = None,
    aside: tuple[str, ...] = (),
    asked: tuple[str, ...] = (),
    error: str = "",
) -> Case:
    """A planted problem: these workloads have it as root cause. `besides` are hit otherwise."""
    verdicts = dict.fromkeys(hits, Verdict(code))
    others = dict(besides or {})
    name = f"{code}: {what}"
    hit = {**verdicts, **others}
    return Case(name, plant, hit, verbs=verbs, aside=aside, code=code, asked=asked, error=error)


def pair(
    first: str,
    second: str,
    plant: Edit,
    *hits: str,
    what: str = "",
    aside: tuple[str, ...] = (),
) -> Case:
    """Two independent problems: the first stops the pull first, both are named."""
    name = f"{first} + {second}" + (f": {what}" if what else "")
    verdicts = dict.fromkeys(hits, said(first, second))
    return Case(name, plant, verdicts, aside=aside, kind=Kind.PAIR, code=first)


def lookalike(
    what: str,
    plant: Edit,
    hits: Mapping[str, Verdict],
    verbs: tuple[Verb, ...] = (),
    aside: tuple[str, ...] = (),
) -> Case:
    """One symptom, another cause."""
    return Case(what, plant, hits, verbs=verbs, aside=aside, kind=Kind.LOOKALIKE)
