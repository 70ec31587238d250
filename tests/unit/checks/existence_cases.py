from datetime import timedelta

from msgspec.structs import replace

from shared.checks.told import PERSON
from shared.domain.facts.beside import CacheRule, Elsewhere, ReadLocks, TaskRun, TaskRuns
from shared.domain.facts.pull import Remembered, ReportedError
from shared.domain.facts.registry import (
    Child,
    ImageContent,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Neighbours,
    Reach,
    RegistryProfile,
    Replication,
    Replications,
    SoftDeleted,
)
from shared.domain.facts.workload import PullState, RuntimePlatforms, WorkloadState
from shared.domain.images import Digest, Platform
from tests.unit.checks.case import finds, passes, skips, unknown
from tests.unit.checks.facts import (
    AMD64,
    ARM64,
    DAYS,
    DIGEST,
    NOW,
    OTHER,
    THIRD,
    answer,
    asked,
    content,
    healthy,
    manifest,
    profile,
    state,
    unreached,
    unseen,
    workload,
)

GONE = manifest(404, "MANIFEST_UNKNOWN")
NO_STATE = unseen(ManifestState)
NO_NAME = manifest(404, "NAME_UNKNOWN")
PINNED = asked(f"contoso.azurecr.io/team/api@{DIGEST}")
NEVER_RAN = asked(running=Digest(""))
HELD = profile(quarantine=True)
BLIND = MonitorAccess(answer(), ("delete",))
NIGHTLY = TaskRun(
    id="cd7",
    task="nightly",
    started=NOW - DAYS / 2 - timedelta(minutes=5),
    finished=NOW - DAYS / 2 + timedelta(minutes=5),
)
BUILD = TaskRun(id="cd6", task="build", started=NOW - 2 * DAYS, finished=NOW - 2 * DAYS)
AWAY = ("spare.azurecr.io",)
SEEN = Remembered(digest=OTHER, tags=("v1",), last_seen=NOW - DAYS)
MEMORY = Remembered(
    digest=OTHER,
    tags=("v1",),
    last_seen=NOW - DAYS,
    deleted_at=NOW - DAYS / 2,
    deleted_by="dev@contoso.com",
    user_agent="acr-cli",
)


def ran(*runs: TaskRun) -> TaskRuns:
    return TaskRuns(runs)


def near(*tags: str, exists: bool | None = True, **changes: object) -> Neighbours:
    return Neighbours(repository_exists=exists, tags=tags, **changes)  # type: ignore[arg-type]


PROVES_NOTHING = [
    unknown(f"{check}: {seen}", check, healthy(fact, NO_STATE))
    for check in ("existence.repository", "existence.manifest", "existence.readable")
    for seen, fact in {
        **{f"status {s}": manifest(s) for s in (401, 403, 408, 429, 500, 502, 503)},
        **{r.value: unreached(r) for r in Reach if r is not Reach.ANSWERED},
    }.items()
]

REPOSITORY = [
    passes("there", "existence.repository", healthy()),
    passes("the tag alone is gone", "existence.repository", healthy(GONE)),
    finds(
        "gone",
        "existence.repository",
        healthy(NO_NAME, near(exists=False, repositories=("team/apis", "team/web", "zzz"))),
        "EXISTENCE_REPOSITORY_MISSING",
        says=("Similar names there: team/apis", "az acr repository list --name contoso"),
    ),
    finds(
        "gone, told by the neighbours",
        "existence.repository",
        healthy(manifest(404), near(exists=False)),
        "EXISTENCE_REPOSITORY_MISSING",
    ),
    finds(
        "the login server twice",
        "existence.repository",
        healthy(asked("contoso.azurecr.io/contoso.azurecr.io/api:1"), NO_NAME),
        "EXISTENCE_REPOSITORY_MISSING",
        says=("twice",),
    ),
    finds(
        "gone, neighbours unseen",
        "existence.repository",
        healthy(NO_NAME, unseen(Neighbours)),
        "EXISTENCE_REPOSITORY_MISSING",
    ),
    unknown(
        "gone, and nobody says what",
        "existence.repository",
        healthy(manifest(404), unseen(Neighbours)),
        "tag or repository",
    ),
    unknown("may not look", "existence.repository", healthy(NO_NAME, BLIND), "may not look"),
    unknown(
        "rights unseen", "existence.repository", healthy(NO_NAME, unseen(MonitorAccess)), "403"
    ),
]

