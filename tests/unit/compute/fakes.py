"""What platforms read, scripted: an ARM that answers by path, a Graph of a few principals."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.arm import NotFoundError
from shared.compute.sources import Json
from shared.domain.facts.base import CouldNotLookError

SUBSCRIPTION = "/subscriptions/s1"
GROUP = f"{SUBSCRIPTION}/resourceGroups/shop"
SERVER = "contoso.azurecr.io"


class FakeArm:
    """
    Answers by path, upper or lower case: an object, a list, or an error to raise.

    ``rows`` are what Resource Graph holds. ``asked`` is every request, in order.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None, *rows: Json) -> None:
        self.answers = {path.lower(): answer for path, answer in (answers or {}).items()}
        self.answers.setdefault("/subscriptions", [{"subscriptionId": "s1"}])
        self.rows = rows
        self.asked: list[str] = []

    async def get(self, path: str, api_version: str) -> Json:
        found: Json = self._answer("GET", path, api_version)
        return found

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        return tuple(self._answer("LIST", path, api_version))

    async def post(self, path: str, api_version: str, body: Json | None = None) -> Json:
        assert body is None
        found: Json = self._answer("POST", path, api_version)
        return found

    async def query(self, kql: str, subscriptions: tuple[str, ...]) -> tuple[Json, ...]:
        self.asked.append(f"QUERY {kql} in {','.join(subscriptions)}")
        if "query" in self.answers:
            raise self.answers["query"]
        return tuple(row for row in self.rows if f"'{row['type'].lower()}'" in kql)

    def _answer(self, verb: str, path: str, api_version: str) -> Any:
        assert api_version
        self.asked.append(f"{verb} {path}")
        if path.lower() not in self.answers:
            raise NotFoundError(f"404 reading {path}")
        answer = self.answers[path.lower()]
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeGraph:
    """Knows service principals by client id; without any it may not be asked."""

    def __init__(
        self,
        principals: Mapping[str, Json | None] | None = None,
        applications: Mapping[str, Json] | None = None,
    ) -> None:
        self.principals = principals
        self.applications = applications or {}

    async def tenant(self) -> str:
        return "our-tenant"

    async def service_principal(self, app_id: str) -> Json | None:
        if self.principals is None:
            raise CouldNotLookError("403 reading the directory")
        return self.principals.get(app_id)

    async def application(self, app_id: str) -> Json | None:
        return self.applications.get(app_id)
