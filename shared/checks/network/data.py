"""Does the workload reach the hosts from which layers come?

The login server hands out manifests, and sends whoever wants a layer to a data endpoint or a blob
host. A firewall on the way often knows the first only (container-registry-firewall-access-rules).
"""

import re
from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import check
from shared.checks.names import about_image, about_workload
from shared.checks.told import insist_on_words, told
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.workload import WorkloadState
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.text import plain
from shared.explain import CauseLabel, explain

UNREACHABLE = Problem(
    code="NETWORK_DATA_ENDPOINT_UNREACHABLE",
    outcome=Outcome.FAIL,
    title="{workload} gets no layers of {image}: it does not get through to {host}",
    explanation="{login_server} itself answers it, for the error is about the host of the layers, "
    "to which the registry sends whoever pulls: {meaning}. A firewall, a proxy or a route on the "
    "way of {workload} lacks that host. The platform says: {text}",
    fix=(
        "az acr show-endpoints --name {registry}",
        (
            "Let {workload} through to all of these hosts, port 443; without dedicated data "
            "endpoints that is *.blob.core.windows.net"
        ),
        "In Premium the registry can have hosts of its own, that are easier to name:",
        "az acr update --name {registry} --data-endpoint-enabled true",
    ),
    link=links.DATA_ENDPOINTS,
    confidence=Confidence.LIKELY,
)
_HOST = re.compile(
    r"https://((?:[a-z0-9-]{1,63}\.){1,4}(?:blob\.core\.windows\.net|data\.azurecr\.[a-z]{2}))[/:\"]",
    re.IGNORECASE,
)
_ON_THE_WAY = {
    CauseLabel.NETWORK_DNS,
    CauseLabel.NETWORK_PRIVATE_ENDPOINT,
    CauseLabel.NETWORK_PROXY,
    CauseLabel.NETWORK_TIMEOUT,
    CauseLabel.NETWORK_TLS,
}


@check("network.data_endpoint", UNREACHABLE, advisory=True)
def layers_are_reached(
    asked: Asked, state: WorkloadState, reported: ReportedError | Unavailable
) -> Iterable[Finding]:
    """The platform does not report that the host of the layers is out of reach."""
    texts = told(state, reported)
    for text in texts:
        host, cause = _HOST.search(text), explain(text).cause
        if host and cause in _ON_THE_WAY:
            yield UNREACHABLE.found(
                subject=f"{host[1].lower()} from {asked.pull.workload.id}",
                host=host[1].lower(),
                meaning=cause.meaning,
                text=plain(text, 300),
                **about_image(asked.pull.image),
                **about_workload(asked.pull),
            )
            return
    insist_on_words(state, texts)


CHECKS = (layers_are_reached,)