MANIFEST = [
    passes("there", "existence.manifest", healthy()),
    passes("there, by a listing", "existence.manifest", healthy(manifest(listed=True))),
    passes("there, but disallowed", "existence.manifest", healthy(manifest(405))),
    unknown("no repository", "existence.manifest", healthy(NO_NAME), "repository"),
    unknown(
        "no repository, by neighbours",
        "existence.manifest",
        healthy(GONE, near(exists=False)),
        "repository",
    ),
    finds(
        "never seen",
        "existence.manifest",
        healthy(NEVER_RAN, GONE, NO_STATE, near("v2", "v10", "latest")),
        "EXISTENCE_TAG_MISSING",
        says=("There is no tag v1", "Similar tags there: v10, v2", "az acr repository show-tags"),
    ),
    finds(
        "nothing like it",
        "existence.manifest",
        healthy(NEVER_RAN, GONE, NO_STATE, near("latest")),
        "EXISTENCE_TAG_MISSING",
        says=("Its tags are: latest",),
    ),
    finds(
        "an empty repository",
        "existence.manifest",
        healthy(NEVER_RAN, GONE, NO_STATE, near()),
        "EXISTENCE_TAG_MISSING",
        says=("no tag at all",),
    ),
    finds(
        "deleted, and remembered",
        "existence.manifest",
        healthy(GONE, NO_STATE, MEMORY),
        "EXISTENCE_TAG_MISSING",
        says=(
            "deleted on 2026-09-01 00:00 UTC by dev@contoso.com with acr purge (acr-cli)",
            f"It pointed to {OTHER}",
            "The manifest itself was deleted",
        ),
    ),
    finds(
        "untagged: the manifest is still there",
        "existence.manifest",
        healthy(GONE, MEMORY, state(digest=OTHER, tags=())),
        "EXISTENCE_TAG_MISSING",
        says=(
            "still there, untagged",
            (
                f"az acr import --name contoso --source contoso.azurecr.io/team/api@{OTHER} "
                "--image team/api:v1"
            ),
        ),
    ),
    finds(
        "untagged, by whom and from where",
        "existence.manifest",
        healthy(GONE, replace(MEMORY, way="untagged", address="203.0.113.10", tags=("v1", "s"))),
        "EXISTENCE_TAG_MISSING",
        says=(
            (
                "untagged on 2026-09-01 00:00 UTC by dev@contoso.com from 203.0.113.10 with "
                "acr purge (acr-cli) (acr-cli). "
            ),
            f"It pointed to {OTHER}. ",
        ),
    ),
    finds(
        "the run of a purge",
        "existence.manifest",
        healthy(GONE, replace(MEMORY, way="untagged"), ran(NIGHTLY, BUILD)),
        "EXISTENCE_TAG_MISSING",
        says=("with acr purge (acr-cli) (acr-cli), in run cd7 of the task nightly. ",),
    ),
    finds(
        "a purge by hand",
        "existence.manifest",
        healthy(GONE, replace(MEMORY, way="untagged"), ran(replace(NIGHTLY, task=""))),
        "EXISTENCE_TAG_MISSING",
        says=(", in quick run cd7. ",),
    ),
    finds(
        "no purge, whatever ran",
        "existence.manifest",
        healthy(GONE, replace(MEMORY, user_agent="docker/27"), ran(NIGHTLY)),
        "EXISTENCE_TAG_MISSING",
        says=("with docker (docker/27). It pointed",),
    ),
    finds(
        "nobody told who it was, but something ran",
        "existence.manifest",
        healthy(GONE, NO_STATE, SEEN, ran(NIGHTLY, BUILD)),
        "EXISTENCE_TAG_MISSING",
        says=("Since then there was run cd7 of the task nightly, which may have done it. ",),
    ),
    finds(
        "what died with it",
        "existence.manifest",
        healthy(GONE, NO_STATE, replace(MEMORY, way="deleted", tags=("v1", "stable", "v1.0"))),
        "EXISTENCE_TAG_MISSING",
        says=(f"It pointed to {OTHER}, and stable, v1.0 died with it. ",),
    ),
    finds(
        "taken by a policy",
        "existence.manifest",
        healthy(GONE, NO_STATE, replace(MEMORY, way="expired")),
        "EXISTENCE_TAG_MISSING",
        says=("deleted on 2026-09-01 00:00 UTC by a clean-up policy of the registry. ",),
    ),
    finds(
        "another registry has it",
        "existence.manifest",
        healthy(GONE, NO_STATE, MEMORY, Elsewhere(digest=OTHER, here=False, login_servers=AWAY)),
        "EXISTENCE_TAG_MISSING",
        says=(
            (
                f"az acr import --name contoso --source spare.azurecr.io/team/api@{OTHER} "
                "--image team/api:v1"
            ),
            "Or push it again",
        ),
    ),
    finds(
        "a digest that another registry has",
        "existence.manifest",
        healthy(PINNED, GONE, NO_STATE, Elsewhere(digest=DIGEST, login_servers=AWAY)),
        "EXISTENCE_DIGEST_MISSING",
        says=(f"--source spare.azurecr.io/team/api@{DIGEST} --repository team/api",),
    ),
    finds(
        "nothing is left of it here",
        "existence.manifest",
        healthy(GONE, NO_STATE, SEEN, Elsewhere(digest=OTHER, here=False)),
        "EXISTENCE_TAG_MISSING",
        says=("The manifest itself was deleted", "Push contoso.azurecr.io/team/api:v1 again"),
    ),
    finds(
        "the pipeline that built it",
        "existence.manifest",
        healthy(GONE, NO_STATE, replace(SEEN, source="https://g.example/api", revision="abc")),
        "EXISTENCE_TAG_MISSING",
        says=("it was built from https://g.example/api at revision abc",),
    ),
    finds(
        "a soft-deleted index and its children",
        "existence.manifest",
        healthy(GONE, NO_STATE, replace(SEEN, children=(THIRD,)), SoftDeleted(True, True, OTHER)),
        "EXISTENCE_SOFT_DELETED",
        says=(
            f"--name team/api:v1 --digest {OTHER}",
            f"--name team/api --digest {THIRD}",
        ),
    ),
    finds(
        "a repository that soft delete still holds",
        "existence.repository",
        healthy(NO_NAME, SEEN, SoftDeleted(True, True, OTHER)),
        "EXISTENCE_REPOSITORY_MISSING",
        says=(f"az acr manifest restore --registry contoso --name team/api:v1 --digest {OTHER}",),
    ),
    finds(
        "a repository that another registry has too",
        "existence.repository",
        healthy(NO_NAME, SEEN, Elsewhere(digest=OTHER, login_servers=AWAY)),
        "EXISTENCE_REPOSITORY_MISSING",
        says=(f"--source spare.azurecr.io/team/api@{OTHER} --image team/api:v1",),
    ),
    finds(
        "remembered by what runs",
        "existence.manifest",
        healthy(GONE, NO_STATE),
        "EXISTENCE_TAG_MISSING",
        says=(f"contoso.azurecr.io/team/api@{DIGEST}",),
    ),
    finds(
        "a digest is gone",
        "existence.manifest",
        healthy(PINNED, GONE, NO_STATE),
        "EXISTENCE_DIGEST_MISSING",
        says=(DIGEST, "web/api is pinned"),
    ),
    finds(
        "soft-deleted tag",
        "existence.manifest",
        healthy(GONE, NO_STATE, SoftDeleted(True, True, OTHER)),
        "EXISTENCE_SOFT_DELETED",
        says=(f"az acr manifest restore --registry contoso --name team/api:v1 --digest {OTHER}",),
    ),
    finds(
        "soft-deleted digest",
        "existence.manifest",
        healthy(PINNED, GONE, NO_STATE, SoftDeleted(True, True)),
        "EXISTENCE_SOFT_DELETED",
        says=(f"--name team/api --digest {DIGEST}",),
    ),
    finds(
        "soft delete is on, but it is not there",
        "existence.manifest",
        healthy(GONE, NO_STATE, SoftDeleted(True)),
        "EXISTENCE_TAG_MISSING",
    ),
    finds(
        "quarantine is on, but it is not in it",
        "existence.manifest",
        healthy(HELD, GONE),
        "EXISTENCE_TAG_MISSING",
    ),
    finds(
        "quarantine is on, but no tag is listed",
        "existence.manifest",
        healthy(HELD, GONE, NO_STATE, near("v2")),
        "EXISTENCE_TAG_MISSING",
    ),
    unknown("in quarantine", "existence.manifest", healthy(HELD, GONE, state(quarantined=True))),
    unknown("perhaps in quarantine", "existence.manifest", healthy(HELD, GONE, NO_STATE), "403"),
    unknown(
        "listed, and perhaps in quarantine",
        "existence.manifest",
        healthy(HELD, GONE, NO_STATE, near("v1")),
        "403",
    ),
    finds(
        "registry unseen",
        "existence.manifest",
        healthy(GONE, NO_STATE, unseen(RegistryProfile)),
        "EXISTENCE_TAG_MISSING",
    ),
    unknown("may not look", "existence.manifest", healthy(GONE, BLIND), "may not look"),
    unknown("rights unseen", "existence.manifest", healthy(GONE, unseen(MonitorAccess)), "403"),
    unknown("not asked", "existence.manifest", healthy(unseen(ManifestAnswer)), "403"),
]

