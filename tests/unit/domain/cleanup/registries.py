"""Random registries and purge commands, made to meet every rule: names that share their beginnings
and ends, equal times, times at the very limit, locks, indexes."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
DAY = 24 * 3600
REPOSITORIES = (
    *("app", "app2", "app-web", "app.web", "myapp", "web", "web2", "myweb", "api"),
    *("team/app", "team/web", "team/app/web", "team/app2", "base/app"),
)
TAGS = (
    *("v1", "v2", "v10", "v11", "v100", "v1.0", "v1.0.1", "v1-0", "V1", "v1-rc.1", "rev1"),
    *("1.0.0", "1.0", "1x0", "10", "2.0.0-beta", "2024-01-02", "2024-12-31", "20240102"),
    *("dev", "dev-1", "dev-13", "dev_1", "latest", "latest-dev", "stable", "a", "main.4f2a91c"),
)
REPOSITORY_PARTS = (
    *REPOSITORIES,
    *("app|web", "web|app", "team/app|web", "(app|web)", "^app$", "^app", "app$", "^(app|web)$"),
    *(".*", "app.*", ".*app", ".*web.*", "team/.*", "team/(app|web)", "app[0-9]?", "app[0-9]"),
    *("app.web", r"app\.web", "[a-m].*", "[^t].*", r"\w+", "a..", "nothing", "app2?|none"),
)
TAG_PARTS = (
    *(".*", ".+", ".", "^$", "v1", "^v1$", "^v1", "v1$", "v.*", "^v.*", "v10", "V1", "dev"),
    *("v1|v2", "^v1|v2$", "^(v1|v2)$", "^v1$|^dev", "latest", "^latest$", "^$|v1", "^(v|dev-)1"),
    *("[0-9]", "^[0-9]", "^[^v]", "[0-9]+$", "^v[0-9]+$", "[A-Z]", "[a-z]-[0-9]", "^[v0-9.]+$"),
    *(r"v1\.0", r"^1\.0\.0$", r"1\.0", "1.0", r"\.", r"^\d{4}-\d{2}-\d{2}$", r"\d+", r"^v\d+$"),
    *(r"dev-\d{1,2}", r"\w-\w", r"^\w+$", r"\D$", r"\bdev\b", "v10*", "dev-?1", "v1?$", "[-_]"),
    *("none", "^main[.]", "(dev|v)-?1(3|0)?$"),
)
BROAD_TAG_PARTS = (".*", ".", "v", "[0-9]", r"\w", "[^z]", "1|e", "^[a-z]|[0-9]$")
FAMILIES = ("^v", "^dev", "^[0-9]", "^l", "^[a-u]", "^main|^s")  # little in common
AGES = {  # seconds: how to write them
    0: "0 0s 0d",
    1: "1s",
    5: "5s 5000ms 5000000us 0d5s",
    300: "5m 300s 0.5m270s",
    5400: "90m 1.5h 1h30m",
    DAY: "1d 01d 24h 86400000ms",
    DAY + 1: "1d1s 1d0h0m1s",
    DAY * 3 // 2: "36h 1d12h",
    DAY * 2 + 11160: "2d3h6m",
    DAY * 7: "7d",
    DAY * 30: "30d 720h 29d24h",
    DAY * 90: "90d",
    DAY * 365: "365d 8760h",
    DAY * 400: "400d",
}
DOCKER = "application/vnd.docker.distribution.manifest"
OCI = "application/vnd.oci.image"
IMAGES = (f"{DOCKER}.v2+json", f"{OCI}.manifest.v1+json")
INDEXES = (f"{DOCKER}.list.v2+json", f"{OCI}.index.v1+json")
HEADS = ("acr purge", "acr purge", "mcr.microsoft.com/acr/acr-cli:0.19 purge")


def seeded(seed: int) -> tuple[dict[str, Any], str]:
    """A registry and a command; the same for the same seed."""
    dice = Random(seed)  # noqa: S311 - no secret
    return random_case(dice)


def random_case(dice: Random) -> tuple[dict[str, Any], str]:
    registry = random_registry(dice)
    return registry, random_command(dice, [item["name"] for item in registry["repositories"]])


def random_registry(dice: Random) -> dict[str, Any]:
    part = dice.choice(("", "app", "web"))
    alike = [name for name in REPOSITORIES if part in name]
    names = dice.sample(alike, dice.choice((1, 2, 3, 4, 4)))
    return {"repositories": [random_repository(dice, name) for name in sorted(names)]}


def random_repository(dice: Random, name: str) -> dict[str, Any]:
    """Tags in the order of their names, manifests in that of their digests.

    A manifest lists the tags that name it; an index refers to manifests here, seldom to a lost one.
    """
    times: list[str] = []
    manifests: list[dict[str, Any]] = []
    for number in range(dice.choice((0, 4, 6, 8, 12))):
        manifests.append(random_manifest(dice, number, manifests, times))
    tags = []
    for tag in sorted(dice.sample(TAGS, dice.choice((0, 4, 10, 15, 15)) if manifests else 0)):
        manifest = dice.choice(manifests[:3] if dice.random() < 0.5 else manifests)
        manifest["tags"].append(tag)
        tags.append({"name": tag, "digest": manifest["digest"], **random_state(dice, times)})
    return {"name": name, "tags": tags, "manifests": manifests}


def random_manifest(
    dice: Random, number: int, earlier: list[dict[str, Any]], times: list[str]
) -> dict[str, Any]:
    is_index = bool(earlier) and dice.random() < 0.25
    known = [manifest["digest"] for manifest in earlier]
    children = dice.sample(known, dice.randint(1, min(3, len(known)))) if is_index else []
    if is_index and dice.random() < 0.1:
        children.append(f"sha256:{'f' * 64}")
    return {
        "digest": f"sha256:{number:064x}",
        "mediaType": dice.choice(INDEXES if is_index else IMAGES),
        "tags": [],
        "references": children,
        **random_state(dice, times),
    }


def random_state(dice: Random, times: list[str]) -> dict[str, Any]:
    """A time, often one that was there before, and each lock by itself."""
    if not times or dice.random() < 0.7:
        times.append(random_time(dice, times))
    return {
        "lastUpdateTime": dice.choice(times),
        "changeableAttributes": {
            "deleteEnabled": dice.random() < 0.93,
            "writeEnabled": dice.random() < 0.93,
        },
    }


def random_time(dice: Random, earlier: list[str]) -> str:
    """Seconds to 400 days before now, with up to seven decimals.

    Sometimes exactly an `--ago`, or in the same second as one that was there before.
    """
    if dice.random() < 0.2:
        return f"{NOW - timedelta(seconds=dice.choice(list(AGES))):%Y-%m-%dT%H:%M:%S}Z"
    longest = dice.choice((60, DAY, 40 * DAY, 400 * DAY, 400 * DAY, 400 * DAY))
    second = f"{NOW - timedelta(seconds=dice.randint(1, longest)):%Y-%m-%dT%H:%M:%S}"
    if earlier and dice.random() < 0.2:
        second = dice.choice(earlier)[: len(second)]
    width = dice.choice((0, 1, 6, 7))
    decimals = f".{dice.randrange(10**width):0{width}}" if width else ""
    return f"{second}{decimals}Z"


def random_command(dice: Random, names: Sequence[str] = REPOSITORIES) -> str:
    untagged_only = dice.random() < 0.15
    words = [] if untagged_only and dice.random() < 0.3 else random_filters(dice, names)
    if not untagged_only or dice.random() < 0.5:
        words.append(option(dice, "--ago", random_age(dice)))
    if dice.random() < 0.6:
        words.append(option(dice, "--keep", str(dice.randint(0, 6))))
    if dice.random() < 0.2:
        words.append(option(dice, "--concurrency", str(dice.randint(1, 32))))
    if untagged_only:
        words.append("--untagged-only")
    elif dice.random() < 0.5:
        words.append(dice.choice(("--untagged", "--untagged", "--untagged=true")))
    if dice.random() < 0.25:
        words.append("--include-locked")
    if dice.random() < 0.1:
        words.append(dice.choice(("--dry-run", "--dry-run=false")))
    dice.shuffle(words)
    return dice.choice(HEADS) + "".join(dice.choice((" ", " ", "  ")) + word for word in words)


def random_age(dice: Random) -> str:
    """More often a short one: then `--keep` has tags to choose from."""
    seconds = list(AGES)[: dice.choice((8, len(AGES)))]
    return dice.choice(AGES[dice.choice(seconds)].split())


def random_filters(dice: Random, names: Sequence[str] = REPOSITORIES) -> list[str]:
    """One to three; often several for one repository."""
    repositories = [random_repository_part(dice, names) for _ in range(dice.choice((1, 1, 2)))]
    filters = []
    for _ in range(dice.choice((1, 1, 2, 2, 3))):
        tag_part = dice.choice(dice.choice((TAG_PARTS, BROAD_TAG_PARTS, FAMILIES)))
        text = f"{dice.choice(repositories)}:{tag_part}"
        filters.append(option(dice, "--filter", text))
    return filters


def random_repository_part(dice: Random, names: Sequence[str]) -> str:
    """One of the names, or the trap of two with a bar between, or anything."""
    one, other = dice.choice(names), dice.choice(names)
    return dice.choice((one, one, f"{one}|{other}", dice.choice(REPOSITORY_PARTS)))


def option(dice: Random, name: str, value: str) -> str:
    """The ways to write one: with = or a space; bare only where no shell would change it."""
    ways = [f"{name} '{value}'", f'{name} "{value}"', f"{name}='{value}'", f'{name}="{value}"']
    ways.append(f"'{name}={value}'")
    if re.fullmatch(r"[\w./:-]+", value):
        ways += [f"{name} {value}", f"{name}={value}"] * 3
    return dice.choice(ways)


dices = st.randoms(use_true_random=False)
registries = dices.map(random_registry)
commands = dices.map(random_command)
cases = dices.map(random_case)
