"""Manifests and blobs over HTTP: pull, push, delete, and what locks and policies forbid."""

import hashlib
import json
from urllib.parse import urlsplit

import pytest

from local.azure import actions
from local.azure.world import World
from local.estates.content import DOCKER_LIST, DOCKER_MANIFEST, OCI_MANIFEST
from tests.local.acr.support import Client

ALL = "repository:shop/web:pull,push,delete,metadata_read,metadata_write"
V1 = "/v2/shop/web/manifests/v1"
NONE = f"sha256:{'0' * 64}"


@pytest.fixture
async def owner(client: Client) -> dict[str, str]:
    return await client.bearer("fabrikam", "alice", ALL)


def digest_of(world: World, reference: str) -> str:
    repository = world.contents["fabrikam"].repositories["shop/web"]
    found = repository.resolve(reference)
    assert found
    return found.digest


def kinds(world: World) -> list[str]:
    return [each.kind for each in world.operations if each.kind != "login"]


async def test_what_is_pulled_is_what_the_digest_says(
    client: Client, owner: dict[str, str]
) -> None:
    response = await client.send("GET", "fabrikam", V1, headers=owner)
    body = await response.read()
    assert response.status == 200
    assert response.content_type == DOCKER_LIST
    named = response.headers["Docker-Content-Digest"]
    assert named == "sha256:" + hashlib.sha256(body).hexdigest()
    for child in json.loads(body)["manifests"]:
        path = f"/v2/shop/web/manifests/{child['digest']}"
        response = await client.send("GET", "fabrikam", path, headers=owner)
        assert len(await response.read()) == child["size"]


async def test_head_says_the_same_without_a_body(client: Client, owner: dict[str, str]) -> None:
    response = await client.send("HEAD", "fabrikam", V1, headers=owner)
    assert response.headers["Docker-Content-Digest"] == digest_of(client.world, "v1")
    assert int(response.headers["Content-Length"]) > 0


async def test_an_old_client_gets_one_platform_of_a_list(
    client: Client, owner: dict[str, str]
) -> None:
    headers = owner | {"Accept": DOCKER_MANIFEST}
    response = await client.send("GET", "fabrikam", V1, headers=headers)
    assert response.content_type == DOCKER_MANIFEST


async def test_an_oci_manifest_needs_a_client_that_accepts_it(
    client: Client, owner: dict[str, str]
) -> None:
    headers = owner | {"Accept": DOCKER_MANIFEST}
    path = "/v2/shop/web/manifests/v0"
    response = await client.send("GET", "fabrikam", path, headers=headers)
    assert response.status == 404
    assert "OCI manifest found" in await response.text()


async def test_a_blob_is_elsewhere_and_wants_no_token(
    client: Client, owner: dict[str, str]
) -> None:
    manifest = await client.send(
        "GET", "fabrikam", "/v2/shop/web/manifests/v0", headers=owner | {"Accept": OCI_MANIFEST}
    )
    layer = json.loads(await manifest.read())["layers"][0]
    path = f"/v2/shop/web/blobs/{layer['digest']}"
    redirect = await client.send("GET", "fabrikam", path, headers=owner)
    assert redirect.status == 307
    where = urlsplit(redirect.headers["Location"])
    assert where.netloc.endswith(".blob.core.windows.net")
    elsewhere = {"Host": where.netloc}
    signed = f"{where.path}?{where.query}"
    found = await client.send("GET", "fabrikam", signed, headers=elsewhere)
    assert "sha256:" + hashlib.sha256(await found.read()).hexdigest() == layer["digest"]
    refused = await client.send("GET", "fabrikam", signed, headers=elsewhere | owner)
    assert (refused.status, refused.headers["x-ms-error-code"]) == (
        400,
        "InvalidAuthenticationInfo",
    )
    forged = await client.send("GET", "fabrikam", signed[:-4] + "0000", headers=elsewhere)
    assert forged.status == 403
    part = await client.send("GET", "fabrikam", signed, headers=elsewhere | {"Range": "bytes=0-9"})
    assert (part.status, len(await part.read())) == (206, 10)