STATE = [
    skips("no quarantine policy", "existence.quarantine", healthy()),
    passes("released", "existence.quarantine", healthy(HELD)),
    finds(
        "held",
        "existence.quarantine",
        healthy(HELD, state(quarantined=True)),
        "EXISTENCE_QUARANTINED",
        says=(f"team/api@{DIGEST}",),
    ),
    finds(
        "held, policy unseen",
        "existence.quarantine",
        healthy(unseen(RegistryProfile), state(quarantined=True)),
        "EXISTENCE_QUARANTINED",
    ),
    unknown("state unseen", "existence.quarantine", healthy(HELD, NO_STATE), "403"),
    passes("readable", "existence.readable", healthy()),
    passes("readable, state unseen", "existence.readable", healthy(NO_STATE)),
    finds(
        "locked",
        "existence.readable",
        healthy(manifest(405), state(read_enabled=False)),
        "EXISTENCE_READ_LOCKED",
        says=(f"az acr repository update --name contoso --image team/api@{DIGEST} --read-",),
    ),
    finds(
        "the repository is locked",
        "existence.readable",
        healthy(manifest(405), NO_STATE, ReadLocks(repository=True, tag=True)),
        "EXISTENCE_REPOSITORY_READ_LOCKED",
        says=("--repository team/api --read-enabled true",),
    ),
    finds(
        "the tag is locked",
        "existence.readable",
        healthy(manifest(405), state(), ReadLocks(repository=False, tag=True, manifest=False)),
        "EXISTENCE_TAG_READ_LOCKED",
        says=("--image team/api:v1 --read-enabled true",),
    ),
    finds(
        "disallowed, and no lock is seen",
        "existence.readable",
        healthy(manifest(405), NO_STATE, ReadLocks()),
        "EXISTENCE_READ_DISALLOWED",
    ),
    *[
        finds(
            f"disallowed: {seen.answer.status} {seen.answer.code}",
            "existence.readable",
            healthy(seen, NO_STATE),
            "EXISTENCE_READ_DISALLOWED",
        )
        for seen in (manifest(405), manifest(403, "REGISTRY_DISALLOWED_OPERATION"))
    ],
    unknown(
        "disallowed in quarantine",
        "existence.readable",
        healthy(manifest(405), state(quarantined=True)),
    ),
    unknown("listed, state unseen", "existence.readable", healthy(manifest(listed=True), NO_STATE)),
    unknown("nothing seen", "existence.readable", healthy(unseen(ManifestAnswer), NO_STATE), "403"),
]

