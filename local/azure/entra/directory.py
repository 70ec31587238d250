"""Looking up principals of an estate, and the secrets they prove themselves with."""

from local.estates.identity import Group, Identity, Secret
from local.estates.model import Estate


def by_name(estate: Estate, name: str) -> Identity | None:
    """The principal that the estate calls so."""
    return next((one for one in estate.identities if one.name == name), None)


def user(estate: Estate, principal_name: str) -> Identity | None:
    """The user who signs in as `name@domain`."""
    name, _, domain = principal_name.partition("@")
    found = by_name(estate, name)
    return found if found and found.kind == "user" and domain == estate.domain else None


def group_by_name(estate: Estate, name: str) -> Group | None:
    """The group that the estate calls so."""
    return next((one for one in estate.groups if one.name == name), None)


def object_id_of(estate: Estate, name: str) -> str:
    """The object id of an identity or group; empty if the name is nobody's."""
    found = by_name(estate, name) or group_by_name(estate, name)
    return found.object_id if found else ""


def secret_of(who: Identity, value: str) -> Secret | None:
    """The secret with this value."""
    return next((secret for secret in who.secrets if secret.value == value), None)
