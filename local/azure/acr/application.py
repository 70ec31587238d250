"""The routes of registries."""

from typing import Final

from aiohttp import web

from local.azure.acr import attributes, blobs, data, deleted, exchange, lists, manifests, uploads
from local.azure.acr.gate import gate
from local.azure.acr.service import SERVICE, Service

LARGEST_BODY: Final = 1 << 30

R: Final = "{repository:.+}"


def application(service: Service) -> web.Application:
    """Serves the login server of every registry."""
    app = web.Application(middlewares=[gate], client_max_size=LARGEST_BODY)
    app[SERVICE] = service
    app.add_routes(
        [
            web.post("/oauth2/exchange", exchange.exchange),
            web.post("/oauth2/token", exchange.token_by_form),
            web.get("/oauth2/token", exchange.token_by_query),
            *distribution_routes(),
            *deleted_routes(),
            *attribute_routes(),
        ]
    )
    return app


def distribution_routes() -> list[web.RouteDef]:
    """What every OCI registry has."""
    return [
        web.get("/v2/", lists.base),
        web.get("/v2", lists.base),
        web.get("/v2/_catalog", lists.catalog),
        web.get(f"/v2/{R}/tags/list", lists.tags),
        web.get(f"/v2/{R}/manifests/{{reference}}", manifests.get_manifest),
        web.put(f"/v2/{R}/manifests/{{reference}}", manifests.put_manifest),
        web.delete(f"/v2/{R}/manifests/{{reference}}", manifests.delete_manifest),
        web.get(f"/v2/{R}/referrers/{{digest}}", manifests.get_referrers),
        web.post(f"/v2/{R}/blobs/uploads/", uploads.start),
        web.get(f"/v2/{R}/blobs/uploads/{{upload}}", uploads.status),
        web.patch(f"/v2/{R}/blobs/uploads/{{upload}}", uploads.append),
        web.put(f"/v2/{R}/blobs/uploads/{{upload}}", uploads.finish),
        web.delete(f"/v2/{R}/blobs/uploads/{{upload}}", uploads.cancel),
        web.get(f"/v2/{R}/blobs/{{digest}}", blobs.get_blob),
        web.delete(f"/v2/{R}/blobs/{{digest}}", blobs.delete_blob),
    ]


def deleted_routes() -> list[web.RouteDef]:
    """Soft delete."""
    return [
        web.get("/acr/v1/_deleted/_catalog", deleted.catalog),
        web.get(f"/acr/v1/_deleted/{R}/_manifests", deleted.list_manifests),
        web.get(f"/acr/v1/_deleted/{R}/_tags", deleted.list_tags),
        web.post(f"/acr/v1/_deleted/{R}/_manifests/{{digest}}", deleted.restore),
    ]


def attribute_routes() -> list[web.RouteDef]:
    """What Azure adds. The bare repository comes last, as its pattern takes every path."""
    return [
        web.get("/acr/v1/_catalog", attributes.catalog),
        web.get(f"/acr/v1/{R}/_tags", attributes.list_tags),
        web.get(f"/acr/v1/{R}/_tags/{{tag}}", attributes.get_tag),
        web.patch(f"/acr/v1/{R}/_tags/{{tag}}", attributes.patch_tag),
        web.delete(f"/acr/v1/{R}/_tags/{{tag}}", attributes.delete_tag),
        web.get(f"/acr/v1/{R}/_manifests", attributes.list_manifests),
        web.get(f"/acr/v1/{R}/_manifests/{{digest}}", attributes.get_manifest),
        web.patch(f"/acr/v1/{R}/_manifests/{{digest}}", attributes.patch_manifest),
        web.delete(f"/acr/v1/{R}/_manifests/{{digest}}", attributes.delete_manifest),
        web.get(f"/acr/v1/{R}", attributes.get_repository),
        web.patch(f"/acr/v1/{R}", attributes.patch_repository),
        web.delete(f"/acr/v1/{R}", attributes.delete_repository),
    ]


def data_application(service: Service) -> web.Application:
    """Serves `*.data.azurecr.io` and the hosts of Azure Storage that registries redirect to."""
    app = web.Application()
    app[SERVICE] = service
    app.router.add_get("/{path:.*}", data.get_data)
    return app