HELM = "application/vnd.cncf.helm.config.v1+json"
ATTESTATION = Platform("unknown", "unknown")


WIN_2019 = Platform("windows", "amd64", "", "10.0.17763.5458")
WIN_2019_PATCHED = Platform("windows", "amd64", "", "10.0.17763.6000")
WIN_2022 = Platform("windows", "amd64", "", "10.0.20348.2113")
ARM_V8 = Platform("linux", "arm64", "v8")
ARM_V7 = Platform("linux", "arm", "v7")
ARM_V6 = Platform("linux", "arm", "v6")
WIN_2025 = Platform("windows", "amd64", "", "10.0.26100.2894")
WIN_23H2 = Platform("windows", "amd64", "", "10.0.25398.1000")
I386 = Platform("linux", "386")
AMD64_V3 = Platform("linux", "amd64", "v3")


def index(*children: Child) -> ImageContent:
    platforms = tuple(child.platform for child in children if child.platform)
    return content(children=children, platforms=platforms, config_media_type="")


def on(*platforms: Platform) -> RuntimePlatforms:
    return RuntimePlatforms(platforms)


WHOLE = [
    passes("an image", "existence.kind", healthy()),
    passes("an index", "existence.kind", healthy(index(Child(OTHER, AMD64, True)))),
    finds(
        "a Helm chart",
        "existence.kind",
        healthy(content(config_media_type=HELM)),
        "EXISTENCE_NOT_AN_IMAGE",
        says=(HELM,),
    ),
    finds(
        "an artifact",
        "existence.kind",
        healthy(
            content(config_media_type="application/vnd.oci.empty.v1+json", artifact_type="x/y")
        ),
        "EXISTENCE_NOT_AN_IMAGE",
        says=("x/y",),
    ),
    finds(
        "schema 1",
        "existence.kind",
        healthy(
            content(
                media_type="application/vnd.docker.distribution.manifest.v1+prettyjws",
                config_media_type="",
            )
        ),
        "EXISTENCE_SCHEMA_1",
    ),
    unknown("content unseen", "existence.kind", healthy(unseen(ImageContent)), "403"),
    skips("no index", "existence.children", healthy()),
    passes("children there", "existence.children", healthy(index(Child(OTHER, AMD64, True)))),
    passes(
        "a child of another platform is gone",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, True), Child(THIRD, ARM64, False))),
    ),
    passes(
        "an attestation is gone",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, True), Child(THIRD, ATTESTATION, False))),
    ),
    passes(
        "an attestation is gone, and which platform is needed is unseen",
        "existence.children",
        healthy(
            index(Child(OTHER, AMD64, True), Child(THIRD, ATTESTATION, False)),
            unseen(RuntimePlatforms),
        ),
    ),
    finds(
        "the needed child is gone",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, False), Child(THIRD, ARM64, True))),
        "EXISTENCE_CHILD_MISSING",
        says=("linux/amd64", OTHER),
    ),
    finds(
        "a child that soft delete still holds",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, False)), SoftDeleted(True, True, OTHER)),
        "EXISTENCE_CHILD_MISSING",
        says=(f"az acr manifest restore --registry contoso --name team/api --digest {OTHER}",),
    ),
    finds(
        "a child that another registry has",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, False)), Elsewhere(digest=OTHER, login_servers=AWAY)),
        "EXISTENCE_CHILD_MISSING",
        says=(f"--source spare.azurecr.io/team/api@{OTHER} --repository team/api",),
    ),
    finds(
        "a child that neither has",
        "existence.children",
        healthy(
            index(Child(OTHER, AMD64, False)),
            SoftDeleted(True, True, THIRD),
            Elsewhere(digest=THIRD, login_servers=AWAY),
        ),
        "EXISTENCE_CHILD_MISSING",
        says=("Push contoso.azurecr.io/team/api:v1 again",),
    ),
    finds(
        "a child of no platform is gone",
        "existence.children",
        healthy(index(Child(OTHER, None, False))),
        "EXISTENCE_CHILD_MISSING",
        says=("unnamed platform",),
    ),
    finds(
        "a child is gone, and which is needed is unseen",
        "existence.children",
        healthy(index(Child(OTHER, ARM64, False)), unseen(RuntimePlatforms)),
        "EXISTENCE_CHILD_MISSING",
    ),
    finds(
        "one is gone, one was not asked",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, False), Child(THIRD, None, None))),
        "EXISTENCE_CHILD_MISSING",
    ),
    unknown("not asked", "existence.children", healthy(index(Child(OTHER, AMD64))), "not asked"),
    passes(
        "a child that would do is gone, the one that is pulled is there",
        "existence.children",
        healthy(
            index(
                Child(DIGEST, I386, False),
                Child(THIRD, AMD64_V3, False),
                Child(OTHER, AMD64, True),
            )
        ),
    ),
    passes(
        "the second of two for one platform is gone: the first is pulled",
        "existence.children",
        healthy(index(Child(OTHER, AMD64, True), Child(THIRD, AMD64, False))),
    ),
    passes(
        "a child of no platform is gone, and one that fits is there",
        "existence.children",
        healthy(index(Child(OTHER, None, False), Child(THIRD, AMD64, True))),
    ),
    passes(
        "the child for an older Windows is gone",
        "existence.children",
        healthy(index(Child(OTHER, WIN_2022, False), Child(THIRD, WIN_2025, True)), on(WIN_2025)),
    ),
    unknown(
        "the child for one Windows is gone, and which one runs is not known",
        "existence.children",
        healthy(
            index(Child(OTHER, WIN_2022, False), Child(THIRD, WIN_2025, True)),
            on(Platform("windows", "amd64")),
        ),
        "not known",
    ),
    passes("blobs there", "existence.blobs", healthy()),
    skips(
        "blobs of a chart",
        "existence.blobs",
        healthy(content(config_media_type=HELM, blobs_asked=False)),
    ),
    finds(
        "blobs gone",
        "existence.blobs",
        healthy(content(missing=(OTHER, THIRD))),
        "EXISTENCE_BLOB_MISSING",
        says=("lacks 2", OTHER),
    ),
    unknown("blobs not asked", "existence.blobs", healthy(content(blobs_asked=False)), "not asked"),
    skips("an index has none", "existence.blobs", healthy(index(Child(OTHER, AMD64, True)))),
    unknown("blobs unseen", "existence.blobs", healthy(unseen(ImageContent)), "403"),
]


