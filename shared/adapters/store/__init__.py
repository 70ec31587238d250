"""What the app remembers, over `shared.adapters.tables`. One module per question."""

from dataclasses import dataclass

from shared.adapters.store.diagnoses import Diagnoses
from shared.adapters.store.incidents import Incidents
from shared.adapters.store.index import DeploymentIndex
from shared.adapters.store.ledger import Ledger
from shared.adapters.store.locks import OwnLocks
from shared.adapters.store.plans import Plans
from shared.adapters.store.requested import RequestedChecks
from shared.adapters.store.sweeps import Sweeps
from shared.adapters.store.watched import WatchedRepositories
from shared.adapters.tables import Tables


@dataclass(frozen=True)
class Store:
    """Everything that is remembered."""

    index: DeploymentIndex
    diagnoses: Diagnoses
    incidents: Incidents
    sweeps: Sweeps
    ledger: Ledger
    requested: RequestedChecks
    plans: Plans
    locks: OwnLocks
    watched: WatchedRepositories

    @classmethod
    def on(cls, tables: Tables) -> "Store":
        """A store on some tables: Azure's, or a test's."""
        return cls(
            DeploymentIndex(tables),
            Diagnoses(tables),
            Incidents(tables),
            Sweeps(tables),
            Ledger(tables),
            RequestedChecks(tables),
            Plans(tables),
            OwnLocks(tables),
            WatchedRepositories(tables),
        )
