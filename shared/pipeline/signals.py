"""Log lines that the alerts and the workbook of infra/ look for: their text is an interface.

    pullwatch.heartbeat {"timer":"watch"}

A word that no other line has, and an object in JSON: names in it cannot break the line.
`tests/unit/infra` holds the queries to these names and fields.
"""

import logging

import msgspec

from shared.domain.capacity import LIMITS, STORAGE
from shared.domain.facts.base import Evidence
from shared.domain.facts.registry import RegistryProfile, RegistryUsages
from shared.domain.reports import Report

log = logging.getLogger(__name__)

HEARTBEAT = "pullwatch.heartbeat"
REPORT = "pullwatch.report"
CAPACITY = "pullwatch.capacity"
DEAD_LETTER = "pullwatch.dead_letter"


def heartbeat(timer: str) -> None:
    """A timer did its work, all of it."""
    _tell(logging.INFO, HEARTBEAT, timer=timer)


def reported(report: Report) -> None:
    """A sweep was reported: whether every job came back, and how much could not be seen."""
    _tell(
        logging.INFO if report.complete else logging.WARNING,
        REPORT,
        sweep=report.sweep,
        complete=report.complete,
        missing_jobs=report.missing_jobs,
        gaps=len(report.gaps),
    )


def capacity(evidence: Evidence) -> None:
    """How full a registry is, in bytes, where a job's evidence tells. ``limit`` 0: not known."""
    profile, usages = evidence.get(RegistryProfile), evidence.get(RegistryUsages)
    if profile is None or usages is None:
        return
    size = next((usage for usage in usages.usages if usage.name == STORAGE), None)
    if size is None:
        return
    limits = LIMITS.get(profile.sku)
    _tell(
        logging.INFO,
        CAPACITY,
        registry=profile.login_server,
        used=size.current,
        included=size.limit,
        limit=limits.storage if limits else 0,
    )


def dead_letter(queue: str, message_id: str | None) -> None:
    """A message was given up."""
    _tell(logging.ERROR, DEAD_LETTER, queue=queue, message=str(message_id)[:200])


def _tell(level: int, signal: str, **said: str | int | bool) -> None:
    log.log(level, "%s %s", signal, msgspec.json.encode(said).decode())
