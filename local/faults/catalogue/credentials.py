"""Planted faults of credentials: what a workload shows to the registry."""

from local.faults.cases import Case, Verdict, fault
from local.faults.edits import drop, each, grant, put, revoke, sign_in, workload

NO_ROLE = Verdict("AUTH_ROLE_AT_OTHER_SCOPE")
KUBELET_OUT = revoke("kubelet", "registry/plain")
"""Else the kubelet pulls with its own identity where the pull secret is of no use."""
NOBODY = "2b1a6c1e-0f0e-4c57-9d47-1f3f6a1b0c99"
PLAIN = "plain.azurecr.io"


def password(kind: str, **fields: object) -> dict[str, object]:
    """A password of a token or secret of an application, as the estate has it."""
    return {"value": kind, **fields}


STAGES = (2, 9, 25)
"""Days to the end of a secret: one for each stage of the warning."""


SETUP = (
    fault(
        "CREDENTIALS_NONE",
        "nothing names the registry",
        each(
            *(
                workload(
                    f"{one}-plain",
                    registries=None,
                    credentials=None,
                    acrUseManagedIdentityCreds=False,
                    identity=None,
                    acrUserManagedIdentity=None,
                )
                for one in ("web", "slot")
            ),
            *(workload(f"{one}-plain", registries=None) for one in ("app", "job")),
            workload("aci-plain", credentials=None),
        ),
        *("web-plain", "slot-plain", "app-plain", "job-plain", "aci-plain"),
    ),
    fault(
        "CREDENTIALS_NONE",
        "the setting is for another registry",
        each(
            *(
                workload(
                    f"{one}-plain",
                    registries=[{"server": "public.azurecr.io", "identity": f"{one}-identity"}],
                )
                for one in ("app", "job")
            ),
            workload(
                "aci-plain",
                credentials=[{"server": "public.azurecr.io", "identity": "aci-identity"}],
            ),
        ),
        *("app-plain", "job-plain", "aci-plain"),
    ),
    fault(
        "CREDENTIALS_IDENTITY_SWITCHED_OFF",
        "acrUseManagedIdentityCreds is off",
        each(
            *(workload(f"{one}-plain", acrUseManagedIdentityCreds=False) for one in ("web", "slot"))
        ),
        *("web-plain", "slot-plain"),
    ),
    fault(
        "CREDENTIALS_IDENTITY_NOT_ATTACHED",
        "named, not attached",
        each(
            *(
                workload(f"{one}-plain", identity=None)
                for one in ("web", "slot", "app", "job", "aci")
            )
        ),
        *("web-plain", "slot-plain", "app-plain", "job-plain", "aci-plain"),
    ),
    fault(
        "CREDENTIALS_IDENTITY_DELETED",
        "gone from Azure, still named",
        each(put("identities/*-identity/deleted", True), put("identities/kubelet/deleted", True)),
        *("*-plain", "*-gated", "*-vault", "*-abac"),
    ),
    fault(
        "CREDENTIALS_SYSTEM_IDENTITY_UNSUPPORTED",
        "the group's own identity",
        each(
            workload(
                "aci-plain",
                identity={"system": True},
                credentials=[{"server": PLAIN, "identity": "system"}],
            ),
            grant("aci-plain", "AcrPull", "registry/plain"),
        ),
        "aci-plain",
    ),
)

SECRETS = (
    fault(
        "CREDENTIALS_PULL_SECRET_MISSING",
        "no such secret",
        each(KUBELET_OUT, workload("aks-token", imagePullSecrets=["forgotten"])),
        "aks-token",
        besides={"aks-plain": NO_ROLE},
    ),
    fault(
        "CREDENTIALS_PULL_SECRET_IN_OTHER_NAMESPACE",
        "in the namespace default",
        each(KUBELET_OUT, put("clusters/cluster/secrets/token/namespace", "default")),
        "aks-token",
        besides={"aks-plain": NO_ROLE},
    ),
    fault(
        "CREDENTIALS_PULL_SECRET_FOR_OTHER_SERVER",
        "for another registry",
        each(KUBELET_OUT, put("clusters/cluster/secrets/token/server", "gated.azurecr.io")),
        "aks-token",
        besides={"aks-plain": NO_ROLE},
    ),
)

DAMAGED = (
    fault(
        "CREDENTIALS_PULL_SECRET_MALFORMED",
        "edited by hand",
        each(KUBELET_OUT, put("clusters/cluster/secrets/token/malformed", True)),
        "aks-token",
        besides={"aks-plain": NO_ROLE},
    ),
    fault(
        "CREDENTIALS_SECRET_REFERENCE_DANGLING",
        "the secret was removed",
        each(
            put("containerApps/*/registries/plain.azurecr.io/secretMissing", True),
            put("jobs/*/registries/plain.azurecr.io/secretMissing", True),
        ),
        *(f"{column}-{way}" for column in ("app", "job") for way in ("token", "sp", "admin")),
    ),
)

ACCOUNTS = (
    fault(
        "CREDENTIALS_ADMIN_DISABLED",
        "switched off",
        put("registries/plain/adminUserEnabled", False),
        "*-admin",
    ),
    fault("CREDENTIALS_TOKEN_MISSING", "deleted", drop("registries/plain/tokens/*"), "*-token"),
    fault(
        "CREDENTIALS_TOKEN_DISABLED",
        "switched off",
        put("registries/plain/tokens/*/status", "disabled"),
        "*-token",
    ),
    fault(
        "CREDENTIALS_TOKEN_EXPIRED",
        "both passwords",
        put(
            "registries/plain/tokens/*/passwords",
            [password("a", expires="-P5D"), password("b", expires="-P1D")],
        ),
        "*-token",
    ),
    fault(
        "CREDENTIALS_TOKEN_PASSWORD_EXPIRED",
        "one of two",
        put("registries/plain/tokens/*/passwords", [password("a", expires="-P5D"), password("b")]),
        "*-token",
    ),
    *(
        fault(
            "CREDENTIALS_TOKEN_EXPIRING",
            f"in {days} days",
            put("registries/plain/tokens/*/passwords", [password("a", expires=f"P{days}D")]),
            "*-token",
        )
        for days in STAGES
    ),
    fault(
        "CREDENTIALS_SERVICE_PRINCIPAL_MISSING",
        "deleted, or of another tenant",
        sign_in("sp", NOBODY, "secret"),
        "*-sp",
    ),
    fault(
        "CREDENTIALS_SERVICE_PRINCIPAL_DISABLED",
        "switched off",
        put("identities/*-principal/enabled", False),
        "*-sp",
    ),
    fault(
        "CREDENTIALS_SECRET_EXPIRED",
        "three days ago",
        put("identities/*-principal/secrets", [password("old", expires="-P3D")]),
        "*-sp",
    ),
    *(
        fault(
            "CREDENTIALS_SECRET_EXPIRING",
            f"in {days} days",
            put("identities/*-principal/secrets", [password("old", expires=f"P{days}D")]),
            "*-sp",
        )
        for days in STAGES
    ),
)

FAULTS: tuple[Case, ...] = (*SETUP, *SECRETS, *DAMAGED, *ACCOUNTS)
