"""How to reach a cluster's API: its address and its CA, from the kubeconfig that ARM gives."""

import base64
import binascii
import ssl

import yaml
from msgspec import Struct

from shared.compute.reading import MalformedError, items, mapping, text
from shared.compute.sources import Json


class Access(Struct, frozen=True):
    """A cluster's API server and the PEM of the only authority that may vouch for it."""

    server: str
    authority: str


def access_of(credentials: Json) -> Access:
    """
    Read the answer of ``listClusterUserCredential``: kubeconfigs[].value, YAML in base64.

    Raises:
        MalformedError: it holds no cluster.

    """
    try:
        encoded = text(items(credentials, "kubeconfigs")[0], "value")
        kubeconfig = yaml.safe_load(base64.b64decode(encoded, validate=True))
        cluster = mapping(items(kubeconfig, "clusters")[0], "cluster")
        authority = base64.b64decode(
            text(cluster, "certificate-authority-data"), validate=True
        ).decode("ascii")
        server = text(cluster, "server")
    except (MalformedError, IndexError, binascii.Error, UnicodeError, yaml.YAMLError) as why:
        raise MalformedError("the cluster's kubeconfig cannot be read") from why
    if not server.startswith("https://") or not authority:
        raise MalformedError("the cluster's kubeconfig names no server with a certificate")
    return Access(server.rstrip("/"), authority)


def trust(access: Access) -> ssl.SSLContext:
    """
    Trust the cluster's own authority and no other.

    Raises:
        MalformedError: the authority is no certificate.

    """
    try:
        context = ssl.create_default_context(cadata=access.authority)
    except (ssl.SSLError, ValueError) as why:
        raise MalformedError("the cluster's certificate authority cannot be read") from why
    # Kubernetes' own certificates lack what RFC 5280 demands (an authority key identifier).
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
