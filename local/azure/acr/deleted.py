"""`/acr/v1/_deleted`: what was soft-deleted, and how it comes back.

Paths and scopes: azure-cli `acr repository list-deleted`, `acr manifest list-deleted`, `restore`.
"""

from aiohttp import web

from local.azure.acr.auth import require, require_catalog
from local.azure.acr.manifests import note
from local.azure.acr.paging import page
from local.azure.acr.rights import DELETED_CATALOG
from local.azure.acr.service import answer, contents_of, world_of
from local.azure.acr.shapes import identity, lock_body, manifest_body
from local.azure.contents import changes, errors
from local.azure.contents.model import Repository
from local.azure.stamps import stamp


async def catalog(request: web.Request) -> web.Response:
    """Names of repositories with something deleted in them."""
    require_catalog(request, DELETED_CATALOG)
    repositories = contents_of(request).repositories
    names = sorted(name for name, each in repositories.items() if each.deleted)
    shown, headers = page(request, names)
    return answer({"repositories": shown}, headers=headers)


async def list_manifests(request: web.Request) -> web.Response:
    """Deleted manifests of a repository."""
    repository = readable(request)
    shown, headers = page(request, sorted(repository.deleted))
    bodies = []
    for digest in shown:
        deleted = repository.deleted[digest]
        tags = [tag.name for tag in deleted.tags]
        body = manifest_body(request, deleted.manifest, tags)
        bodies.append(body | {"deletedAt": stamp(deleted.time)})
    return answer({**identity(request, repository), "manifests": bodies}, headers=headers)


async def list_tags(request: web.Request) -> web.Response:
    """Deleted tags of a repository."""
    repository = readable(request)
    bodies = [
        {
            "tag": tag.name,
            "digest": tag.digest,
            "createdTime": stamp(tag.created),
            "lastUpdateTime": stamp(tag.updated),
            "deletedAt": stamp(deleted.time),
            "changeableAttributes": lock_body(tag.locks),
        }
        for deleted in repository.deleted.values()
        for tag in deleted.tags
    ]
    return answer({**identity(request, repository), "tags": bodies})


async def restore(request: web.Request) -> web.Response:
    """Bring a manifest back under the tag in the body."""
    name, digest = request.match_info["repository"], request.match_info["digest"]
    who = require(request, name, "deleted_restore")
    try:
        tag = str((await request.json()).get("tag", ""))
    except (ValueError, AttributeError) as error:
        raise errors.invalid_request("the body must be an object with a tag") from error
    forced = request.query.get("force", "").lower() == "true"
    now = world_of(request).now()
    restored = changes.restore(contents_of(request), name, digest, tag, now, force=forced)
    note(request, who, "restore", name, tag or digest, manifest=restored)
    return answer(status=202)


def readable(request: web.Request) -> Repository:
    """The repository asked for, by someone who may see what is deleted in it."""
    name = request.match_info["repository"]
    require(request, name, "deleted_read")
    return changes.find_repository(contents_of(request), name)
