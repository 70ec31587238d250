"""What tasks and the retention policy will take within a horizon, run after run."""

from datetime import datetime, timedelta

from shared.domain.cleanup.model import CleanupPlan, Loss, RegistryContents, RepositoryContents

HORIZON = timedelta(days=7)


def foresee(
    plan: CleanupPlan,
    contents: RepositoryContents | RegistryContents,
    now: datetime,
    horizon: timedelta = HORIZON,
) -> tuple[Loss, ...]:
    """Every tag's and manifest's first loss in (now, now + horizon], in time order."""
    raise NotImplementedError(plan, contents, now, horizon)
