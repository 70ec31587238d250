"""What a check is, and how one runs."""

import inspect
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_type_hints

from shared.domain.facts.base import Evidence, Fact, MissingEvidenceError, NotAskedError
from shared.domain.findings import CheckResult, Finding, Outcome

log = logging.getLogger(__name__)


class NotApplicableError(Exception):
    """The question makes no sense for this pull; raise it from a check to skip."""


class CannotTellError(Exception):
    """The facts are there but do not decide it; raise it from a check for UNKNOWN."""


@dataclass(frozen=True)
class Check[**P]:
    """A question about one pull, decided from facts alone.

    An advisory check warns of what is to come; that it could not look does not make the
    diagnosis unknown.
    """

    id: str
    needs: tuple[type[Fact], ...]
    decide: Callable[P, Iterable[Finding]]
    advisory: bool = False

    @property
    def question(self) -> str:
        """The first line of the check's docstring, a statement that holds when it passes."""
        return (inspect.getdoc(self.decide) or self.id).splitlines()[0]

    def __call__(self, *facts: P.args, **named: P.kwargs) -> list[Finding]:
        return list(self.decide(*facts, **named))

    def run(self, evidence: Evidence) -> CheckResult:
        """Decide from evidence. Never raises: what cannot be decided is UNKNOWN, with a reason."""
        decide: Callable[..., Iterable[Finding]] = self.decide
        try:
            findings = tuple(decide(*(evidence[need] for need in self.needs)))
        except (NotApplicableError, NotAskedError) as why:
            return self._result(Outcome.SKIPPED, reason=str(why))
        except (MissingEvidenceError, CannotTellError) as why:
            return self._result(Outcome.UNKNOWN, reason=str(why))
        except Exception:
            log.exception("check %s crashed", self.id)
            return self._result(Outcome.UNKNOWN, reason="the check itself failed")
        return self._result(max((f.outcome for f in findings), default=Outcome.PASS), findings)

    def _result(
        self, outcome: Outcome, findings: tuple[Finding, ...] = (), reason: str = ""
    ) -> CheckResult:
        return CheckResult(self.id, outcome, findings, reason, advisory=self.advisory)


def check[**P](
    check_id: str, *, advisory: bool = False
) -> Callable[[Callable[P, Iterable[Finding]]], Check[P]]:
    """Make a pure function a check. The types of its parameters are the facts it needs.

    A check that yields nothing has passed, so a check is a generator of findings.
    """

    def wrap(decide: Callable[P, Iterable[Finding]]) -> Check[P]:
        hints = get_type_hints(decide)
        hints.pop("return", None)
        return Check(check_id, tuple(hints.values()), decide, advisory)

    return wrap
