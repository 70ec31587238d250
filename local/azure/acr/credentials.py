"""User names and passwords: the admin account, tokens, service principals, refresh tokens."""

import hmac
import uuid
from datetime import datetime

from local.azure.acr.accounts import Account, of_identity
from local.azure.acr.service import Service
from local.azure.contents.errors import unauthorized, unauthorized_because
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.registry import Registry

TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 (a user name)
"""With it the password is a refresh token."""


def sign_in(service: Service, registry: Registry, username: str, password: str) -> Account:
    """The account that a name and password prove. Raises RegistryError 401."""
    world, now = service.world, service.world.now()
    if username == TOKEN_USER:
        found = service.signer.read(password, "refresh_token", registry, now)
        if found is None:
            raise unauthorized()
        return found[0]
    if is_guid(username):
        return service_principal(world, registry, username, password)
    if is_admin(registry, username, password):
        return Account("admin", registry.name, registry.name)
    if is_token(registry, username, password, world.started, now):
        return Account("token", username, username)
    raise unauthorized()


def is_guid(text: str) -> bool:
    """Whether a user name is a client id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def is_admin(registry: Registry, username: str, password: str) -> bool:
    """Whether these are the admin account's, and it is switched on."""
    known = registry.admin_user_enabled and username.lower() == registry.name.lower()
    return known and any(same(password, each) for each in registry.admin_passwords)


def is_token(
    registry: Registry, username: str, password: str, started: datetime, now: datetime
) -> bool:
    """Whether these are an enabled token's, with a password that has not expired."""
    for token in registry.tokens:
        if token.name == username and token.status == "enabled":
            return any(
                same(password, each.value)
                and (each.expires is None or started + each.expires > now)
                for each in token.passwords
            )
    return False


def service_principal(world: World, registry: Registry, client_id: str, secret: str) -> Account:
    """The account of a service principal of the registry's tenant."""
    identity = world.identity(client_id)
    if identity is None or identity.tenant != world.tenant_of(registry.id):
        raise unauthorized_because("Application not registered with AAD.")
    if not identity.enabled or not has_secret(world, identity, secret):
        raise unauthorized_because("Invalid clientid or client secret.")
    return of_identity(identity, world.estate.domain)


def has_secret(world: World, identity: Identity, secret: str) -> bool:
    """Whether a secret is the identity's and still valid."""
    return any(
        same(secret, each.value) and world.started + each.expires > world.now()
        for each in identity.secrets
    )


def same(given: str, known: str) -> bool:
    """Compare without telling by the time it takes."""
    return bool(known) and hmac.compare_digest(given.encode(), known.encode())
