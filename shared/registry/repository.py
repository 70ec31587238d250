"""One repository of a known registry, asked with the monitor's identity."""

import hashlib
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from urllib.parse import quote

from shared.domain.facts.base import CouldNotLookError
from shared.registry.answers import UNAUTHORIZED, Reply, describe, garbled, obstacle
from shared.registry.data_plane import ACCEPT_MANIFESTS, MANIFEST_LIMIT, Ask, DataPlane
from shared.registry.tokens import CATALOG, Grant, Tokens, repository_scope
from shared.registry.wire import (
    Entry,
    Manifest,
    OciPlatform,
    OneManifest,
    OneRepository,
    OneTag,
    TagEntry,
)

PAGE = 1000
LOCKING = "metadata_read,metadata_write"
DISALLOWED_CODE = "REGISTRY_DISALLOWED_OPERATION"
DIGEST_HEADER = "Docker-Content-Digest"
_LINK = re.compile(r"<(?P<path>[^>]*)>(?P<about>[^<]*)")
_NEXT = re.compile(r""";\s*rel\s*=\s*["']?next\b""", re.IGNORECASE)
_HELD = frozenset({200, 307})


class NotThereError(CouldNotLookError):
    """The registry itself says that what was asked for is not there."""


@dataclass(frozen=True)
class Repository:
    """
    The questions to one repository. ``host`` must be a login server that is known: it gets tokens.

    What the registry answers to `manifest` is a `Reply`. The others raise NotThereError where the
    registry says so, and CouldNotLookError for everything else that is no success.
    """

    plane: DataPlane
    tokens: Tokens
    host: str
    name: str

    async def access(self) -> Grant:
        """Get the monitor's own access. Raises CouldNotLookError where nobody could be asked."""
        return await self.tokens.access(self.host, repository_scope(self.name))

    async def manifest(self, reference: str) -> Reply:
        """Ask for a manifest by tag or digest; garbled if it is none, or not of its digest."""
        reply = await self._ask(self._manifest(reference))
        return _checked(reply, reference) if reply.answer.ok else reply

    async def has_manifest(self, digest: str) -> bool:
        """Whether a manifest is there. Raises CouldNotLookError where that is not sure."""
        return await self._has(self._manifest(digest))

    async def held(self, reference: str) -> str | None:
        """
        The digest of a tag or digest that is handed out, empty where that is not told; else None.

        What is there but locked against reading counts as there. Raises CouldNotLookError where
        it is not sure.
        """
        ask = replace(self._manifest(reference), method="HEAD")
        reply = await self._ask(ask)
        if reply.answer.ok:
            return reply.headers.get(DIGEST_HEADER, "")
        reply = await self._ask(replace(ask, method="GET"))  # only its body tells what is missing
        if reply.gone:
            return None
        if reply.answer.ok or reply.answer.code == DISALLOWED_CODE:
            return reply.headers.get(DIGEST_HEADER, "")
        raise CouldNotLookError(describe(reply.answer))

    async def holds(self, digest: str) -> bool:
        """Whether a manifest is certainly there: one request, and only a yes means anything."""
        reply = await self._ask(replace(self._manifest(digest), method="HEAD"))
        return reply.answer.ok

    async def has_blob(self, digest: str) -> bool:
        """Whether a config or a layer is there. Raises like `has_manifest`."""
        return await self._has(self._blob(digest))

    async def config(self, digest: str) -> OciPlatform:
        """Read the platform out of an image's config, from the data endpoint if need be."""
        grant = await self._granted(repository_scope(self.name))
        reply = await self.plane.blob(replace(self._blob(digest), token=grant.token))
        if reply.answer.ok and not _matches(reply.body, digest):
            raise CouldNotLookError("the config does not match its digest")
        return reply.read(OciPlatform)

    async def attributes(self, digest: str) -> Entry:
        """Read what ACR keeps beside a manifest."""
        path = f"/acr/v1/{quote(self.name)}/_manifests/{quote(digest, safe=':')}"
        return _there(await self._ask(Ask(self.host, path))).read(OneManifest).manifest

    async def tag(self, name: str) -> TagEntry:
        """Read what ACR keeps of a tag, whether or not its manifest is handed out."""
        path = f"/acr/v1/{quote(self.name)}/_tags/{quote(name, safe='')}"
        return _there(await self._ask(Ask(self.host, path))).read(OneTag).tag

    async def own(self) -> OneRepository:
        """Read what ACR keeps of the repository itself: its locks, counts and times."""
        reply = _there(await self._ask(Ask(self.host, f"/acr/v1/{quote(self.name)}")))
        return reply.read(OneRepository)

    async def may_lock(self) -> Grant:
        """Get access that lets one change locks; it may carry less than was asked for."""
        return await self.tokens.access(self.host, repository_scope(self.name, LOCKING))

    async def lock(self, reference: str, *, delete_enabled: bool) -> None:
        """Change one lock of a tag or a manifest; its other locks stay as they are."""
        kind = "_manifests" if ":" in reference else "_tags"
        path = f"/acr/v1/{quote(self.name)}/{kind}/{quote(reference, safe=':')}"
        ask = Ask(self.host, path, change={"deleteEnabled": delete_enabled})
        _there(await self._ask(ask, repository_scope(self.name, LOCKING)))

    def manifests(self) -> AsyncGenerator[Reply]:
        """List manifests page by page, the newest first."""
        return self._pages(f"/acr/v1/{quote(self.name)}/_manifests?n={PAGE}&orderby=timedesc")

    def tags(self) -> AsyncGenerator[Reply]:
        """List tags page by page, the newest first."""
        return self._pages(f"/acr/v1/{quote(self.name)}/_tags?n={PAGE}&orderby=timedesc")

    def deleted(self, kind: str) -> AsyncGenerator[Reply]:
        """List soft-deleted ``_manifests`` or ``_tags`` page by page: it takes its own token."""
        path = f"/acr/v1/_deleted/{quote(self.name)}/{kind}?n={PAGE}"
        return self._pages(path, repository_scope(self.name, "deleted_read"))

    def catalog(self) -> AsyncGenerator[Reply]:
        """List the names of the registry's repositories: it takes its own token."""
        return self._pages(f"/acr/v1/_catalog?n={PAGE}", CATALOG)

    async def _has(self, ask: Ask) -> bool:
        reply = await self._ask(replace(ask, method="HEAD"))
        if reply.answer.status not in _HELD:
            # the answer to HEAD has no body, and only the error's code tells what is not there
            reply = await self._ask(ask)
        if reply.answer.status in _HELD or reply.gone:
            return not reply.gone
        raise CouldNotLookError(describe(reply.answer))

    async def _pages(self, path: str, scope: str = "") -> AsyncGenerator[Reply]:
        while path:
            reply = _there(await self._ask(Ask(self.host, path), scope))
            yield reply
            path = next_page(reply)

    async def _ask(self, ask: Ask, scope: str = "") -> Reply:
        scope = scope or repository_scope(self.name)
        grant = await self._granted(scope)
        reply = await self.plane.ask(replace(ask, token=grant.token))
        if reply.answer.status == UNAUTHORIZED and self.tokens.outdated(self.host, scope, grant):
            grant = await self._granted(scope)
            reply = await self.plane.ask(replace(ask, token=grant.token))
        return reply

    async def _granted(self, scope: str) -> Grant:
        grant = await self.tokens.access(self.host, scope)
        if not grant.token:
            why = obstacle(grant.answer) or f"the monitor gets no token: {describe(grant.answer)}"
            raise CouldNotLookError(why)
        return grant

    def _manifest(self, reference: str) -> Ask:
        path = f"/v2/{quote(self.name)}/manifests/{quote(reference, safe=':')}"
        return Ask(self.host, path, accept=ACCEPT_MANIFESTS, most=MANIFEST_LIMIT)

    def _blob(self, digest: str) -> Ask:
        path = f"/v2/{quote(self.name)}/blobs/{quote(digest, safe=':')}"
        return Ask(self.host, path, accept="*/*", most=MANIFEST_LIMIT)


