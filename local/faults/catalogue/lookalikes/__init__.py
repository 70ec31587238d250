"""One symptom, another cause: what tells them apart, and what nobody can tell from here."""

from local.faults.cases import Case
from local.faults.catalogue.lookalikes.identities import CREDENTIALS, RIGHTS
from local.faults.catalogue.lookalikes.images import IMAGES, TEXTS
from local.faults.catalogue.lookalikes.places import MONITOR, NETWORK

LOOKALIKES: tuple[Case, ...] = (*MONITOR, *NETWORK, *CREDENTIALS, *RIGHTS, *IMAGES, *TEXTS)
