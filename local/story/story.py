"""The story, step by step. Each waits for what a person would see: a card, a mail, an answer."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from local.stack import Stack
from local.story.pushing import Principal, push
from local.story.scene import Scene, Step, expect, headline, readable

API = "contoso.azurecr.io/shop/api:v412"
SEARCH = "contoso.azurecr.io/shop/search:1.9"
WORKER = "contoso.azurecr.io/shop/worker:1.8.0"
CART = "contoso.azurecr.io/shop/cart:3.1"
PULLERS = {"principal": "shop-pullers", "role": "AcrPull", "scope": "registry/contoso"}
KUBELET_TEXT = (
    'Failed to pull image "contoso.azurecr.io/shop/cart:3.1": failed to pull and unpack image '
    '"contoso.azurecr.io/shop/cart:3.1": failed to resolve reference '
    '"contoso.azurecr.io/shop/cart:3.1": failed to authorize: failed to fetch anonymous token: '
    "unexpected status from GET request to https://contoso.azurecr.io/oauth2/token"
    "?scope=repository%3Ashop%2Fcart%3Apull&service=contoso.azurecr.io: 401 Unauthorized"
)
CLEANER = "nightly-cleanup"
NO_ROLE = "AUTH_ROLE_AT_OTHER_SCOPE"  # the kubelet keeps AcrPull on the other registries
AGAIN = 0.3
"""Seconds after which somebody who has repaired something asks again."""
FAST = 3.0
"""Seconds from a delete event to its card."""

type Tell = Callable[[str], None]


async def tell_story(stack: Stack, tell: Tell) -> list[Step]:
    """Play every step, also after one failed; say what happens and why in plain words."""
    told: list[Step] = []
    async with aiohttp.ClientSession() as http:
        scene = Scene(stack, http)
        for why, name, expected, act in SCENES:
            tell(f"\n{why}")
            told.append(await scene.play(name, expected, act))
            tell(sentence(told[-1]))
    return told


def sentence(step: Step) -> str:
    """A step for a person."""
    mark = "ok  " if step.ok else "FAIL"
    return f"  {mark}  {step.observed}  ({step.seconds:.1f} s)"


async def baseline(scene: Scene) -> str:
    """The first sweep, and its report on both channels."""
    await scene.run("sweep")
    report = await scene.card("Nightly report", "contoso.azurecr.io", "fabrikam.azurecr.io")
    await scene.mail("Nightly report")
    return f"the report arrived in Teams and by mail: {headline(report)}"


async def foreseen(scene: Scene) -> str:
    """A clean-up task will take a deployed tag tonight: the card comes before."""
    card = await scene.card(f"{CLEANER} will untag", "shop/worker:1.8.0", "worker-replay")
    expect("--delete-enabled false" in readable(card), "the card does not say how to keep it")
    await scene.settle()
    return f"told before it happens: {headline(card)}"


async def pushed(scene: Scene) -> str:
    """Somebody pushes the tag that a Deployment has been waiting for."""
    before = (await scene.ask(image=SEARCH))[0]
    expect(before["outcome"] == 4, f"before the push: {_root(before)}")  # noqa: PLR2004 - fail
    digest = await push(scene.stack, SEARCH, await _pipeline(scene))
    after = (await scene.ask(image=SEARCH))[0]
    expect(_root(after) != "EXISTENCE_TAG_MISSING", f"after the push: {_root(after)}")
    await scene.settle()
    return f"pushed as {digest[:19]}; the tag that was missing is there"


async def deleted(scene: Scene) -> str:
    """Bob deletes a manifest by digest: the event names no tag and no workload."""
    started = time.monotonic()
    await scene.do("delete", image=API, by="bob")
    card = await scene.card("shop/api", "v412", "api", "shop-admin/staging", "bob")
    seconds = time.monotonic() - started
    await scene.mail("shop/api", "v412")
    await scene.settle()
    expect(seconds < FAST, f"the card came after {seconds:.1f} s")
    return f"a card after {seconds:.2f} s: {headline(card)}"


async def purged(scene: Scene) -> str:
    """The purge task untags a deployed tag: no event at all."""
    gone = await scene.do("run-task", registry="contoso", task=CLEANER)
    expect("shop/worker:1.8.0" in str(gone), f"the task removed {gone}")
    await scene.run("watch")
    card = await scene.card("There is no tag 1.8.0", "worker-replay", CLEANER)
    expect("az acr import" in readable(card), "the card does not say how to bring it back")
    await scene.settle()
    return f"found by the watch, with who it was: {headline(card)}"


async def restored(scene: Scene) -> str:
    """Somebody types the first command of the fix: the tag is put back on its manifest."""
    (diagnosis, *_) = await scene.ask(image=WORKER)
    told = re.search(r"az acr import .*--source (\S+@sha256:[0-9a-f]{64})", _fix(diagnosis))
    expect(told is not None, f"what brings it back is {_fix(diagnosis)}")
    assert told  # noqa: S101 - said one line before
    await scene.do("import", image=WORKER, source=told[1], by="alice")
    await scene.run("watch")
    card = await scene.card("RESOLVED", "There is no tag 1.8.0")
    await scene.settle()
    return f"resolved: {headline(card)}"


async def revoked(scene: Scene) -> str:
    """The pull role of the cluster is revoked; somebody asks with the kubelet's error text."""
    await scene.do("revoke", **PULLERS)
    (diagnosis, *_) = await scene.ask(image=CART, error=KUBELET_TEXT)
    root = _root(diagnosis)
    expect(root == NO_ROLE, f"the cause was said to be {root}")
    await scene.card("shop")
    return f"the check says {root}: {diagnosis['root']['title']}"


