"""What an on-demand check needs of the data plane: the requests that its evidence rests on.

It knows nothing of the check before it, so that whoever repairs and asks again hears what is true
now: the tokens are evidence too, of what Pullwatch may see.

Worked out from what the findings say, not from what the app asks. Each kind of image is deployed
on every compute platform, and by several workloads.
"""

from typing import Any

from msgspec import Struct

MOST_BEYOND = 2
"""Requests that a check may make beyond what its evidence needs."""
LAYERS = 2
HOME, SOFT, HELD, SHUT, ABAC = "kinds", "soft", "held", "shut", "abac"

type Json = dict[str, Any]


class Need(Struct, frozen=True):
    """Requests of one sort, and the evidence that each of them is."""

    request: str
    why: str
    times: int = 1


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of image: what is deployed, what is in the registry, and what a check of it needs.

    ``verb`` is done to the image after a first check has seen it.
    """

    name: str
    registry: str = HOME
    repository: str
    reference: str = ":1"
    images: tuple[Json, ...] = ({"tags": ["1"]},)
    needs: tuple[Need, ...]
    root: str = ""
    """The root cause that is found; empty for none."""
    verb: str = ""

    @property
    def image(self) -> str:
        """The image as the estate's workloads name it."""
        return f"{self.registry}.azurecr.io/{self.repository}{self.reference}"

    @property
    def every(self) -> tuple[Need, ...]:
        """With the tokens, where the repository is asked."""
        return (TOKENS, *self.needs) if MANIFEST_OF in self.needs[0].request else self.needs

    @property
    def needed(self) -> int:
        """How many requests that is."""
        return sum(need.times for need in self.every)


MANIFEST_OF = "/manifests/"
TOKENS = Need(
    "`POST /oauth2/exchange`, `/oauth2/token`", "what Pullwatch itself may see in the repository", 2
)
MANIFEST = Need("`GET /v2/R/manifests/REF`", "it is handed out; what it consists of")
BESIDE = Need("`GET /acr/v1/R/_manifests/DIGEST`", "its locks, its platform, when it was pushed")
BLOBS = Need("`HEAD /v2/R/blobs/DIGEST`", "config and layers are there, one each", 1 + LAYERS)
NOT_FOUND = Need("`GET /v2/R/manifests/REF`", "404, in the registry's own words")
NO_TAG = Need("`GET /acr/v1/R/_tags/TAG`", "no such tag, also none that listings hide")
ALIKE = Need("`GET /acr/v1/R/_tags`", "the tags that may have been meant")
LEFT = Need("`GET /acr/v1/R/_manifests/DIGEST`", "whether the tag can be put back on its digest")
ELSEWHERE = Need(
    "of each other registry its tokens and `HEAD /v2/R/manifests/DIGEST`, or its refusal",
    "whether it can be imported from there",
    2 * 3 + 2,  # two of the other four let Pullwatch look
)
LOCKED = Need("`GET /v2/R/manifests/REF`", "405: it is there, and not handed out")
DELETED = Need(
    "`POST /oauth2/token` and `GET /acr/v1/_deleted/R/_tags`",
    "it can be restored, and to which digest",
    2,
)

