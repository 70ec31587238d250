"""What the registry's front answers to anyone."""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, check
from shared.domain.facts.registry import Reach, RegistryAnswer
from shared.domain.findings import Finding, Outcome, Problem

SERVER_ERROR = Problem(
    code="NETWORK_SERVER_ERROR",
    outcome=Outcome.WARN,
    title="{host} answers with the error {status}",
    explanation="The registry itself is in trouble; nothing can be said of its images until it "
    "answers again. Correlation id: {correlation}.",
    fix=("Wait, look at https://status.azure.com, and give support the correlation id",),
    link=links.ACCESS,
    health_code="CONNECTIVITY_CHALLENGE_ERROR",
)

_UNAUTHORIZED, _FORBIDDEN, _SERVER_ERRORS = 401, 403, 500


@check("network.answer", SERVER_ERROR, advisory=True)
def registry_answers(seen: RegistryAnswer) -> Iterable[Finding]:
    """The registry answers, and asks for credentials."""
    answer = seen.answer
    if answer.reach is not Reach.ANSWERED:
        raise CannotTellError(f"Pullwatch itself does not reach {seen.host}: {answer.reach.value}")
    if answer.status >= _SERVER_ERRORS:
        yield SERVER_ERROR.found(
            subject=seen.host,
            host=seen.host,
            status=str(answer.status),
            correlation=answer.correlation_id or "none",
        )
        return
    if answer.status == _FORBIDDEN:
        raise CannotTellError(f"the firewall of {seen.host} does not admit Pullwatch itself")
    if answer.status != _UNAUTHORIZED or not seen.challenged:
        raise CannotTellError(f"{seen.host} answers {answer.status} where 401 was expected")


CHECKS = (registry_answers,)
