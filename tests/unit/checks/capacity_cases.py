from shared.domain.capacity import GIB, TIB
from shared.domain.facts.beside import PullsByIdentity, RegistryLoad
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.registry import (
    ManifestAnswer,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Sku,
)
from shared.domain.facts.workload import PullState, WorkloadState
from tests.unit.checks.case import finds, passes, skips, unknown
from tests.unit.checks.facts import answer, healthy, manifest, profile, unseen, usages, workload

TOO_MANY = "Failed to pull image: unexpected status code 429 Too Many Requests"
BUSY = RegistryAnswer("contoso.azurecr.io", answer(429))
BASIC = profile(sku=Sku.BASIC)

THROTTLE = [
    passes("running", "capacity.throttle", healthy()),
    passes("once throttled, now running", "capacity.throttle", healthy(workload(message=TOO_MANY))),
    passes(
        "failing for another reason",
        "capacity.throttle",
        healthy(workload(PullState.FAILING, "manifest unknown")),
    ),
    finds(
        "throttled",
        "capacity.throttle",
        healthy(workload(PullState.FAILING, TOO_MANY)),
        "CAPACITY_THROTTLED",
        says=("20,000 reads", "10,000 reads"),
    ),
    finds(
        "throttled, registry unseen",
        "capacity.throttle",
        healthy(workload(PullState.FAILING, TOO_MANY), unseen(RegistryProfile)),
        "CAPACITY_THROTTLED",
    ),
    unknown("state unseen", "capacity.throttle", healthy(unseen(WorkloadState)), "403"),
    passes("not busy", "capacity.registry_throttle", healthy()),
    finds(
        "busy at the front",
        "capacity.registry_throttle",
        healthy(BUSY),
        "CAPACITY_REGISTRY_THROTTLES",
    ),
    finds(
        "busy behind",
        "capacity.registry_throttle",
        healthy(manifest(429), unseen(RegistryAnswer)),
        "CAPACITY_REGISTRY_THROTTLES",
    ),
    unknown("unseen", "capacity.registry_throttle", healthy(unseen(ManifestAnswer)), "403"),
    unknown("front unseen", "capacity.registry_throttle", healthy(unseen(RegistryAnswer)), "403"),
]

STORAGE = [
    passes("little", "capacity.storage", healthy()),
    passes("just below", "capacity.storage", healthy(BASIC, usages(Size=(899, 1000)))),
    finds(
        "near what is included",
        "capacity.storage",
        healthy(BASIC, usages(Size=(9 * GIB, 10 * GIB))),
        "CAPACITY_INCLUDED_STORAGE",
        says=("90 %", "9 GiB of 10 GiB", "nothing breaks"),
    ),
    finds(
        "beyond, which only costs",
        "capacity.storage",
        healthy(BASIC, usages(Size=(25 * GIB, 10 * GIB))),
        "CAPACITY_INCLUDED_STORAGE",
        says=("250 %",),
    ),
    finds(
        "near the hard limit",
        "capacity.storage",
        healthy(BASIC, usages(Size=(30 * TIB, 10 * GIB))),
        "CAPACITY_STORAGE_LIMIT",
        "CAPACITY_INCLUDED_STORAGE",
        says=("30 TiB of 40 TiB",),
    ),
    finds(
        "Premium may hold more",
        "capacity.storage",
        healthy(usages(Size=(30 * TIB, 500 * GIB))),
        "CAPACITY_INCLUDED_STORAGE",
    ),
    skips("not listed", "capacity.storage", healthy(usages(Webhooks=(1, 2)))),
    unknown("usages unseen", "capacity.storage", healthy(unseen(RegistryUsages)), "403"),
    unknown("registry unseen", "capacity.storage", healthy(unseen(RegistryProfile)), "403"),
]

QUOTAS = [
    passes("little", "capacity.quotas", healthy()),
    passes("storage is not a quota", "capacity.quotas", healthy(usages(Size=(99, 100)))),
    passes("without a limit", "capacity.quotas", healthy(usages(Replicas=(99, -1)))),
    *[
        finds(
            f"{used} %",
            "capacity.quotas",
            healthy(usages(Tokens=(used, 100))),
            "CAPACITY_QUOTA",
            says=(f"{used} %", "Tokens", f"level of {level} %"),
        )
        for used, level in ((70, 70), (89, 70), (90, 90), (100, 90))
    ],
    passes("69 %", "capacity.quotas", healthy(usages(Tokens=(69, 100)))),
    finds(
        "two of them",
        "capacity.quotas",
        healthy(usages(Tokens=(8, 10), Webhooks=(10, 10))),
        "CAPACITY_QUOTA",
        "CAPACITY_QUOTA",
    ),
    unknown("unseen", "capacity.quotas", healthy(unseen(RegistryUsages)), "403"),
]

