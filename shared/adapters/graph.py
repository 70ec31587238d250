"""Microsoft Graph: who a service principal is, and in which groups. The app may lack the right."""

import json
import re
from collections.abc import Mapping
from typing import Any

from shared.adapters.arm import Json, NotFoundError, refusal
from shared.adapters.bearer import About, Service
from shared.adapters.credentials import Credentials, tenant_in
from shared.adapters.http import Http
from shared.adapters.resilience import cached
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

MOST_PAGES = 20
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_GROUP = "#microsoft.graph.group"
_SECRETS = "passwordCredentials,keyCredentials"


class Graph:
    """
    Reads of Microsoft Graph (v1.0), cached and shared like those of ARM.

    They need ``Application.Read.All`` and, for groups, ``GroupMember.Read.All``; without them
    every read is a `ForbiddenError`.
    """

    def __init__(self, settings: Settings, http: Http, credentials: Credentials) -> None:
        """Use the lane's connections and the app's identity."""
        self._endpoint = settings.graph_endpoint.rstrip("/")
        self._credentials = credentials
        about = About(name="Microsoft Graph", token=self._token, said=_message)
        self._service = Service(about, settings, http)
        self._get = cached(self._read, seconds=settings.cache_seconds)

    async def tenant(self) -> str:
        """
        The tenant whose directory is read; empty where it is not told.

        Raises:
            CouldNotLookError: Entra gives no token for it.

        """
        return tenant_in(await self._token())

    async def service_principal(self, app_id: str) -> Json | None:
        """
        Read the service principal of a client id; None where the tenant has none.

        ``id`` is the object id that roles are assigned to.

        Raises:
            ForbiddenError: the app may not read the directory.
            CouldNotLookError: anything else.

        """
        fields = f"id,appId,displayName,accountEnabled,appOwnerOrganizationId,{_SECRETS}"
        return await self._one(f"servicePrincipals(appId='{_guid(app_id)}')", fields)

    async def application(self, app_id: str) -> Json | None:
        """Read the app registration of a client id, which holds its secrets. Raises like above."""
        return await self._one(
            f"applications(appId='{_guid(app_id)}')", f"id,appId,displayName,{_SECRETS}"
        )

    async def groups_of(self, object_id: str) -> frozenset[str]:
        """
        Read the object ids of every group that a service principal is in, through others too.

        Raises like `service_principal`; NotFoundError for an object that is not there.
        """
        url = f"{self._base}/servicePrincipals/{_guid(object_id)}/transitiveMemberOf?$select=id"
        groups: set[str] = set()
        for _ in range(MOST_PAGES):
            page = await self._get(url)
            groups |= {str(one["id"]) for one in page.get("value", ()) if _is_group(one)}
            if not (url := str(page.get("@odata.nextLink") or "")):
                return frozenset(groups)
            if not url.startswith(self._endpoint + "/"):
                raise CouldNotLookError("Microsoft Graph's next page is on another host")
        raise CouldNotLookError(f"{object_id} is in more groups than {MOST_PAGES} pages tell")

    @property
    def _base(self) -> str:
        return f"{self._endpoint}/v1.0"

    async def _token(self) -> str:
        return await self._credentials.token(self._endpoint)

    async def _one(self, path: str, fields: str) -> Json | None:
        try:
            return await self._get(f"{self._base}/{path}?$select={fields}")
        except NotFoundError:
            return None

    async def _read(self, url: str) -> Json:
        status, body = await self._service.ask(url)
        if status == 200:  # noqa: PLR2004 - HTTP
            return _object(body)
        what = url.removeprefix(self._base).partition("?")[0]
        raise refusal(status, f"{status} reading {what} in Microsoft Graph: {_message(body)}")


def _guid(text: str) -> str:
    if not GUID.fullmatch(text):
        raise CouldNotLookError(f"{text[:80]!r} is no object or client id")
    return text


def _is_group(one: Any) -> bool:
    return isinstance(one, Mapping) and one.get("@odata.type", _GROUP) == _GROUP and "id" in one


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError as why:
        raise CouldNotLookError("Microsoft Graph's answer is not understood") from why
    if not isinstance(found, dict):
        raise CouldNotLookError("Microsoft Graph's answer is not an object")
    return found


def _message(body: bytes) -> str:
    try:
        return " ".join(str(json.loads(body)["error"]["message"]).split())[:300]
    except (ValueError, KeyError, TypeError):
        return ""