@pytest.mark.parametrize(
    ("reference", "message", "detail"),
    [
        ("v9", 'manifest tagged by "v9" is not found', {"Tag": "v9"}),
        (NONE, f"manifest {NONE} is not found", {"Name": "shop/web", "Revision": NONE}),
    ],
)
async def test_what_is_not_there_is_404(
    client: Client, owner: dict[str, str], reference: str, message: str, detail: dict[str, str]
) -> None:
    path = f"/v2/shop/web/manifests/{reference}"
    response = await client.send("GET", "fabrikam", path, headers=owner)
    assert response.status == 404
    assert (await response.json())["errors"] == [
        {"code": "MANIFEST_UNKNOWN", "message": message, "detail": detail}
    ]


async def test_an_unknown_repository_is_told_apart(client: Client) -> None:
    headers = await client.bearer("fabrikam", "alice", "repository:nothing:pull")
    response = await client.send("GET", "fabrikam", "/v2/nothing/manifests/v1", headers=headers)
    assert (await response.json())["errors"][0]["code"] == "NAME_UNKNOWN"


async def test_an_image_can_be_pushed_in_chunks_and_pulled(
    client: Client, owner: dict[str, str]
) -> None:
    config, layer = b'{"architecture":"arm64","os":"linux"}', b"layer" * 100
    for data in (config, layer):
        await push_blob(client, owner, data)
    body = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
        }
    ).encode()
    headers = owner | {"Content-Type": OCI_MANIFEST}
    path = "/v2/shop/web/manifests/new"
    put = await client.send("PUT", "fabrikam", path, headers=headers, data=body)
    assert put.status == 201
    shown = await client.send(
        "GET",
        "fabrikam",
        f"/acr/v1/shop/web/_manifests/{put.headers['Docker-Content-Digest']}",
        headers=owner,
    )
    manifest = (await shown.json())["manifest"]
    assert (manifest["architecture"], manifest["tags"]) == ("arm64", ["new"])
    assert kinds(client.world)[-1] == "push"


def descriptor(media_type: str, data: bytes) -> dict[str, object]:
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    return {"mediaType": media_type, "size": len(data), "digest": digest}


async def push_blob(client: Client, owner: dict[str, str], data: bytes) -> None:
    start = await client.send("POST", "fabrikam", "/v2/shop/web/blobs/uploads/", headers=owner)
    where = start.headers["Location"]
    half = len(data) // 2
    first = owner | {"Content-Range": f"0-{half - 1}"}
    patch = await client.send("PATCH", "fabrikam", where, headers=first, data=data[:half])
    assert patch.headers["Range"] == f"0-{half - 1}"
    wrong = owner | {"Content-Range": "0-3"}
    again = await client.send("PATCH", "fabrikam", where, headers=wrong, data=b"oops")
    assert again.status == 416
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    put = await client.send(
        "PUT", "fabrikam", f"{where}&digest={digest}", headers=owner, data=data[half:]
    )
    assert put.status == 201


async def test_a_manifest_whose_layers_were_not_pushed_is_refused(
    client: Client, owner: dict[str, str]
) -> None:
    body = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", b"never pushed"),
            "layers": [],
        }
    ).encode()
    headers = owner | {"Content-Type": OCI_MANIFEST}
    path = "/v2/shop/web/manifests/new"
    put = await client.send("PUT", "fabrikam", path, headers=headers, data=body)
    assert (await put.json())["errors"][0]["code"] == "MANIFEST_BLOB_UNKNOWN"


async def test_deleting_a_digest_kills_every_tag_and_spares_children(
    client: Client, owner: dict[str, str]
) -> None:
    digest = digest_of(client.world, "v1")
    repository = client.world.contents["fabrikam"].repositories["shop/web"]
    children = repository.manifests[digest].parsed.children
    path = f"/v2/shop/web/manifests/{digest}"
    assert (await client.send("DELETE", "fabrikam", path, headers=owner)).status == 202
    assert sorted(repository.tags) == ["v0"]
    assert children <= set(repository.manifests)
    last = client.world.operations[-1]
    assert (last.kind, last.tag, last.requester.name) == (
        "delete",
        "",
        "alice@contoso.onmicrosoft.com",
    )


async def test_untagging_leaves_the_manifest(client: Client, owner: dict[str, str]) -> None:
    digest = digest_of(client.world, "v1")
    path = "/acr/v1/shop/web/_tags/v1"
    assert (await client.send("DELETE", "fabrikam", path, headers=owner)).status == 202
    assert (await client.send("GET", "fabrikam", V1, headers=owner)).status == 404
    assert (
        await client.send("GET", "fabrikam", f"/v2/shop/web/manifests/{digest}", headers=owner)
    ).status == 200
    assert kinds(client.world)[0] == "untag"


