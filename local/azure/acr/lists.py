"""`/v2/_catalog`, `/v2/{repository}/tags/list` and `/v2/` itself."""

from aiohttp import web

from local.azure.acr.auth import challenge, demand, require, require_catalog
from local.azure.acr.paging import page
from local.azure.acr.service import answer, contents_of
from local.azure.contents import changes
from local.azure.contents.model import Contents


async def base(request: web.Request) -> web.Response:
    """Whether the registry is there: 401 with a challenge until one comes with a token."""
    if "Authorization" not in request.headers:
        raise challenge("", "")
    demand(request)
    return answer({})


async def catalog(request: web.Request) -> web.Response:
    """Names of repositories."""
    require_catalog(request)
    shown, headers = page(request, listed_repositories(contents_of(request)))
    return answer({"repositories": shown}, headers=headers)


def listed_repositories(contents: Contents) -> list[str]:
    """Names of repositories that may be listed and hold something."""
    return sorted(
        name
        for name, each in contents.repositories.items()
        if each.locks.list_enabled and each.manifests
    )


async def tags(request: web.Request) -> web.Response:
    """Names of tags."""
    name = request.match_info["repository"]
    require(request, name, "metadata_read")
    repository = changes.find_repository(contents_of(request), name)
    listed = sorted(each.name for each in repository.tags.values() if each.locks.list_enabled)
    shown, headers = page(request, listed)
    return answer({"name": name, "tags": shown}, headers=headers)
