"""What goes wrong on the wire: switched on by the control API, looked at by every server."""

import fnmatch
from dataclasses import dataclass, field
from typing import Literal

type Trouble = Literal["status", "garbage", "slow", "hang-up"]
# servfail and nxdomain answer at once; a timeout never answers.
type NameTrouble = Literal["servfail", "nxdomain", "timeout"]
# denied: the proxy on the way refuses the host.
type ReachTrouble = Literal["refused", "timeout", "denied"]


@dataclass
class Fault:
    """What a host answers instead of the truth, for the paths and as often as it says."""

    host: str
    """A name or a pattern such as `*.azurecr.io`."""
    trouble: Trouble
    path: str = "*"
    status: int = 503
    retry_after: int | None = None
    """Seconds, sent as Retry-After."""
    seconds: float = 0.0
    """How long a slow answer is held back."""
    times: int | None = None
    """How many more requests it hits; None = until it is cleared."""

    def hits(self, host: str, path: str) -> bool:
        """Whether a request is meant; counts it where the fault is limited."""
        if self.times == 0 or not fnmatch.fnmatchcase(host.lower(), self.host.lower()):
            return False
        if not fnmatch.fnmatchcase(path, self.path):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Faults:
    """All that is switched on at the moment."""

    wire: list[Fault] = field(default_factory=list)
    names: dict[str, NameTrouble] = field(default_factory=dict)
    """Host or pattern -> what its resolution does."""
    unreachable: dict[str, ReachTrouble] = field(default_factory=dict)
    """Host or pattern -> what connecting does."""
    graph_lag: float = 0.0
    """Seconds that Resource Graph lags behind ARM."""
    log_lag: float = 0.0
    """Seconds until Log Analytics shows what happened."""
    told: frozenset[str] = frozenset()
    """Operations that make events here although no document says whether they do in Azure."""

    def at(self, host: str, path: str) -> Fault | None:
        """The first fault that hits this request."""
        return next((fault for fault in self.wire if fault.hits(host, path)), None)

    def of_name(self, host: str) -> NameTrouble | None:
        """What resolving this name does, if it is in trouble."""
        return _first(self.names, host)

    def of_connection(self, host: str) -> ReachTrouble | None:
        """What connecting to this host does, if it is in trouble."""
        return _first(self.unreachable, host)

    def clear(self) -> None:
        """Everything works again."""
        self.wire.clear()
        self.names.clear()
        self.unreachable.clear()
        self.graph_lag = self.log_lag = 0.0
        self.told = frozenset()


def _first[T](troubles: dict[str, T], host: str) -> T | None:
    name = host.rstrip(".").lower()
    found = (t for pattern, t in troubles.items() if fnmatch.fnmatchcase(name, pattern.lower()))
    return next(found, None)
