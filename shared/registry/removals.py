"""Removals as the resource logs of registries tell them, where a diagnostic setting sends them.

Columns: azure-monitor/reference/tables/ContainerRegistryRepositoryEvents. A row is there minutes
after what it tells of.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.arm import Arm, Json
from shared.adapters.logs import Logs
from shared.adapters.resilience import cached
from shared.domain.clock import utc
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.images import Digest, InvalidReferenceError, parse_reference
from shared.domain.pulls import Registry, short_hash
from shared.domain.removals import Removal, RemovalKind
from shared.registry.base import Removed

SETTINGS_VERSION = "2021-05-01-preview"
WORKSPACE_VERSION = "2022-10-01"
CATEGORY = "ContainerRegistryRepositoryEvents"
GROUPS = frozenset({"alllogs", "audit"})
"""Category groups that hold it."""
KEPT_SECONDS = 900.0
"""How long it is remembered where a registry sends its logs."""
MOST_ROWS = 20_000
SHORTEST = timedelta(seconds=10)
"""A time that is not halved any more."""
QUERY = (
    f"{CATEGORY} | where OperationName startswith 'Untag' or OperationName startswith 'Delete' "
    "or OperationName startswith 'Purge' | project TimeGenerated, LoginServer, OperationName, "
    "Repository, Tag, Digest, Identity, CallerIpAddress, UserAgent, CorrelationId, ResultType "
    f"| order by TimeGenerated asc | take {MOST_ROWS}"
)
_REFUSED = 400


class ResourceLogs:
    """Reads the removals out of every workspace that registries send their logs to."""

    def __init__(self, arm: Arm, logs: Logs) -> None:
        """Find workspaces with one, and ask them with the other."""
        self._arm, self._logs = arm, logs
        self._workspaces = cached(self._read_workspaces, seconds=KEPT_SECONDS)

    async def workspaces(self, registry: Registry) -> tuple[str, ...]:
        """
        The customer ids of the workspaces to which a registry sends its repository events.

        Raises:
            CouldNotLookError: its diagnostic settings, or a workspace, could not be read.

        """
        return await self._workspaces(registry.resource_id)

    async def removals(
        self, registries: Iterable[Registry], since: datetime, until: datetime
    ) -> Removed:
        """What was removed from registries; one query a workspace. Never raises for a refusal."""
        managed = [one for one in registries if one.resource_id]
        found = await asyncio.gather(*map(self._senders, managed))
        gaps = [gap for _, gap in found if gap]
        senders: dict[str, set[str]] = defaultdict(set)
        for registry, (workspaces, _) in zip(managed, found, strict=True):
            for workspace in workspaces:
                senders[workspace].add(registry.login_server)
        told = await asyncio.gather(
            *(self._of(workspace, hosts, since, until) for workspace, hosts in senders.items())
        )
        rows = {one.id: one for removals, _ in told for one in removals}
        gaps += [gap for _, gap in told if gap]
        watched = frozenset(host for hosts in senders.values() for host in hosts)
        return Removed(tuple(rows.values()), tuple(gaps), watched)

    async def _senders(self, registry: Registry) -> tuple[tuple[str, ...], Gap | None]:
        try:
            return await self._workspaces(registry.resource_id), None
        except CouldNotLookError as why:
            return (), Gap(f"resource logs of {registry.login_server}", str(why), hides=False)

    async def _of(
        self, workspace: str, hosts: set[str], since: datetime, until: datetime
    ) -> tuple[list[Removal], Gap | None]:
        try:
            rows = await self._rows(workspace, since, until)
        except CouldNotLookError as why:
            what = f"resource logs of {', '.join(sorted(hosts)[:5])}"
            return [], Gap(what, str(why), hides=False)
        found = [one for row in rows if (one := removal(row)) and one.registry in hosts]
        return found, None

    async def _rows(self, workspace: str, since: datetime, until: datetime) -> list[Json]:
        """All rows of a time: where there are more than one answer holds, of its halves."""
        rows = await self._logs.query(workspace, QUERY, since, until)
        if len(rows) < MOST_ROWS:
            return list(rows)
        if until - since < SHORTEST:
            raise CouldNotLookError(f"more than {MOST_ROWS:,} removals at {since:%H:%M:%S}")
        middle = since + (until - since) / 2
        earlier = await self._rows(workspace, since, middle)
        return earlier + await self._rows(workspace, middle, until)

    async def _read_workspaces(self, registry_id: str) -> tuple[str, ...]:
        path = f"{registry_id}/providers/Microsoft.Insights/diagnosticSettings"
        settings = await self._arm.list(path, SETTINGS_VERSION)
        ids = {one for setting in settings if (one := workspace_of(setting))}
        found = [await self._arm.get(one, WORKSPACE_VERSION) for one in sorted(ids)]
        return tuple(str(_properties(one).get("customerId") or "") for one in found)


def workspace_of(setting: Json) -> str:
    """The workspace's ARM id in a diagnostic setting that sends repository events; else empty."""
    about = _properties(setting)
    sends = any(
        isinstance(log, Mapping)
        and log.get("enabled")
        and (
            log.get("category") == CATEGORY or str(log.get("categoryGroup") or "").lower() in GROUPS
        )
        for log in about.get("logs") or ()
    )
    return str(about.get("workspaceId") or "") if sends else ""


def removal(row: Mapping[str, Any]) -> Removal | None:
    """A removal that succeeded; None for a row that tells of none, or not enough."""
    kind, repository = _kind(row), _text(row, "Repository")
    if kind is None or _failed(_text(row, "ResultType")):
        return None
    tag, digest = _text(row, "Tag"), _text(row, "Digest").lower()
    host = _text(row, "LoginServer").lower()
    try:
        at = utc(_text(row, "TimeGenerated"))
        name = f"{host}/{repository}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"
        parse_reference(name)
    except (ValueError, InvalidReferenceError):
        return None
    correlation = _text(row, "CorrelationId")
    return Removal(
        id=short_hash(correlation or at.isoformat(), host, repository, tag, digest, kind),
        kind=kind,
        at=at,
        registry=host,
        repository=repository,
        tag=tag,
        digest=Digest(digest),
        actor=_text(row, "Identity"),
        address=_text(row, "CallerIpAddress"),
        user_agent=_text(row, "UserAgent"),
    )


def _kind(row: Mapping[str, Any]) -> RemovalKind | None:
    """Only Untag, and Purge tag of the retention policy, spare the manifest."""
    said = _text(row, "OperationName").lower()
    if said.startswith("untag"):
        return RemovalKind.UNTAGGED
    if said.startswith("delete"):
        return RemovalKind.DELETED
    return RemovalKind.EXPIRED if said.startswith("purge") else None


def _failed(result: str) -> bool:
    """Whether the registry refused. The column's values are not documented: a status, or words."""
    digits = "".join(filter(str.isdigit, result))[:3]
    with suppress(ValueError):
        return int(digits) >= _REFUSED
    return result.lower().startswith(("fail", "error"))


def _text(row: Mapping[str, Any], column: str) -> str:
    return str(row.get(column) or "")[:500].encode("utf-8", "replace").decode()


def _properties(one: Mapping[str, Any]) -> Mapping[str, Any]:
    found = one.get("properties")
    return found if isinstance(found, dict) else {}