def next_page(reply: Reply) -> str:
    """
    The path of the page after this one, on the same host; empty after the last.

    Raises:
        CouldNotLookError: there is one, but elsewhere: the token stays here, and nothing may be
            concluded from the pages before it.

    """
    links = _LINK.finditer(reply.headers.get("Link", ""))
    path = next((link["path"] for link in links if _NEXT.search(link["about"])), "")
    if path and not path.startswith("/"):
        raise CouldNotLookError(f"the next page is not on the registry's host: {path[:200]!r}")
    return path


def digest_of(reply: Reply) -> str:
    """The digest of a manifest, as sent or else computed."""
    return reply.headers.get(DIGEST_HEADER) or f"sha256:{hashlib.sha256(reply.body).hexdigest()}"


def _there(reply: Reply) -> Reply:
    if reply.gone:
        raise NotThereError(describe(reply.answer))
    if not reply.answer.ok:
        raise CouldNotLookError(describe(reply.answer))
    return reply


def _checked(reply: Reply, reference: str) -> Reply:
    wanted = reference if ":" in reference else digest_of(reply)
    if not _matches(reply.body, wanted):
        return garbled(f"the manifest does not match {wanted[:100]}")
    try:
        reply.read(Manifest)
    except CouldNotLookError as why:
        return garbled(f"this is no manifest: {why}")
    return reply


def _matches(body: bytes, digest: str) -> bool:
    algorithm, _, value = digest.partition(":")
    return algorithm != "sha256" or hashlib.sha256(body).hexdigest() == value.lower()
