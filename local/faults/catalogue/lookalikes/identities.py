"""Same symptom, other cause: credentials and rights."""

from local.faults.cases import Verdict
from local.faults.catalogue.reported import (
    TOKEN,
    answer,
)

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
from local.faults.catalogue.lookalikes.common import NEVER_MISSING
