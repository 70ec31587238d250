"""What Pullwatch costs a month: measured counts (docs/performance.md) times public prices.

The arithmetic of docs/operations.md. Prices are US dollars in East US, November 2026; they differ
by region, contract and date. What is assumed is written beside it.
"""

from collections.abc import Sequence

from msgspec import Struct

DAYS, HOURS = 30, 730

# assumptions: a repository of ten images, each pulled by two workloads, five pushes a day
IMAGES, PULLS, PUSHES = 10, 2, 5
LATENCY = 0.1
"""Seconds an answer of ARM or a registry takes, with a network between."""
MEMORY = 2
"""GB of an instance."""
START = 2.0
"""Seconds of a run that are not requests: connections, tables, tokens."""

# measured: see docs/performance.md
WATCH_REQUESTS = 1  # a repository and period
ARM_REQUESTS = 1.07  # a pull and sweep
REGISTRY_REQUESTS = 0.21  # an image and sweep
WATCH_AT_ONCE, SWEEP_AT_ONCE = 8, 16
CPU = 2.0 / 600
"""Seconds of CPU a pull in a sweep."""

# public prices
GB_SECOND, FREE_GB_SECONDS = 0.000026, 100_000
EXECUTION, FREE_EXECUTIONS = 0.40 / 1_000_000, 250_000
BUS_HOUR = 0.0135  # 13 million operations a month are in it
LOG_GB, FREE_LOG_GB = 2.30, 5
EVENT, FREE_EVENTS = 0.60 / 1_000_000, 100_000
ALERTS = 3 * 1.50 + 3 * 0.50 + 4 * 0.10
"""Three rules that run every five minutes, three more seldom, one metric of four queues."""
STORAGE = 1.00
"""Tables, blobs and the vault: far below a dollar each."""


class Month(Struct, frozen=True):
    """What is used in a month, and what it costs in dollars."""

    repositories: int
    watch: float
    """GB-seconds of the watch."""
    sweeps: float
    events: float
    executions: int
    logs: float
    """GB."""

    @property
    def gb_seconds(self) -> float:
        """Of all functions."""
        return self.watch + self.sweeps + self.events

    @property
    def functions(self) -> float:
        """Dollars."""
        seconds = max(0.0, self.gb_seconds - FREE_GB_SECONDS) * GB_SECOND
        return seconds + max(0, self.executions - FREE_EXECUTIONS) * EXECUTION

    @property
    def total(self) -> float:
        """Dollars."""
        events = max(0, pushes(self.repositories) - FREE_EVENTS) * EVENT
        logs = max(0.0, self.logs - FREE_LOG_GB) * LOG_GB
        return self.functions + BUS_HOUR * HOURS + logs + ALERTS + events + STORAGE


def pushes(repositories: int) -> int:
    """Events in a month."""
    return repositories * PUSHES * DAYS


def month(repositories: int) -> Month:
    """A month of so many repositories."""
    runs = 12 * HOURS
    watch = START + repositories * WATCH_REQUESTS * LATENCY / WATCH_AT_ONCE
    pulls = repositories * IMAGES * PULLS
    asked = pulls * ARM_REQUESTS + repositories * IMAGES * REGISTRY_REQUESTS
    sweep = START + asked * LATENCY / SWEEP_AT_ONCE + pulls * CPU
    events = pushes(repositories)
    executions = runs + events * 2 + DAYS * (1 + pulls // 50)
    return Month(
        repositories=repositories,
        watch=runs * watch * MEMORY,
        sweeps=DAYS * sweep * MEMORY,
        events=events * 0.5 * MEMORY,  # half a second each, with the job that some lead to
        executions=executions,
        logs=executions * 4 * 1_000 / 1e9 + 0.2,  # four lines of a kilobyte; metrics of a topic
    )


def rows(sizes: Sequence[int] = (10, 100, 1_000)) -> list[tuple[str, ...]]:
    """The table: one line an item, one column a size."""
    months = [month(size) for size in sizes]
    free = f"{FREE_GB_SECONDS:,} free"

    def line(what: str, *values: str) -> tuple[str, ...]:
        return (what, *values)

    return [
        line("watch, GB-s: 8,760 runs", *(f"{one.watch:,.0f}" for one in months)),
        line("sweeps, GB-s: 30 runs", *(f"{one.sweeps:,.0f}" for one in months)),
        line("events, GB-s", *(f"{one.events:,.0f}" for one in months)),
        line(f"GB-s beyond {free}, at $0.000026", *(f"${one.functions:.2f}" for one in months)),
        line("Service Bus Standard, 730 h", *(f"${BUS_HOUR * HOURS:.2f}" for _ in months)),
        line("logs, GB (5 free)", *(f"{one.logs:.1f}" for one in months)),
        line("alert rules", *(f"${ALERTS:.2f}" for _ in months)),
        line("storage, vault, events", *(f"${STORAGE:.2f}" for _ in months)),
        line("**together a month**", *(f"**${one.total:.0f}**" for one in months)),
    ]
