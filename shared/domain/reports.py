"""The nightly health report: what a sweep found, and what it could not see."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.domain.health import RegistryHealth


class Tally(Struct, frozen=True):
    """How many pulls of one registry came out how, outcome label -> count."""

    registry: str
    counts: dict[str, int]

    @property
    def pulls(self) -> int:
        return sum(self.counts.values())


class ReportLine(Struct, frozen=True, kw_only=True):
    """One open incident in a report; ``at`` is when what it foretells will happen."""

    incident: str
    outcome: Outcome
    title: str
    subject: str
    pulls: int
    since: datetime
    fix: str = ""
    at: datetime | None = None


class Report(Struct, frozen=True, kw_only=True):
    """What a sweep found. ``complete`` is False where jobs did not come back in time.

    ``gaps`` are clusters, registries and subscriptions that could not be looked at. ``health`` is
    how each registry looks from where Pullwatch runs, whoever pulls from it.
    """

    sweep: str
    started: datetime
    finished: datetime
    tallies: tuple[Tally, ...]
    lines: tuple[ReportLine, ...] = ()
    gaps: tuple[Gap, ...] = ()
    complete: bool = True
    missing_jobs: int = 0
    opened: int = 0
    resolved: int = 0
    health: tuple[RegistryHealth, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst that was seen; an incomplete report is never a pass.

        A registry that is in trouble as such makes a warning of a pass: that a pull fails is only
        told by who pulls.
        """
        labels = {label for tally in self.tallies for label, count in tally.counts.items() if count}
        seen = [outcome for outcome in Outcome if outcome.label in labels]
        unsure = [Outcome.UNKNOWN] if self.gaps or not self.complete else []
        troubled = (one.outcome for one in self.health if one.outcome > Outcome.PASS)
        registries = [min(outcome, Outcome.WARN) for outcome in troubled]
        return max([*seen, *unsure, *registries], default=Outcome.UNKNOWN)

    @property
    def coming(self) -> tuple[ReportLine, ...]:
        """What clean-ups will take, the soonest first."""
        ahead = ((line.at, line) for line in self.lines if line.at)
        return tuple(line for _, line in sorted(ahead, key=lambda pair: pair[0]))

    @property
    def present(self) -> tuple[ReportLine, ...]:
        """What is wrong now."""
        return tuple(line for line in self.lines if line.at is None)

    @property
    def counts(self) -> dict[str, int]:
        """Pulls by outcome label, over all registries."""
        return {o.label: _total(self.tallies, o.label) for o in reversed(Outcome)}


def _total(tallies: Iterable[Tally], label: str) -> int:
    return sum(tally.counts.get(label, 0) for tally in tallies)