DISK = workload(PullState.FAILING, "failed to extract layer: no space left on device")
QPS = workload(PullState.FAILING, "pull QPS exceeded")
THROTTLED = workload(PullState.FAILING, TOO_MANY)
BACK_OFF = workload(PullState.FAILING, "Back-off pulling image")
GROWING = RegistryLoad(storage=(28 * TIB, 29 * TIB - TIB // 2, 31 * TIB))
HELD = usages(Size=(26 * TIB, 10 * GIB))


def event(text: str) -> ReportedError:
    return ReportedError(text, "kubelet event")


MACHINE = [
    passes("running", "capacity.node", healthy()),
    unknown("fails, nobody says why", "capacity.node", healthy(BACK_OFF), "does not say why"),
    passes("fails for another reason", "capacity.node", healthy(THROTTLED)),
    finds("disk full", "capacity.node", healthy(DISK), "CAPACITY_NODE_DISK_FULL"),
    finds(
        "disk full, by an event",
        "capacity.node",
        healthy(BACK_OFF, event("no space left on device")),
        "CAPACITY_NODE_DISK_FULL",
        says=("kubectl describe nodes",),
    ),
    unknown(
        "disk full, somebody says",
        "capacity.node",
        healthy(BACK_OFF, ReportedError("no space left on device", "the person who asked")),
    ),
    finds("too many at once", "capacity.node", healthy(QPS), "CAPACITY_KUBELET_PULL_QPS"),
    unknown("state unseen", "capacity.node", healthy(unseen(WorkloadState)), "403"),
    finds(
        "throttled, by an event",
        "capacity.throttle",
        healthy(BACK_OFF, event(TOO_MANY), RegistryLoad(busiest_minute=900)),
        "CAPACITY_THROTTLED",
        says=("900 pulls, about 9,000 reads",),
    ),
    passes("the kubelet's own limit is another", "capacity.throttle", healthy(QPS)),
    passes("few pulls", "capacity.reads", healthy(RegistryLoad(busiest_minute=600))),
    skips("nothing counted", "capacity.reads", healthy(RegistryLoad())),
    unknown("figures unseen", "capacity.reads", healthy(unseen(RegistryLoad)), "403"),
    finds(
        "near the limit of an identity",
        "capacity.reads",
        healthy(RegistryLoad(busiest_minute=800)),
        "CAPACITY_READS_NEAR_LIMIT",
        says=("2,000 are left for it", "12,000 are left"),
    ),
    finds(
        "one identity near its limit",
        "capacity.reads",
        healthy(RegistryLoad(busiest_minute=800), PullsByIdentity({"ci": 750, "web": 50})),
        "CAPACITY_IDENTITY_READS_NEAR_LIMIT",
        says=("ci is near its limit", "7,500 read", "2,500 are left"),
    ),
    finds(
        "anonymous pulls beyond theirs, and the registry near its own",
        "capacity.reads",
        healthy(BASIC, RegistryLoad(busiest_minute=800), PullsByIdentity({"": 700, "web": 100})),
        "CAPACITY_IDENTITY_READS_NEAR_LIMIT",
        "CAPACITY_READS_NEAR_LIMIT",
        says=("anonymous pulls is near", "2,000 too many"),
    ),
    passes(
        "many pulls, spread over identities",
        "capacity.reads",
        healthy(RegistryLoad(busiest_minute=800), PullsByIdentity(dict.fromkeys("abcd", 200))),
    ),
    finds(
        "beyond it",
        "capacity.reads",
        healthy(BASIC, RegistryLoad(busiest_minute=1200)),
        "CAPACITY_READS_NEAR_LIMIT",
        says=("7,000 over", "2,000 over"),
    ),
    finds(
        "storage ends soon",
        "capacity.storage",
        healthy(BASIC, HELD, GROWING),
        "CAPACITY_STORAGE_GROWS",
        "CAPACITY_INCLUDED_STORAGE",
        says=("on 2026-09-10", "26 TiB of 40 TiB", "1.5 TiB a day"),
    ),
    finds(
        "storage does not grow",
        "capacity.storage",
        healthy(BASIC, HELD, RegistryLoad(storage=(31 * TIB, 30 * TIB, 28 * TIB))),
        "CAPACITY_INCLUDED_STORAGE",
    ),
    finds(
        "when paid storage begins",
        "capacity.storage",
        healthy(BASIC, usages(Size=(9 * GIB, 10 * GIB)), RegistryLoad(storage=(7, 8, 9 + GIB))),
        "CAPACITY_INCLUDED_STORAGE",
        says=("included on 2026-09-03", "hard limit not within ten years"),
    ),
]

CASES = [*MACHINE, *THROTTLE, *STORAGE, *QUOTAS]
