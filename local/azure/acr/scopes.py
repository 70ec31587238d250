"""Scopes of tokens: `repository:app:pull,push`, `registry:catalog:*`."""

from collections.abc import Iterable
from dataclasses import dataclass

from local.azure.acr.accounts import Account
from local.azure.acr.rights import CATALOG, DELETED_CATALOG, allowed, may_list
from local.azure.acr.tokens import Access
from local.azure.contents.errors import invalid_request
from local.estates.model import Estate
from local.estates.registry import Registry


@dataclass(frozen=True)
class Scope:
    """What is asked for."""

    type: str
    name: str
    actions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.type}:{self.name}:{','.join(self.actions)}"


def parse_scopes(texts: Iterable[str]) -> list[Scope]:
    """Scopes of a request; one parameter may hold several, with spaces between them."""
    return [parse_scope(each) for text in texts for each in text.split()]


def parse_scope(text: str) -> Scope:
    """One scope. Raises RegistryError 400."""
    kind, _, rest = text.partition(":")
    name, _, actions = rest.rpartition(":")
    if not kind or not name or not actions:
        raise invalid_request(f"invalid scope {text}")
    return Scope(kind, name, tuple(actions.split(",")))


def grant(estate: Estate, registry: Registry, who: Account, scopes: list[Scope]) -> Access:
    """The access that an account gets of what it asks: fewer actions, perhaps none."""
    access: Access = []
    for scope in scopes:
        actions = granted(estate, registry, who, scope)
        if actions:
            access.append({"type": scope.type, "name": scope.name, "actions": actions})
    return access


def granted(estate: Estate, registry: Registry, who: Account, scope: Scope) -> list[str]:
    """The granted actions of one scope, in the order asked for."""
    if scope.type == "registry":
        known = scope.name in {CATALOG, DELETED_CATALOG}
        return ["*"] if known and may_list(estate, registry, who, scope.name) else []
    if scope.type != "repository":
        return []
    rights = allowed(estate, registry, who, scope.name)
    wanted = sorted(rights) if "*" in scope.actions else scope.actions
    return [action for action in wanted if action in rights]
