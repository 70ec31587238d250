"""The local registry, driven by a client that nobody here wrote."""

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from local.environment import inherited
from local.story.scene import readable
from tests.support.layout import write_layout
from tests.support.live import Live

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed"),
]

BARGE = "docker://harbour.azurecr.io/deck/barge"

type Run = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture(loop_scope="session")
async def skopeo(live: Live) -> Run:
    """Run skopeo on a laptop, as the service principal that may push and delete."""
    estate = await live.stack.control.show("estate")
    who = next(one for one in estate["identities"] if one["name"] == "shipyard")
    credentials = f"{who['clientId']}:{who['secrets'][0]['value']}"
    environment = {**inherited(os.environ), **live.stack.env(place="laptop")}

    async def run(verb: str, *words: str, creds: str = "--creds", fails: bool = False) -> str:
        process = await asyncio.create_subprocess_exec(
            *("skopeo", "--insecure-policy", verb, f"{creds}={credentials}", *words),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert bool(process.returncode) is fails, errors.decode()
        return (errors if fails else output).decode()

    return run


async def test_skopeo_pushes_inspects_and_pulls_byte_by_byte(skopeo: Run, tmp_path: Path) -> None:
    digest = write_layout(tmp_path / "image", b"barge")
    await skopeo("copy", f"oci:{tmp_path}/image", f"{BARGE}:2.0", creds="--dest-creds")
    inspected = json.loads(await skopeo("inspect", f"{BARGE}:2.0"))
    assert inspected["Digest"] == digest
    assert (inspected["Architecture"], inspected["Os"]) == ("amd64", "linux")
    assert set(json.loads(await skopeo("list-tags", BARGE))["Tags"]) >= {"1.0", "2.0"}
    await skopeo("copy", f"{BARGE}@{digest}", f"oci:{tmp_path}/pulled", creds="--src-creds")
    blobs = Path("blobs/sha256")
    pushed, pulled = tmp_path / "image" / blobs, tmp_path / "pulled" / blobs
    assert {one.name: one.read_bytes() for one in pulled.iterdir()} == {
        one.name: one.read_bytes() for one in pushed.iterdir()
    }


async def test_what_skopeo_deletes_is_told_and_what_it_pushes_again_is_resolved(
    live: Live, before: int, skopeo: Run, tmp_path: Path
) -> None:
    digest = json.loads(await skopeo("inspect", f"{BARGE}:1.0"))["Digest"]
    await skopeo("delete", f"{BARGE}@{digest}")
    card = readable(await live.card("FAIL", "deck/barge", "1.0", after=before))
    assert "dock/yard/deployment/barge" in card
    assert "skopeo" in card, "who did it, and with what"
    assert "manifest unknown" in await skopeo("inspect", f"{BARGE}:1.0", fails=True)
    write_layout(tmp_path / "image", b"barge again")
    await skopeo("copy", f"oci:{tmp_path}/image", f"{BARGE}:1.0", creds="--dest-creds")
    await live.card("RESOLVED", "deck/barge", after=before)


async def test_skopeo_without_the_right_is_refused(skopeo: Run) -> None:
    source = "docker://busy.azurecr.io/net:1.0"
    refused = await skopeo("inspect", source, fails=True)
    assert "unauthorized" in refused.lower() or "denied" in refused.lower()