def built(*platforms: Platform) -> ImageContent:
    return content(platforms=platforms)


PLATFORMS = [
    *[
        passes(
            f"{have} {have.os_version} on {want} {want.os_version}",
            "existence.platform",
            healthy(built(have), on(want)),
        )
        for have, want in (
            (AMD64, AMD64),
            (ARM_V8, ARM64),
            (ARM64, ARM_V8),
            (Platform("linux", "x86_64"), AMD64),
            (Platform("Linux", "AMD64"), AMD64),
            (ARM_V6, ARM_V7),
            (WIN_2019, WIN_2019_PATCHED),
            (Platform("windows", "amd64"), WIN_2022),
            (WIN_2022, WIN_2025),
            (WIN_2022, WIN_23H2),
            (WIN_23H2, WIN_2025),
            (I386, AMD64),
            (ARM_V7, ARM64),
        )
    ],
    *[
        finds(
            f"{have} {have.os_version} not on {want} {want.os_version}",
            "existence.platform",
            healthy(built(have), on(want)),
            "EXISTENCE_PLATFORM_MISMATCH",
            says=(str(want), str(have)),
        )
        for have, want in (
            (AMD64, ARM64),
            (ARM64, AMD64),
            (AMD64, WIN_2019),
            (ARM_V7, ARM_V6),
            (Platform("linux", "s390x"), AMD64),
        )
    ],
    finds(
        "another version of Windows",
        "existence.platform",
        healthy(built(WIN_2019), on(WIN_2022)),
        "EXISTENCE_WINDOWS_VERSION",
        says=("10.0.17763.5458", "10.0.20348.2113"),
    ),
    finds(
        "a newer Windows than the machine's",
        "existence.platform",
        healthy(built(WIN_2025), on(WIN_2022)),
        "EXISTENCE_WINDOWS_VERSION",
    ),
    finds(
        "a Windows from before containers outlived their build",
        "existence.platform",
        healthy(built(WIN_2019), on(WIN_2025)),
        "EXISTENCE_WINDOWS_VERSION",
    ),
    finds(
        "64 bits on a machine of 32",
        "existence.platform",
        healthy(built(AMD64), on(I386)),
        "EXISTENCE_PLATFORM_MISMATCH",
    ),
    finds(
        "another version of Windows on some nodes",
        "existence.platform",
        healthy(built(WIN_2019), on(WIN_2019_PATCHED, WIN_2022)),
        "EXISTENCE_WINDOWS_VERSION",
    ),
    passes("one of several", "existence.platform", healthy(built(ARM64, AMD64))),
    finds(
        "some of the nodes",
        "existence.platform",
        healthy(on(AMD64, ARM64)),
        "EXISTENCE_PLATFORM_PARTIAL",
        says=("linux/arm64",),
    ),
    skips("no image", "existence.platform", healthy(content(config_media_type=HELM))),
    unknown("the image does not say", "existence.platform", healthy(built()), "does not say"),
    unknown("no node known", "existence.platform", healthy(on()), "not known"),
    unknown("nodes unseen", "existence.platform", healthy(unseen(RuntimePlatforms)), "403"),
    unknown("content unseen", "existence.platform", healthy(unseen(ImageContent)), "403"),
]

