"""What the registry's front answers to anyone."""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, check
from shared.checks.names import registry_name
from shared.domain.facts.registry import Answer, Reach, RegistryAnswer
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.text import plain

OPENSSL = "openssl s_client -connect {host}:443 -servername {host}"

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

TLS_EXPIRED = Problem(
    code="NETWORK_TLS_EXPIRED",
    outcome=Outcome.WARN,
    title="{host} shows an expired certificate where Pullwatch runs",
    explanation="Azure renews the certificates of registries itself, so something between shows "
    "its own: a proxy, or a firewall that opens TLS. What pulls on the same way fails, too. {said}",
    fix=("Renew the certificate of what opens TLS, or let {host} pass unopened", OPENSSL),
    link=links.FIREWALL_RULES,
    health_code="CONNECTIVITY_SSL_ERROR",
)
TLS_WRONG_NAME = Problem(
    code="NETWORK_TLS_WRONG_NAME",
    outcome=Outcome.WARN,
    title="{host} shows the certificate of another host where Pullwatch runs",
    explanation="The name leads to something else than the registry, through DNS or a proxy. What "
    "pulls on the same way fails, too. {said}",
    fix=("See which address the name leads to, and what answers there", OPENSSL),
    link=links.FIREWALL_RULES,
    health_code="CONNECTIVITY_SSL_ERROR",
)
TLS_INTERCEPTED = Problem(
    code="NETWORK_TLS_INTERCEPTED",
    outcome=Outcome.WARN,
    title="TLS to {host} is opened on the way from where Pullwatch runs",
    explanation="The certificate comes from nobody that is trusted: a proxy or a firewall shows "
    "its own. What pulls on the same way fails, unless it trusts that one. {said}",
    fix=("Let {host} and its data endpoints pass unopened", OPENSSL),
    link=links.FIREWALL_RULES,
    health_code="CONNECTIVITY_SSL_ERROR",
)
PROXY_REFUSES = Problem(
    code="NETWORK_PROXY_REFUSES",
    outcome=Outcome.WARN,
    title="The proxy on Pullwatch's way does not let it through to {host}",
    explanation="Pullwatch goes through a proxy, which refuses this host. What pulls through the "
    "same proxy fails, too. {said}",
    fix=(
        "Let {host} and its data endpoints pass the proxy",
        "az acr show-endpoints --name {registry}",
    ),
    link=links.FIREWALL_RULES,
    health_code="CONNECTIVITY_CHALLENGE_ERROR",
)

_UNAUTHORIZED, _FORBIDDEN, _SERVER_ERRORS = 401, 403, 500


@check(
    "network.answer",
    SERVER_ERROR,
    TLS_EXPIRED,
    TLS_WRONG_NAME,
    TLS_INTERCEPTED,
    PROXY_REFUSES,
    advisory=True,
)
def registry_answers(seen: RegistryAnswer) -> Iterable[Finding]:
    """The registry answers, and asks for credentials."""
    answer = seen.answer
    if problem := _on_the_way(answer):
        yield problem.found(
            subject=f"{seen.host} from where Pullwatch runs",
            host=seen.host,
            registry=registry_name(seen.host),
            said=f"It says: {plain(answer.detail, 200)}" if answer.detail else "",
        )
        return
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


def _on_the_way(answer: Answer) -> Problem | None:
    if answer.reach is Reach.PROXY_REFUSED:
        return PROXY_REFUSES
    if answer.reach is not Reach.BAD_TLS:
        return None
    said = answer.detail.lower()
    if "expired" in said:
        return TLS_EXPIRED
    if "mismatch" in said or "doesn't match" in said or "not valid for" in said:
        return TLS_WRONG_NAME
    certificate = ("self-signed", "self signed", "unable to get local issuer", "unknown authority")
    return TLS_INTERCEPTED if any(words in said for words in certificate) else None


CHECKS = (registry_answers,)
