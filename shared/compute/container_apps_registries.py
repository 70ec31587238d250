"""Who pulls for a container app or job: its ``configuration.registries`` entry for the server."""

from msgspec.structs import replace

from shared.compute.identity import (
    Identities,
    anonymous,
    host_of,
    managed_identity,
    named_user,
)
from shared.compute.reading import items, text
from shared.compute.sources import Json
from shared.domain.facts.workload import Audience, PullIdentity, RegistryCredential

REGISTRIES = "configuration.registries"
SYSTEM, OF_ENVIRONMENT = "system", "system-environment"


def entry_for(app: Json, server: str) -> Json | None:
    """The entry that is for a login server."""
    entries = items(app, "properties", "configuration", "registries")
    return next((one for one in entries if host_of(text(one, "server")) == server), None)


def names_environment(entry: Json | None) -> bool:
    """Whether the pull is made with the environment's system-assigned identity."""
    return entry is not None and text(entry, "identity").lower() == OF_ENVIRONMENT


def puller(
    entry: Json | None, server: str, own: Identities, environment: Identities
) -> PullIdentity:
    """
    The identity, user or nobody that an entry names.

    ``identity`` is an ARM id, ``system``, or ``system-environment``.
    """
    if entry is None:
        return anonymous(where=REGISTRIES, related=_principals(own))
    identity, user = text(entry, "identity"), text(entry, "username")
    if identity:
        holder = environment if names_environment(entry) else own
        chosen = "" if identity.lower() in {SYSTEM, OF_ENVIRONMENT} else identity
        return managed_identity(
            holder, chosen, where=f"{REGISTRIES}.identity", audience=Audience.ARM
        )
    if user:
        found = named_user(user, server, where=f"{REGISTRIES}.username")
        return replace(found, related=_principals(own))
    return anonymous(where=REGISTRIES, related=_principals(own))


def credential(app: Json, entry: Json | None) -> RegistryCredential:
    """How the app logs in; its password is one of the app's secrets, by name."""
    wanted = f"{REGISTRIES}.identity"
    if entry is None:
        return RegistryCredential(configured=False, wanted=wanted)
    if text(entry, "identity"):
        return RegistryCredential(configured=True)
    secret = text(entry, "passwordSecretRef")
    return RegistryCredential(
        configured=bool(text(entry, "username")),
        username=text(entry, "username"),
        secret_name=secret,
        secret_exists=secret in _secrets(app) if secret else None,
        wanted=wanted,
    )


def _secrets(app: Json) -> set[str]:
    return {text(one, "name") for one in items(app, "properties", "configuration", "secrets")}


def _principals(identities: Identities) -> dict[str, str]:
    return {name: one for name, one in identities.principals().items() if one}