MOVED = [
    passes("runs what the tag says", "existence.moved", healthy()),
    passes(
        "runs a child of the index",
        "existence.moved",
        healthy(asked(running=OTHER), index(Child(OTHER, AMD64, True))),
    ),
    finds(
        "moved",
        "existence.moved",
        healthy(asked(running=OTHER)),
        "EXISTENCE_TAG_MOVED",
        says=(OTHER, DIGEST),
    ),
    finds(
        "moved, content unseen, and it is no index",
        "existence.moved",
        healthy(
            asked(running=OTHER),
            manifest(media_type="application/vnd.oci.image.manifest.v1+json"),
            unseen(ImageContent),
        ),
        "EXISTENCE_TAG_MOVED",
    ),
    *[
        unknown(
            f"a child of an index may run, which is not read: {kind or 'unknown'}",
            "existence.moved",
            healthy(asked(running=OTHER), manifest(media_type=kind), unseen(ImageContent)),
            "may be a part of it",
        )
        for kind in ("", "application/vnd.oci.image.index.v1+json")
    ],
    passes(
        "runs the index itself, which is not read",
        "existence.moved",
        healthy(asked(running=DIGEST), unseen(ImageContent)),
    ),
    skips("pinned", "existence.moved", healthy(PINNED)),
    skips("what runs is not known", "existence.moved", healthy(NEVER_RAN)),
    skips("gone", "existence.moved", healthy(GONE)),
    unknown("unseen", "existence.moved", healthy(unseen(ManifestAnswer)), "403"),
]

