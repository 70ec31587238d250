"""ARM's errors, `{"error": {"code", "message"}}`, with the texts that people search for."""

from dataclasses import dataclass, field

from local.estates.identity import Identity


@dataclass
class ArmError(Exception):
    """An answer that is not a success."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """The JSON that is sent."""
        return {"error": {"code": self.code, "message": self.message}}


def unauthenticated(tenant: str, code: str, message: str) -> ArmError:
    """401 with the challenge that names the tenant."""
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant}", '
        f'error="invalid_token", error_description="{message}"'
    )
    return ArmError(401, code, message, {"WWW-Authenticate": challenge})


def forbidden(who: Identity, action: str, scope: str) -> ArmError:
    """403 AuthorizationFailed: names who, what and where."""
    message = (
        f"The client '{who.client_id}' with object id '{who.object_id}' does not have "
        f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials."
    )
    return ArmError(403, "AuthorizationFailed", message)


def not_found(kind: str, name: str, group: str) -> ArmError:
    """404 of a resource."""
    message = (
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. For more "
        "details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return ArmError(404, "ResourceNotFound", message)


def no_group(name: str) -> ArmError:
    """404 of a resource group."""
    return ArmError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def no_subscription(name: str) -> ArmError:
    """404 of a subscription."""
    return ArmError(404, "SubscriptionNotFound", f"The subscription '{name}' could not be found.")


def bad_request(code: str, message: str) -> ArmError:
    """400."""
    return ArmError(400, code, message)


def no_such_type(kind: str) -> ArmError:
    """404 of something that the simulated ARM does not know: said so, never an empty list."""
    namespace, _, rest = kind.partition("/")
    message = f"The resource type '{rest}' could not be found in the namespace '{namespace}'."
    return ArmError(404, "InvalidResourceType", message)
