"""What a check is, and how one runs."""

import inspect
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args, get_type_hints

from shared.domain.facts.base import (
    Evidence,
    Fact,
    MissingEvidenceError,
    NotAskedError,
    Unavailable,
)
from shared.domain.findings import CheckResult, Finding, Outcome, Problem

log = logging.getLogger(__name__)


class NotApplicableError(Exception):
    """The question makes no sense for this pull; raise it from a check to skip."""


class CannotTellError(Exception):
    """The facts are there but do not decide it; raise it from a check for UNKNOWN."""


@dataclass(frozen=True)
class Wanted:
    """A fact that a check takes; without an optional one it can still decide some pulls."""

    kind: type[Fact]
    optional: bool = False

    def of(self, evidence: Evidence) -> Fact | Unavailable:
        """The fact, or, where it is optional, why it is not there."""
        try:
            return evidence[self.kind]
        except (MissingEvidenceError, NotAskedError) as why:
            if not self.optional:
                raise
            return Unavailable.of(self.kind, str(why))


@dataclass(frozen=True)
class Check[**P]:
    """A question about one pull, decided from facts alone.

    An advisory check warns of what is to come; that it could not look does not make the
    diagnosis unknown. ``finds`` are the problems that it may yield.
    """

    id: str
    wants: tuple[Wanted, ...]
    decide: Callable[P, Iterable[Finding]]
    finds: tuple[Problem, ...] = ()
    advisory: bool = False

    @property
    def needs(self) -> tuple[type[Fact], ...]:
        """The facts without which the check says nothing."""
        return tuple(want.kind for want in self.wants if not want.optional)

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
            findings = tuple(decide(*(want.of(evidence) for want in self.wants)))
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
    check_id: str, *finds: Problem, advisory: bool = False
) -> Callable[[Callable[P, Iterable[Finding]]], Check[P]]:
    """Make a pure function a check. The types of its parameters are the facts it needs.

    A parameter ``SomeFact | Unavailable`` is optional: `known` insists on it where it matters.
    A check that yields nothing has passed, so a check is a generator of findings.
    """

    def wrap(decide: Callable[P, Iterable[Finding]]) -> Check[P]:
        hints = get_type_hints(decide)
        hints.pop("return", None)
        return Check(check_id, tuple(map(_wanted, hints.values())), decide, finds, advisory)

    return wrap


def known[F: Fact](fact: F | Unavailable) -> F:
    """An optional fact that is needed after all.

    Raises:
        MissingEvidenceError: with the reason why it is not there.

    """
    if isinstance(fact, Unavailable):
        raise MissingEvidenceError(fact.reason)
    return fact


def _wanted(hint: Any) -> Wanted:
    if not isinstance(hint, UnionType):
        return Wanted(hint)
    return Wanted(next(_facts(hint)), optional=True)


def _facts(hint: UnionType) -> Iterator[type[Fact]]:
    return (kind for kind in get_args(hint) if kind is not Unavailable)