RULE = CacheRule(name="hub", source="docker.io/library/api", target="team/*")
OWN = CacheRule(
    name="hub", source="docker.io/library/api", target="team/*", credential_set="hub", healthy=True
)
SICK = replace(OWN, healthy=False, trouble="secret expired")
DANGLING = replace(OWN, healthy=None, credential_set_exists=False)

CACHE = [
    skips("no rule", "existence.cache", healthy()),
    passes("cached", "existence.cache", healthy(RULE)),
    passes("cached with credentials", "existence.cache", healthy(OWN)),
    finds("not upstream either", "existence.cache", healthy(RULE, GONE), "EXISTENCE_NOT_UPSTREAM"),
    finds(
        "credentials are refused, nothing is cached",
        "existence.cache",
        healthy(SICK, NO_NAME),
        "EXISTENCE_CACHE_CREDENTIALS_UNHEALTHY",
        says=("(secret expired)", "az acr credential-set show --registry contoso --name hub"),
    ),
    finds(
        "credentials are gone",
        "existence.cache",
        healthy(DANGLING, GONE),
        "EXISTENCE_CACHE_CREDENTIALS_MISSING",
        says=("az acr cache update --registry contoso --name hub",),
    ),
    finds(
        "credentials are gone, the image is unseen",
        "existence.cache",
        healthy(DANGLING, unseen(ManifestAnswer)),
        "EXISTENCE_CACHE_CREDENTIALS_MISSING",
    ),
    unknown("rules unseen", "existence.cache", healthy(unseen(CacheRule)), "403"),
    unknown("the image unseen", "existence.cache", healthy(RULE, unseen(ManifestAnswer)), "403"),
    skips("refused", "existence.cache", healthy(RULE, manifest(401))),
    unknown("behind a rule, no tag", "existence.manifest", healthy(RULE, GONE), "cache rule hub"),
    unknown(
        "behind a rule, no repository", "existence.repository", healthy(RULE, NO_NAME), "rule hub"
    ),
]

