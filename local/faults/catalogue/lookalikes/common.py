"""What several lookalikes have in common."""

from local.faults.cases import ANY, PASS, UNKNOWN, Case, Verdict, lookalike, said
from local.faults.catalogue.auth import (
    without_roles,
)
from local.faults.catalogue.network import NO_TRUST, NOTHING, ON_PLAIN, status, wire
from local.faults.catalogue.pairs import CLOSED, NO_TAG
from local.faults.catalogue.reported import (
    NO_GRAPH,
    NO_IMAGES,
    NO_MAPS,
    NO_REGISTRY,
    NO_ROLES,
    TOKEN,
    answer,
    says,
)
from local.faults.edits import each, image, images, put, workload

NEVER_MISSING = ("EXISTENCE_",)
BLIND = Verdict(outcome="unknown", never=NEVER_MISSING)
"""Nobody can tell, and nothing is said to be missing."""
MANIFESTS = "/v2/*/manifests/*"
UNAUTHORIZED = (
    "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
    f"{TOKEN}: 401 Unauthorized"
)
NOT_FOUND = answer("404 Not Found", "MANIFEST_UNKNOWN", 'manifest tagged by \\"1\\" is not found')
SITES = ("web", "slot")



def on_plain(verdict: Verdict) -> dict[str, Verdict]:
    """The same of everyone who pulls from the registry `plain`."""
    return dict.fromkeys(ON_PLAIN, verdict)


MONITOR = (
    lookalike(
        "not found, or not shown: the monitor may not look, and the image is gone",
        each(NO_IMAGES, images("*-abac", tags=["2"])),
        {"*-abac": BLIND},
    ),
    lookalike(
        "not found, or not shown: the monitor may not look, and it is there",
        NO_IMAGES,
        {"*-abac": BLIND},
    ),
