"""Who pulls how much, as the resource log of a registry tells: metrics know no identities.

Columns: azure-monitor/reference/tables/ContainerRegistryRepositoryEvents.
"""

import re
from datetime import datetime, timedelta

from shared.adapters.logs import Logs
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import PullsByIdentity
from shared.domain.pulls import Registry
from shared.registry.removals import CATEGORY, ResourceLogs

LOOK_BACK = timedelta(hours=1)
MOST = 20
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
"""What may stand in a query as it is."""


async def read(
    resource_logs: ResourceLogs, logs: Logs, registry: Registry, at: datetime
) -> PullsByIdentity:
    """
    Read the busiest minute of each identity in the last hour, the busiest identities first.

    Raises:
        CouldNotLookError: the registry sends no log to a workspace, or it could not be read.

    """
    host = registry.login_server
    if not _HOST.fullmatch(host):
        raise CouldNotLookError(f"{host[:80]!r} is no login server")
    workspaces = await resource_logs.workspaces(registry)
    if not workspaces:
        raise CouldNotLookError("no diagnostic setting sends the registry's log to a workspace")
    rows = await logs.query(workspaces[0], _query(host), at - LOOK_BACK, at)
    try:
        busiest = {str(row["Identity"] or ""): int(row["Busiest"]) for row in rows[:MOST]}
    except (KeyError, TypeError, ValueError) as why:
        raise CouldNotLookError("Log Analytics' answer is not understood") from why
    return PullsByIdentity(busiest)


def _query(host: str) -> str:
    return (
        f"{CATEGORY} | where OperationName =~ 'Pull' and LoginServer =~ '{host}' "
        "| summarize Pulls = count() by Identity, Minute = bin(TimeGenerated, 1m) "
        f"| summarize Busiest = max(Pulls) by Identity | order by Busiest desc | take {MOST}"
    )
