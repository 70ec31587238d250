"""The one kind of error of the Kubernetes API."""

from aiohttp import web


class StatusError(Exception):
    """A Kubernetes `Status` that is not a success."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        """Keep what the status says."""
        super().__init__(message)
        self.code, self.reason = code, reason

    def response(self) -> web.Response:
        """Render the object as API servers send it."""
        body = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": str(self),
            "reason": self.reason,
            "code": self.code,
        }
        return web.json_response(body, status=self.code)


def missing() -> StatusError:
    """404 of a path that no API server knows."""
    return StatusError(404, "NotFound", "the server could not find the requested resource")