KINDS = (
    Kind(name="one platform, by tag", repository="single", needs=(MANIFEST, BESIDE, BLOBS)),
    Kind(
        name="one platform, by digest",
        repository="pinned",
        reference="@digest(1)",
        needs=(MANIFEST, BESIDE, BLOBS),
    ),
    Kind(
        name="index of 3 platforms",
        repository="index",
        images=({"tags": ["1"], "platforms": ["linux/amd64", "linux/arm64", "linux/arm/v7"]},),
        needs=(
            MANIFEST,
            BESIDE,
            Need("`HEAD /v2/R/manifests/CHILD`", "each child is still there", 3),
        ),
    ),
    Kind(
        name="index of 6 platforms",
        repository="large",
        images=(
            {
                "tags": ["1"],
                "platforms": [
                    f"linux/{cpu}" for cpu in ("amd64", "arm64", "386", "s390x", "ppc64le", "arm")
                ],
            },
        ),
        needs=(
            MANIFEST,
            Need("`GET /acr/v1/R/_manifests`", "its locks, and that each child is still there"),
        ),
    ),
    Kind(
        name="index that lost a child",
        repository="bereft",
        images=(
            {
                "tags": ["1"],
                "platforms": ["linux/amd64", "linux/arm64"],
                "corrupt": "missingChild",
            },
        ),
        needs=(
            MANIFEST,
            BESIDE,
            Need("`HEAD /v2/R/manifests/CHILD`", "which child is gone", 2),
            Need("`GET /v2/R/manifests/CHILD`", "404, in the registry's own words: HEAD has none"),
            ELSEWHERE,
        ),
        root="EXISTENCE_CHILD_MISSING",
    ),
    Kind(
        name="Windows",
        repository="windows",
        images=({"tags": ["1"], "platforms": ["windows/amd64"], "osVersion": "10.0.20348.2113"},),
        needs=(
            MANIFEST,
            BESIDE,
            Need("`GET /v2/R/blobs/CONFIG`", "the config is there, and where its bytes are"),
            Need("`GET` of the data endpoint", "the build of Windows, which only the config tells"),
            Need("`HEAD /v2/R/blobs/DIGEST`", "each layer is there", LAYERS),
        ),
        root="EXISTENCE_PLATFORM_MISMATCH",
    ),
    Kind(
        name="OCI artifact",
        repository="chart",
        images=({"tags": ["1"], "artifact": "helmChart"},),
        needs=(Need("`GET /v2/R/manifests/REF`", "it is no image: its config says what it is"),),
        root="EXISTENCE_NOT_AN_IMAGE",
    ),
    Kind(
        name="layer missing",
        repository="torn",
        images=({"tags": ["1"], "corrupt": "missingLayer"},),
        needs=(
            MANIFEST,
            BESIDE,
            BLOBS,
            Need("`GET /v2/R/blobs/DIGEST`", "404, in the registry's own words: HEAD has none"),
        ),
        root="EXISTENCE_BLOB_MISSING",
    ),
    Kind(
        name="tag that never was",
        repository="never",
        images=({"tags": ["0"]}, {"tags": ["2"]}),
        needs=(NOT_FOUND, NO_TAG, ALIKE),
        root="EXISTENCE_TAG_MISSING",
    ),
    Kind(
        name="tag that was untagged",
        repository="untagged",
        images=({"tags": ["1", "also"]},),
        verb="untag",
        needs=(NOT_FOUND, NO_TAG, LEFT, ELSEWHERE),
        root="EXISTENCE_TAG_MISSING",
    ),
    Kind(
        name="digest that was deleted",
        repository="gone",
        reference="@digest(1)",
        verb="delete",
        images=({"tags": ["1"]}, {"tags": ["2"]}),
        needs=(
            NOT_FOUND,
            Need("`GET /acr/v1/R/_manifests/DIGEST`", "it is not in quarantine either"),
            ELSEWHERE,
        ),
        root="EXISTENCE_DIGEST_MISSING",
    ),
    Kind(
        name="tag whose manifest is gone",
        repository="dangling",
        images=({"tags": ["1"], "corrupt": "missingManifest"}, {"tags": ["2"]}),
        needs=(
            NOT_FOUND,
            Need("`GET /acr/v1/R/_tags/TAG`", "the tag is there"),
            Need("`GET /acr/v1/R/_manifests/DIGEST`", "its manifest is not, nor in quarantine"),
        ),
        root="EXISTENCE_TAG_DANGLING",
    ),
    Kind(
        name="repository missing",
        repository="nowhere",
        images=(),
        needs=(
            Need("`GET /v2/R/manifests/REF`", "404 NAME_UNKNOWN"),
            Need(
                "`POST /oauth2/token` and `GET /acr/v1/_catalog`",
                "the repositories that may have been meant",
                2,
            ),
        ),
        root="EXISTENCE_REPOSITORY_MISSING",
    ),
    Kind(
        name="quarantined",
        registry=HELD,
        repository="detained",
        images=({"tags": ["1"], "quarantined": True},),
        needs=(
            NOT_FOUND,
            Need("`GET /acr/v1/R/_tags/TAG`", "the tag is there, and its digest"),
            Need("`GET /acr/v1/R/_manifests/DIGEST`", "the state of its quarantine"),
        ),
        root="EXISTENCE_QUARANTINED",
    ),
    Kind(
        name="locked against reading",
        repository="locked",
        images=({"tags": ["1"], "locks": {"readEnabled": False}},),
        needs=(
            LOCKED,
            Need("`GET /acr/v1/R`", "whether the lock is the repository's"),
            Need("`GET /acr/v1/R/_tags/TAG`", "whether it is the tag's; its digest"),
            Need("`GET /acr/v1/R/_manifests/DIGEST`", "whether it is the manifest's"),
        ),
        root="EXISTENCE_READ_LOCKED",
    ),
    Kind(
        name="soft-deleted",
        registry=SOFT,
        repository="erased",
        images=({"tags": ["1"], "deletedFor": "P1D"}, {"tags": ["2"]}),
        needs=(NOT_FOUND, NO_TAG, DELETED),
        root="EXISTENCE_SOFT_DELETED",
    ),
    Kind(
        name="soft-deleted after it was seen",
        registry=SOFT,
        repository="binned",
        images=({"tags": ["1"]}, {"tags": ["2"]}),
        verb="delete",
        needs=(NOT_FOUND, NO_TAG, DELETED, ELSEWHERE),
        root="EXISTENCE_SOFT_DELETED",
    ),
    Kind(
        name="the firewall denies the monitor",
        registry=SHUT,
        repository="any",
        needs=(Need("`GET /v2/`", "403: nothing else would be answered either"),),
    ),
    Kind(
        name="the monitor has no permission",
        registry=ABAC,
        repository="any",
        needs=(Need("`POST /oauth2/exchange`", "the refusal, in the registry's own words"),),
        root="AUTH_ROLE_IGNORED_IN_ABAC_MODE",
    ),
)


def table() -> str:
    """Every kind with what it needs and why, in Markdown."""
    lines = ["| image | needed | the requests, and the evidence that each is |", "|---|---|---|"]
    for kind in KINDS:
        told = "; ".join(_told(need) for need in kind.every if need is not TOKENS)
        lines.append(f"| {kind.name} | {kind.needed} | {told} |")
    return "\n".join(lines)


def _told(need: Need) -> str:
    times = f"{need.times} x " if need.times > 1 else ""
    return f"{times}{need.request}: {need.why}"