async def repaired(scene: Scene) -> str:
    """The role is granted again and the image pushed again: people hear that it is over."""
    await scene.settle()
    await scene.do("grant", **PULLERS)
    await _asked_until(scene, CART, lambda root: root != NO_ROLE)
    await scene.card("RESOLVED")
    await scene.do("push", image=API, by="pipeline")
    resolved = await scene.card("RESOLVED", "v412")
    await scene.settle()
    return f"resolved: {headline(resolved)}"


async def nightly(scene: Scene) -> str:
    """The night comes, and its report."""
    await scene.do("clock", advance="PT2M")
    await scene.run("sweep")
    report = await scene.card("Nightly report", "contoso.azurecr.io")
    return f"the report: {headline(report)}"


async def _asked_until(scene: Scene, image: str, satisfied: Callable[[str], bool]) -> None:
    """Ask as somebody does who has just repaired something; the step's patience is the limit."""
    for _ in range(100):
        if satisfied(_root((await scene.ask(image=image))[0])):
            return
        await asyncio.sleep(AGAIN)


async def _pipeline(scene: Scene) -> Principal:
    """The credentials of the build pipeline, as the estate has them."""
    estate = await scene.stack.control.show("estate")
    identity = next(i for i in estate["identities"] if i["name"] == "pipeline")
    secret = identity["secrets"][0]["value"]
    return Principal(identity["clientId"], secret, estate["tenant"])


def _fix(diagnosis: Mapping[str, Any]) -> str:
    return "\n".join((diagnosis["root"] or {}).get("fix", ()))


def _root(diagnosis: dict[str, object]) -> str:
    root = diagnosis["root"]
    return str(root["code"]) if isinstance(root, dict) else "nothing wrong"


SCENES = (
    (
        "Night. The sweep looks at every workload and every image that it pulls.",
        "baseline sweep",
        "a report in Teams and by mail that names the three registries",
        baseline,
    ),
    (
        "At 03:00 the task nightly-cleanup will untag shop/worker:1.8.0, which two workloads run.",
        "a purge is foreseen",
        "a card before it happens that names task, tag, workloads and the lock that keeps it",
        foreseen,
    ),
    (
        "The pipeline pushes shop/search:1.9, for which a Deployment has been waiting.",
        "a real push",
        "the missing tag is there, seen by an on-demand check",
        pushed,
    ),
    (
        "Bob deletes the manifest of shop/api:v412. The event names a digest, and no tag.",
        "a deployed manifest is deleted",
        f"within {FAST:.0f} s a card that names tag, workloads and who deleted it",
        deleted,
    ),
    (
        "The task nightly-cleanup untags shop/worker:1.8.0. Event Grid says nothing.",
        "a purge untags a deployed tag",
        "the watch finds it, and a card says so, who it was, and what brings it back",
        purged,
    ),
    (
        "The tag is put back on its manifest, with the command that the card gave.",
        "restored",
        "a resolved notice",
        restored,
    ),
    (
        "AcrPull is revoked. The kubelet says 'anonymous token ... 401'. Somebody asks why.",
        "a role is revoked",
        "the check names the missing role, not the noise",
        revoked,
    ),
    (
        "The role is granted again; shop/api:v412 is pushed again.",
        "repaired",
        "resolved notices",
        repaired,
    ),
    (
        "Night again.",
        "the nightly report",
        "a second report",
        nightly,
    ),
)
