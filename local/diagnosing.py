"""`python -m local diagnose ESTATE.yaml`: what the app says of every workload of an estate.

Without `--deployed` the app runs as its command line does, beside the simulated Azure alone. With
it the whole stack starts: the Functions host sweeps, its jobs pass the queue, what they find is
stored, and every image is then asked about over HTTP.
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import yaml

from local.arguments import Parser
from local.estates.loader import load
from local.estates.mistakes import EstateError
from local.estates.model import Estate
from local.faults.survey import IMPATIENT, Ask, Seen, Surveyor, answered, as_seen
from local.processes import ProcessError
from local.stack import Stack

PATIENCE: Final = 120.0
"""Seconds that a sweep of the deployed app may take."""
PAUSE: Final = 0.2
MONITOR: Final = "pullwatch"
READING: Final = (
    "Reader",
    "Azure Kubernetes Service RBAC Reader",
    "Azure Kubernetes Service Cluster User Role",
    "Container Registry Repository Reader",
)
"""What the app is given where an estate does not describe it."""
_IMAGE: Final = re.compile(r"[a-z0-9][a-z0-9.-]*\.azurecr\.[a-z]+/[A-Za-z0-9_./@:-]+")


def run(words: Sequence[str]) -> int:
    """Diagnose every workload of an estate. 1 when the estate is wrong or nothing answers."""
    parser = Parser(prog="python -m local diagnose", description=run.__doc__)
    parser.add_argument("estate", type=Path, help="YAML file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--deployed", action="store_true", help="through the whole stack: host, queue, tables"
    )
    asked = parser.parse_args(words)
    try:
        load(asked.estate)
        text = asked.estate.read_text(encoding="utf-8")
        found = asyncio.run(diagnose(text, deployed=asked.deployed))
    except (EstateError, OSError, ProcessError) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    as_json = msgspec.json.format(msgspec.json.encode(found)).decode()
    sys.stdout.write((as_json if asked.json else table(found)) + "\n")
    return 0


async def diagnose(text: str, *, deployed: bool = False) -> list[Seen]:
    """What the app says of an estate in YAML, in order. Raises EstateError and ProcessError."""
    with tempfile.TemporaryDirectory(prefix="diagnose-") as folder:
        state = Path(folder)
        watched = state / "watched.yaml"
        watched.write_text(with_monitor(text), encoding="utf-8")
        if not deployed:
            async with Surveyor(state, watched) as surveyor:
                return await surveyor.look()
        async with Stack(state / "stack", estate=watched, settings=IMPATIENT) as stack:
            return await look_deployed(stack, load(watched))


async def look_deployed(stack: Stack, estate: Estate, questions: Sequence[Ask] = ()) -> list[Seen]:
    """Have the deployed app sweep, then ask it about every image. Raises ProcessError."""
    async with aiohttp.ClientSession() as http:
        await _sweep(stack, http)
        answers = [await _ask(stack, http, {"image": image}) for image in images(estate)]
        asked = [await _ask(stack, http, msgspec.to_builtins(one)) for one in questions]
    found = (as_seen(one) for answer in answers for one in answer if one["pull"]["workload"]["id"])
    replies = [as_seen(one) for answer in asked for one in answer]
    return answered([*set(found), *replies], len(replies))


async def _sweep(stack: Stack, http: aiohttp.ClientSession) -> None:
    """Sweep, and wait for a report of it in which no job is missing."""
    before = await _report(stack, http)
    headers = {"x-functions-key": stack.keys.master_key}
    url = f"{stack.url}/admin/functions/sweep"
    async with http.post(url, headers=headers, json={"input": ""}) as answer:
        answer.raise_for_status()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        report = await _report(stack, http)
        if report.get("sweep") and report.get("sweep") != before.get("sweep"):
            return
        await asyncio.sleep(PAUSE)
    raise ProcessError("functions", "did not report on a sweep", stack.log("functions"))


async def _report(stack: Stack, http: aiohttp.ClientSession) -> dict[str, Any]:
    async with http.get(f"{stack.url}/api/reports/latest", headers=_key(stack)) as answer:
        found: dict[str, Any] = await answer.json() if answer.ok else {}
    return found


async def _ask(
    stack: Stack, http: aiohttp.ClientSession, body: dict[str, str]
) -> list[dict[str, Any]]:
    """The answer to a question, waited for where the app says that it takes longer."""
    url = f"{stack.url}/api/checks"
    async with http.post(url, headers=_key(stack), json=body) as answer:
        answer.raise_for_status()
        found = await answer.json()
        later = answer.headers.get("Location", "")
    until = time.monotonic() + PATIENCE
    while found["diagnoses"] is None and time.monotonic() < until:
        await asyncio.sleep(PAUSE)
        async with http.get(f"{stack.url}{later}", headers=_key(stack)) as answer:
            found = await answer.json()
    return list(found["diagnoses"] or ())


def _key(stack: Stack) -> dict[str, str]:
    return {"x-functions-key": stack.keys.function_keys["default"]}


def images(estate: Estate) -> list[str]:
    """Every image on ACR that a workload of the estate names, wherever it does."""
    groups = (
        estate.clusters,
        estate.web_apps,
        estate.container_apps,
        estate.jobs,
        estate.container_groups,
    )
    found = dict.fromkeys(_IMAGE.findall(msgspec.json.encode(groups).decode()))
    return sorted(image for image in found if "/v2/" not in image and "/oauth2/" not in image)


def with_monitor(text: str) -> str:
    """The estate with a place and rights for the app, where it describes none."""
    raw = yaml.safe_load(text)
    if any(place["name"] == MONITOR for place in raw.get("places", ())):
        return text
    identity = {"name": MONITOR, "graphPermissions": ["Application.Read.All"]}
    place = {"name": MONITOR, "egress": "198.51.100.20", "identity": MONITOR}
    raw.setdefault("places", []).append(place)
    if all(one["name"] != MONITOR for one in raw.get("identities", ())):
        raw.setdefault("identities", []).append(identity)
        raw.setdefault("roleAssignments", []).extend(
            {"principal": MONITOR, "role": role, "scope": f"subscription/{one['name']}"}
            for one in raw["subscriptions"]
            for role in READING
        )
    return yaml.safe_dump(raw, sort_keys=False)


def table(found: Sequence[Seen]) -> str:
    """One line for each pull; control characters are shown, not obeyed."""
    wide = max((len(one.workload) for one in found), default=0)
    lines = []
    for one in found:
        causes = ", ".join(one.problems)
        sure = f" ({one.confidence})" if one.confidence else ""
        text = f"{one.outcome:7} {one.workload:{wide}} {one.image}  {causes}{sure}"
        lines.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in text).rstrip())
    return "\n".join(lines)
