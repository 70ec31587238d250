"""What foretelling clean-ups costs: pure work, no request."""

import time
from datetime import UTC, datetime, timedelta

from bench.rows import Row
from shared.domain.cleanup import (
    CleanupPlan,
    CleanupTask,
    ManifestEntry,
    RepositoryContents,
    RetentionPolicy,
    TagEntry,
    foresee,
)

TAGS = 10_000
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
COMMAND = "acr purge --filter 'app:.*' --ago 30d --untagged --keep 10"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


async def measure() -> list[Row]:
    """Seven nightly purges and the retention policy over one large repository."""
    held = _repository()
    plan = CleanupPlan((CleanupTask("t", True, ("0 3 * * *",), (COMMAND,)),), RetentionPolicy(3))
    start = time.perf_counter()
    losses = foresee(plan, held, NOW)
    took = time.perf_counter() - start
    what = f"7 nights over {TAGS:,} tags"
    return [
        Row(
            part="clean-ups",
            what=what,
            measured=took,
            unit="s",
            bound=1,
            note=f"{len(losses)} losses",
        )
    ]


def _repository() -> RepositoryContents:
    times = [NOW - timedelta(minutes=9 * at) for at in range(TAGS)]
    digests = [f"sha256:{at:064x}" for at in range(TAGS)]
    return RepositoryContents(
        "app",
        tuple(TagEntry(f"v{at}", digests[at], times[at]) for at in range(TAGS)),
        tuple(
            ManifestEntry(digests[at], DOCKER, times[at], tags=(f"v{at}",)) for at in range(TAGS)
        ),
    )
