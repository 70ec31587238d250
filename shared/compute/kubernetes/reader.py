"""A cluster's API over plain REST, with the monitor's Entra token."""

from functools import partial

import msgspec
from msgspec import Struct

from shared.adapters.bearer import JSON, About, Service
from shared.adapters.http import Http
from shared.compute.kubernetes.access import Access, trust
from shared.compute.kubernetes.objects import Labelled, Page, Status
from shared.compute.sources import TokenSource
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

AUDIENCE = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application of every AKS API server (AKS, kubelogin-authentication)."""
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""Of every object its metadata alone; nothing else is accepted, so nothing else is sent."""
PAGE = 500
LONGEST_PAGE = 64 * 1024 * 1024
"""Bytes; 500 pods with long specifications have some ten million."""
MOST_PAGES = 400
OUT_OF_REACH = (
    "a private cluster, or one with authorized address ranges, answers only in its network"
)
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE = 200, 401, 403, 404, 410


class RefusedError(CouldNotLookError):
    """The API server does not let the monitor look."""


class AbsentError(CouldNotLookError):
    """The API server says that there is no such object."""


class _ExpiredError(Exception):
    """A list took longer than the server keeps its place in it."""


class Listing[T](Struct, frozen=True):
    """Objects of one kind, and how many of them could not be understood."""

    objects: tuple[T, ...]
    malformed: int = 0


class ClusterApi:
    """Reads of one cluster. Every failure is a CouldNotLookError."""

    def __init__(
        self, name: str, access: Access, http: Http, credentials: TokenSource, settings: Settings
    ) -> None:
        """``name`` is the cluster's, for people. Raises MalformedError for a bad authority."""
        self._name = name
        self._server = access.server
        about = About(
            name=f"the API server of {name}",
            token=partial(credentials.token, AUDIENCE),
            said=_said,
            hint=OUT_OF_REACH,
            trust=trust(access),
            longest=LONGEST_PAGE,
        )
        self._service = Service(about, settings, http)

    async def list[T](self, path: str, kind: type[T], **parameters: str) -> Listing[T]:
        """
        Every object of a collection, such as ``/apis/apps/v1/deployments``.

        Raises:
            RefusedError: the monitor may not list it.
            CouldNotLookError: anything else.

        """
        return await self._listed(path, kind, parameters, JSON)

    async def list_metadata(self, path: str, **parameters: str) -> Listing[Labelled]:
        """Names and namespaces of a collection; no contents travel. Raises like `list`."""
        return await self._listed(path, Labelled, parameters, METADATA)

    async def get[T](self, path: str, kind: type[T]) -> T:
        """
        One object.

        Raises:
            AbsentError: there is none.
            RefusedError: the monitor may not read it.
            CouldNotLookError: anything else.

        """
        return self._decoded(await self._read(path, {}, JSON), kind, path)

    async def _listed[T](
        self, path: str, kind: type[T], parameters: dict[str, str], accept: str
    ) -> Listing[T]:
        try:
            return await self._pages(path, kind, parameters, accept)
        except _ExpiredError:
            pass
        try:
            return await self._pages(path, kind, parameters, accept)
        except _ExpiredError:
            raise CouldNotLookError(f"{self._name} changes faster than {path} lists") from None

    async def _pages[T](
        self, path: str, kind: type[T], parameters: dict[str, str], accept: str
    ) -> Listing[T]:
        found: list[T] = []
        malformed = 0
        wanted = {"limit": str(PAGE), **parameters}
        for _ in range(MOST_PAGES):
            page = self._decoded(await self._read(path, wanted, accept), Page, path)
            for raw in page.items or ():
                try:
                    found.append(msgspec.json.decode(raw, type=kind))
                except (msgspec.DecodeError, UnicodeDecodeError):
                    malformed += 1
            if not page.metadata.continue_:
                return Listing(tuple(found), malformed)
            wanted["continue"] = page.metadata.continue_
        raise CouldNotLookError(f"{self._name}: more than {MOST_PAGES} pages of {path}")

    def _decoded[T](self, body: bytes, kind: type[T], path: str) -> T:
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as why:
            raise CouldNotLookError(f"{self._name} answered {path} with something else") from why

    async def _read(self, path: str, parameters: dict[str, str], accept: str) -> bytes:
        url = self._server + path
        status, body = await self._service.ask(url, parameters=parameters, accept=accept)
        if status == _OK:
            return body
        raise self._refusal(status, path, body)

    def _refusal(self, status: int, path: str, body: bytes) -> Exception:
        if status == _GONE:
            return _ExpiredError()
        if status == _NOT_FOUND:
            return AbsentError(f"{self._name} has no {path}")
        if status == _FORBIDDEN:
            return RefusedError(
                f"403 reading {path} of {self._name}: {_said(body)}"
                " (role Azure Kubernetes Service RBAC Reader lets the monitor look)"
            )
        if status == _UNAUTHORIZED:
            return RefusedError(
                f"401 reading {path} of {self._name}: the cluster does not accept the"
                " monitor's Entra token (is it integrated with Microsoft Entra ID?)"
            )
        return CouldNotLookError(f"{status} reading {path} of {self._name}: {_said(body)}")


def _said(body: bytes) -> str:
    try:
        message = msgspec.json.decode(body, type=Status).message
    except (msgspec.DecodeError, UnicodeDecodeError):
        message = ""
    return " ".join(message.split())[:300] or "no reason given"
