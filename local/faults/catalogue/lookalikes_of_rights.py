"""Lookalikes of credentials and rights: refused, but why."""

from local.faults.base import READER
from local.faults.cases import PASS, Case, Verdict, lookalike, said
from local.faults.catalogue.auth import (
    ABAC,
    ABROAD,
    IDENTITIES,
    PARTNER,
    PLAIN,
    PULL,
    condition,
    deny,
    of_pullers,
    without_roles,
)
from local.faults.catalogue.credentials import KUBELET_OUT, NO_ROLE, password
from local.faults.catalogue.lookalikes import SITES
from local.faults.catalogue.pairs import OLD_SECRET
from local.faults.edits import add, each, grant, put, revoke, workload

CREDENTIALS = (
    lookalike(
        "401: an expired secret, not a missing role",
        OLD_SECRET,
        {"*-sp": said("CREDENTIALS_SECRET_EXPIRED", never=("AUTH_",))},
    ),
    lookalike(
        "401: a missing role, not an expired secret",
        revoke("*-principal", PLAIN),
        {
            "aks-sp": said("AUTH_ROLE_ON_OTHER_IDENTITY", never=("CREDENTIALS_",)),
            "*-sp": said("AUTH_NO_PULL_PERMISSION", never=("CREDENTIALS_",)),
        },
    ),
    lookalike(
        "an expired secret beside a good one",
        put(
            "identities/*-principal/secrets",
            [password("a", expires="-P9D", name="old"), password("b")],
        ),
        {"*-sp": PASS},
    ),
    lookalike(
        "a pull secret that is missing, and not needed",
        workload("aks-token", imagePullSecrets=["forgotten"]),
        {"aks-token": PASS},
    ),
    lookalike(
        "a pull secret for another registry, and not needed",
        put("clusters/cluster/secrets/token/server", "gated.azurecr.io"),
        {"aks-token": PASS},
    ),
    *(
        lookalike(
            f"a pull secret for the registry, written {server}",
            each(KUBELET_OUT, put("clusters/cluster/secrets/token/server", server)),
            {"aks-token": PASS, "aks-plain": NO_ROLE},
        )
        for server in ("https://plain.azurecr.io", "https://plain.azurecr.io/v1/", "*.azurecr.io")
    ),
    lookalike(
        "anonymous, where that is allowed",
        each(
            put("registries/plain/anonymousPullEnabled", True),
            *(workload(f"{one}-plain", acrUseManagedIdentityCreds=False) for one in SITES),
            *(workload(f"{one}-plain", registries=None) for one in ("app", "job")),
            workload("aci-plain", credentials=None),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "the app's own identity, which Container Apps can use",
        each(
            *(
                each(
                    workload(
                        f"{one}-plain",
                        identity={"system": True},
                        registries=[{"server": "plain.azurecr.io", "identity": "system"}],
                    ),
                    grant(f"{one}-plain", "AcrPull", PLAIN),
                )
                for one in ("app", "job")
            )
        ),
        {"app-plain": PASS, "job-plain": PASS},
    ),
)

RIGHTS = (
    lookalike(
        "AcrPull, but on an ABAC registry",
        of_pullers(ABAC, role="AcrPull"),
        {"*-abac": said("AUTH_ROLE_IGNORED_IN_ABAC_MODE", never=("AUTH_",))},
    ),
    lookalike(
        "the right role on an ABAC registry, on the cluster's identity",
        each(revoke("kubelet", ABAC), grant("cluster", READER, ABAC)),
        {"aks-abac": said("AUTH_ROLE_ON_OTHER_IDENTITY")},
    ),
    lookalike(
        "no role of its own: one of a group",
        each(
            put(
                "identities/pullwatch/graphPermissions",
                ["Application.Read.All", "Directory.Read.All"],
            ),
            without_roles(PLAIN),
            add("groups", {"name": "pullers", "members": [*IDENTITIES]}),
            grant("pullers", "AcrPull", PLAIN),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "no role of its own: inherited from the management group",
        each(
            without_roles(PLAIN),
            *(grant(who, "AcrPull", "managementGroup/contoso") for who in IDENTITIES),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "no role that is called so: a custom one with a wildcard",
        each(
            add(
                "roles",
                {"name": "Images", "actions": ["Microsoft.ContainerRegistry/registries/*/read"]},
            ),
            of_pullers(PLAIN, role="Images"),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "a condition that lets it in",
        of_pullers(ABAC, condition=condition("StringLike", "*-abac")),
        {"*-abac": PASS},
    ),
    lookalike(
        "a condition that lets it in, whatever the case",
        of_pullers(ABAC, condition=condition("StringStartsWithIgnoreCase", "A")),
        {
            "aks-abac": PASS,
            "app-abac": PASS,
            "aci-abac": PASS,
            "*-abac": said("AUTH_CONDITION_EXCLUDES_REPOSITORY"),
        },
    ),
    lookalike(
        "a deny assignment of another action",
        deny(PLAIN, "Microsoft.ContainerRegistry/registries/push/write", principals=IDENTITIES),
        {"*-plain": PASS},
    ),
    lookalike(
        "a deny assignment from which the identities are excluded",
        deny(
            PLAIN,
            PULL,
            excludePrincipals=[
                *IDENTITIES,
                "pullwatch",
                *(f"{one}-principal" for one in ("aks", "web", "slot", "app", "job", "aci")),
            ],
        ),
        {"*-plain": PASS, "*-sp": PASS},
    ),
    lookalike(
        "refused to the kubelet, not to the pull secret",
        KUBELET_OUT,
        {"aks-plain": NO_ROLE, "aks-token": PASS, "aks-sp": PASS, "aks-admin": PASS},
    ),
)

TENANTS = (
    lookalike(
        "no secret of the service principal is seen: its application is another tenant's",
        put("identities/*-principal/registeredIn", PARTNER),
        {"*-sp": Verdict(outcome="unknown", never=("CREDENTIALS_", "AUTH_"))},
    ),
    lookalike(
        "no such service principal here, but the registry is at home in another tenant",
        each(ABROAD, put("identities/*-principal/tenant", PARTNER)),
        {
            "*-sp": Verdict(outcome="unknown", never=("CREDENTIALS_", "AUTH_", "EXISTENCE_")),
            "*-plain": said("AUTH_CROSS_TENANT", never=("AUTH_", "EXISTENCE_")),
        },
        aside=("*-token", "*-admin"),
    ),
)

LOOKALIKES: tuple[Case, ...] = (*CREDENTIALS, *RIGHTS, *TENANTS)