@pytest.mark.parametrize("lock", ["deleteEnabled", "writeEnabled"])
async def test_either_lock_forbids_deletion(
    client: Client, owner: dict[str, str], lock: str
) -> None:
    path = "/acr/v1/shop/web/_tags/v1"
    patch = await client.send("PATCH", "fabrikam", path, headers=owner, json={lock: False})
    assert (await patch.json())["tag"]["changeableAttributes"][lock] is False
    response = await client.send("DELETE", "fabrikam", path, headers=owner)
    assert response.status == 405
    assert (await response.json())["errors"][0]["code"] == "REGISTRY_DISALLOWED_OPERATION"


async def test_a_hidden_tag_is_pulled_but_not_listed(client: Client, owner: dict[str, str]) -> None:
    actions.lock(client.world, "fabrikam/shop/web:v1", list_enabled=False)
    for path in ("/v2/shop/web/tags/list", "/acr/v1/shop/web/_tags"):
        assert (
            '"v1"' not in await (await client.send("GET", "fabrikam", path, headers=owner)).text()
        )
    assert (await client.send("GET", "fabrikam", V1, headers=owner)).status == 200


async def test_a_quarantined_image_looks_like_a_missing_tag(
    client: Client, owner: dict[str, str]
) -> None:
    manifest = actions.quarantine(client.world, "fabrikam/shop/web:v1")
    by_tag = await client.send("GET", "fabrikam", V1, headers=owner)
    assert (await by_tag.json())["errors"][0]["code"] == "MANIFEST_UNKNOWN"
    path = f"/v2/shop/web/manifests/{manifest.digest}"
    by_digest = await client.send("GET", "fabrikam", path, headers=owner)
    assert "The operation is disallowed." in await by_digest.text()


async def test_referrers_are_listed(client: Client, owner: dict[str, str]) -> None:
    path = f"/v2/shop/web/referrers/{digest_of(client.world, 'v0')}"
    response = await client.send("GET", "fabrikam", path, headers=owner)
    kinds_found = [each["artifactType"] for each in (await response.json())["manifests"]]
    assert kinds_found == ["application/vnd.cncf.notary.signature"]


async def test_lists_come_in_pages(client: Client, owner: dict[str, str]) -> None:
    seen: list[str] = []
    path = "/acr/v1/shop/web/_tags?n=2&orderby=timedesc"
    while path:
        response = await client.send("GET", "fabrikam", path, headers=owner)
        seen += [each["name"] for each in (await response.json())["tags"]]
        path = response.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert seen == ["v1", "latest", "v0"]


async def test_slashes_in_names_may_be_escaped(client: Client, owner: dict[str, str]) -> None:
    response = await client.send("GET", "fabrikam", "/acr/v1/shop%2Fweb/_tags/v1", headers=owner)
    assert (await response.json())["imageName"] == "shop/web"


async def test_soft_delete_keeps_what_was_deleted(client: Client) -> None:
    world = client.world
    world.registry("fabrikam").policies.soft_delete.status = "Enabled"
    gone = actions.delete_manifest(world, "fabrikam/shop/web:v0")
    scope = "repository:shop/web:pull,deleted_read,deleted_restore"
    headers = await client.bearer("fabrikam", "alice", scope)
    listed = await client.send(
        "GET", "fabrikam", "/acr/v1/_deleted/shop/web/_manifests", headers=headers
    )
    assert [each["digest"] for each in (await listed.json())["manifests"]] == [gone.digest]
    path = f"/acr/v1/_deleted/shop/web/_manifests/{gone.digest}"
    back = await client.send("POST", "fabrikam", path, headers=headers, json={"tag": "v0"})
    assert back.status == 202
    assert digest_of(world, "v0") == gone.digest


async def test_deleting_a_repository_names_what_is_gone(client: Client) -> None:
    headers = await client.bearer("fabrikam", "alice", "repository:tools:delete")
    response = await client.send("DELETE", "fabrikam", "/acr/v1/tools", headers=headers)
    assert (response.status, (await response.json())["tagsDeleted"]) == (202, ["one"])
    assert "tools" not in client.world.contents["fabrikam"].repositories
