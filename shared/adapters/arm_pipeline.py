"""
How a request goes out to Azure Resource Manager, and where its token may go.

There is neither azure-core's retry policy, which waits any Retry-After however long, nor the
resource-provider registration policy, which writes.
"""

from collections.abc import Sequence
from typing import Any

from azure.core.pipeline import PipelineRequest, policies
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from shared.adapters.credentials import Credentials
from shared.adapters.http import USER_AGENT
from shared.domain.facts.base import CouldNotLookError


def policies_of(endpoint: str, credentials: Credentials) -> Sequence[Any]:
    """Make the pipeline of a client, generated or generic: its ``policies`` argument."""
    authenticate = AsyncARMChallengeAuthenticationPolicy(credentials, endpoint + "/.default")
    return [
        _OwnHost(endpoint),
        policies.RequestIdPolicy(),
        policies.HeadersPolicy(),
        policies.UserAgentPolicy(USER_AGENT),
        policies.ContentDecodePolicy(),
        authenticate,
        policies.SensitiveHeaderCleanupPolicy(),
    ]


class _OwnHost(policies.SansIOHTTPPolicy[HttpRequest, Any]):
    """Let the token go nowhere but to ARM, whatever a page names as the next one."""

    def __init__(self, endpoint: str) -> None:
        self._start = endpoint + "/"

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        if not request.http_request.url.startswith(self._start):
            raise CouldNotLookError("ARM's next page is on another host")
