"""Every case: faults, pairs and lookalikes. A new one is an entry in one of these files."""

from local.faults.cases import Case
from local.faults.catalogue import (
    asked,
    auth,
    cleanup,
    credentials,
    existence,
    lookalikes,
    lookalikes_of_images,
    lookalikes_of_rights,
    network,
    pairs,
    reported,
)

FAULTS: tuple[Case, ...] = (
    *network.FAULTS,
    *credentials.FAULTS,
    *auth.FAULTS,
    *existence.FAULTS,
    *cleanup.FAULTS,
    *reported.FAULTS,
    *asked.FAULTS,
)
EVERY_CASE: tuple[Case, ...] = (
    *FAULTS,
    *pairs.PAIRS,
    *lookalikes.LOOKALIKES,
    *lookalikes_of_rights.LOOKALIKES,
    *lookalikes_of_images.LOOKALIKES,
    *cleanup.LOOKALIKES,
)
