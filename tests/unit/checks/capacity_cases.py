from shared.domain.capacity import GIB, TIB
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

CASES = [*THROTTLE, *STORAGE, *QUOTAS]
