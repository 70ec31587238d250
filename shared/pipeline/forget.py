"""What is remembered is forgotten again: tables grow with what happens, not with time."""

import logging
from datetime import datetime, timedelta

from shared.pipeline.services import Services

log = logging.getLogger(__name__)

NOTES = timedelta(days=30)
CHECKS = timedelta(days=7)
JOBS = timedelta(days=30)
REPORTS = timedelta(days=400)
ALERTS = timedelta(days=400)
INCIDENTS = ALERTS + timedelta(days=30)
"""After their end. Longer than alerts: an incident that starts anew counts its episodes from one,
and the alerts of the first must not be taken for its own."""


async def forget_old(services: Services, now: datetime) -> None:
    """Forget what nobody will ask for. A failure is logged; the next night tries again."""
    store = services.store
    try:
        count = await store.ledger.forget(notes=now - NOTES, alerts=now - ALERTS)
        count += await store.requested.forget(now - CHECKS)
        count += await store.sweeps.forget(jobs=now - JOBS, reports=now - REPORTS)
        count += await store.incidents.forget(now - INCIDENTS)
    except Exception:
        log.exception("what is old was not forgotten")
    else:
        log.info("%d old rows forgotten", count)
