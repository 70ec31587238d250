"""Image pull secrets: which ones a workload names, and for which registry they log in."""

import base64
import binascii
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from shared.compute.kubernetes.objects import Logins, Secret, ServiceAccount
from shared.compute.kubernetes.workloads import Member


class Login(Struct, frozen=True):
    """A user name kept for a server. The password is not looked at."""

    server: str
    username: str


class SecretContents(Struct, frozen=True):
    """
    What a pull secret holds. ``malformed``: kubelet cannot use it.

    It is read for server and user names alone; nothing else of it is kept.
    """

    logins: tuple[Login, ...] = ()
    malformed: bool = False


class _Entry(Struct):
    username: str = ""
    auth: str = ""


class _DockerConfig(Struct):
    auths: dict[str, _Entry]


def named_secrets(
    members: Iterable[Member], accounts: Iterable[ServiceAccount]
) -> frozenset[tuple[str, str]]:
    """
    Namespace and name of each pull secret.

    Pods have got their service account's; a template without any will get them.
    """
    members = tuple(members)
    of_account = {
        (one.metadata.namespace, one.metadata.name): one.image_pull_secrets or ()
        for one in accounts
    }
    live = [member for member in members if member.pod is not None]
    return frozenset(
        (member.namespace, secret.name)
        for member in live or members
        for secret in member.spec.image_pull_secrets
        or of_account.get((member.namespace, member.spec.service_account_name), ())
        if secret.name
    )


def contents_of(secret: Secret) -> SecretContents:
    """Read a secret of type kubernetes.io/dockerconfigjson, or of its older form dockercfg."""
    data = secret.data or Logins()
    try:
        if data.newer is not None:
            config = base64.b64decode(data.newer, validate=True)
            auths = msgspec.json.decode(config, type=_DockerConfig).auths
        else:
            config = base64.b64decode(data.older or "", validate=True)
            auths = msgspec.json.decode(config, type=dict[str, _Entry])
        logins = tuple(Login(server, _username(entry)) for server, entry in auths.items())
    except (ValueError, msgspec.DecodeError):
        return SecretContents(malformed=True)
    return SecretContents(logins)


def _username(entry: _Entry) -> str:
    if entry.username or not entry.auth:
        return entry.username
    try:
        decoded = base64.b64decode(entry.auth, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as why:
        raise ValueError("auth is no base64") from why
    return decoded.partition(":")[0]
