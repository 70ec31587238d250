"""The verbs of a running estate, as a client: `await Control(url).do("delete", image=...)`."""

from collections.abc import Mapping
from typing import Any

import aiohttp


class ControlError(Exception):
    """The simulator refused a verb; the message says which field, and what is accepted."""


class Control:
    """A client of the control API (local.azure.control)."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def do(self, verb: str, **arguments: object) -> dict[str, Any]:
        """Carry out a verb; its arguments have the names of the API (camelCase).

        Raises ControlError when it is refused, aiohttp.ClientError when nothing answers.
        """
        return await self._ask("POST", verb, arguments)

    async def show(self, what: str) -> dict[str, Any]:
        """What is: `estate`, `requests`, `deliveries`; the verbs for an empty name."""
        return await self._ask("GET", what, None)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None
    ) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}/{path}", json=body) as answer,
        ):
            content: dict[str, Any] = await answer.json(content_type=None)
        if answer.status >= 400:  # noqa: PLR2004 - what HTTP calls an error
            raise ControlError(_explained(path, content))
        return content


def _explained(verb: str, refusal: Mapping[str, Any]) -> str:
    field = f" ({refusal['field']})" if refusal.get("field") else ""
    accepted = refusal.get("accepted")
    if isinstance(accepted, Mapping):
        accepted = ", ".join(f"{name}: {kind}" for name, kind in accepted.items())
    elif isinstance(accepted, list):
        accepted = ", ".join(str(one) for one in accepted)
    hint = f"\n  accepted: {accepted}" if accepted else ""
    return f"{verb}{field}: {refusal.get('error', 'refused')}{hint}"