REPLICATED = Replications(
    (Replication("westeurope", True, "Succeeded"), Replication("eastus", True, "Succeeded"))
)
TOLD = workload(PullState.FAILING, 'manifest tagged by "v1" is not found')
TYPED = ReportedError('manifest tagged by "v1" is not found', PERSON, None)
JUST_PUSHED = state(updated=NOW - DAYS / 288)

LAG = [
    skips("one region", "existence.replicated", healthy(TOLD)),
    skips("not there at all", "existence.replicated", healthy(TOLD, REPLICATED, GONE)),
    passes("nobody complains", "existence.replicated", healthy(REPLICATED, JUST_PUSHED)),
    passes(
        "pushed long ago",
        "existence.replicated",
        healthy(REPLICATED, TOLD, state(updated=NOW - DAYS)),
    ),
    finds(
        "pushed just now",
        "existence.replicated",
        healthy(REPLICATED, TOLD, JUST_PUSHED),
        "EXISTENCE_NOT_YET_REPLICATED",
        says=("5 minutes ago", "westeurope, eastus"),
    ),
    finds(
        "missing, and never seen: a replica may be late",
        "existence.manifest",
        healthy(NEVER_RAN, REPLICATED, GONE, NO_STATE, near("v2"), unseen(Remembered)),
        "EXISTENCE_TAG_MISSING",
        says=("may not have it yet (there are some in westeurope, eastus)",),
    ),
    finds(
        "no repository, and never seen: a replica may be late",
        "existence.repository",
        healthy(REPLICATED, NO_NAME, NO_STATE, unseen(Remembered)),
        "EXISTENCE_REPOSITORY_MISSING",
        says=("may not have it yet",),
    ),
    finds(
        "said by whoever asks, of a platform that says nothing",
        "existence.replicated",
        healthy(REPLICATED, TYPED, JUST_PUSHED, unseen(WorkloadState)),
        "EXISTENCE_NOT_YET_REPLICATED",
    ),
    unknown(
        "nobody says anything",
        "existence.replicated",
        healthy(REPLICATED, JUST_PUSHED, unseen(WorkloadState)),
    ),
    unknown(
        "when it was pushed is unseen",
        "existence.replicated",
        healthy(REPLICATED, TOLD, NO_STATE),
    ),
]

NEAR = [
    finds(
        "latest was never pushed",
        "existence.manifest",
        healthy(
            asked("contoso.azurecr.io/team/api:latest", running=Digest("")),
            GONE,
            NO_STATE,
            near("v2", "v10"),
        ),
        "EXISTENCE_LATEST_NEVER_PUSHED",
        says=("Its tags are: v2, v10",),
    ),
    finds(
        "the tag is listed, its manifest is gone",
        "existence.manifest",
        healthy(GONE, NO_STATE, near("v1", "v2")),
        "EXISTENCE_TAG_DANGLING",
        says=("az acr repository untag --name contoso --image team/api:v1",),
    ),
    finds(
        "a signature that looks like an image",
        "existence.kind",
        healthy(asked(f"contoso.azurecr.io/team/api:sha256-{'a' * 64}.sig")),
        "EXISTENCE_NOT_AN_IMAGE",
        says=("is a signature, no container image",),
    ),
]

CASES = [
    *CACHE,
    *LAG,
    *NEAR,
    *PROVES_NOTHING,
    *REPOSITORY,
    *MANIFEST,
    *STATE,
    *WHOLE,
    *PLATFORMS,
    *MOVED,
]
