"""How producers word what a family of words stands for, after their sources and documentation.

``None`` stands for UNKNOWN: the text alone cannot tell.
"""

# ruff: noqa: E501 - texts stand as they are

from shared.explain import CauseLabel as C
from tests.unit.explain.shapes import DIGEST, HEAD, IMAGE, TOKEN, kubelet, resolve

OF_PROXIES: list[tuple[str, C | None]] = [
    (f"{HEAD}: Bad Gateway", C.NETWORK_PROXY),
    (kubelet(resolve(f"failed to do request: {HEAD}: Forbidden")), C.NETWORK_PROXY),
    (f"unexpected status from {HEAD}: 502 Bad Gateway", C.SERVER_ERROR),
    ("puller: the proxy refused the request", C.NETWORK_PROXY),
    ("puller: could not connect to proxy 'http://10.0.0.3'", C.NETWORK_PROXY),
    ("puller: no_proxy is set", None),
    ('error parsing HTTP 404 response body: unexpected end of JSON input: ""', None),
]

OF_NAMES: list[tuple[str, C | None]] = [
    ("dial tcp: lookup fabrikam.azurecr.io on 168.63.129.16:53: no such host", None),
    ("dial tcp: lookup registry.example.com on 168.63.129.16:53: no such host", C.NETWORK_DNS),
    (
        "Failed to resolve specified fqdn a.azurecr.us.azurecr.io: lookup a.azurecr.us.azurecr.io on 10.0.0.2:53: no such host",
        C.INVALID_REFERENCE,
    ),
    (
        'Get "https://shop.azureacr.io/v2/": dial tcp 20.1.2.3:443: i/o timeout',
        C.INVALID_REFERENCE,
    ),
    ("puller: unable to resolve fabrikam.azurecr.io", C.NETWORK_DNS),
    (
        'Get "https://REDACTED/v2/": dial tcp 10.1.2.3:443: i/o timeout',
        C.NETWORK_PRIVATE_ENDPOINT,
    ),
    ("puller: Unable to reach fabrikam.azurecr.io", C.NETWORK_TIMEOUT),
]

OF_LOGINS: list[tuple[str, C | None]] = [
    (
        f"failed to fetch oauth token: unexpected status from GET request to {TOKEN.replace('fabrikam.azurecr.io', 'auth.docker.io')}: 401 Unauthorized",
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        "failed to fetch oauth token: unexpected status from GET request to https://auth.docker.io/token: 401 Unauthorized: the token has insufficient scopes",
        C.AUTH_TOKEN_SCOPE,
    ),
    ("unable to retrieve auth token: invalid username/password", C.AUTH_BAD_CREDENTIALS),
    (
        "in the provider: no username present in the auth of fabrikam.azurecr.io",
        C.AUTH_BAD_CREDENTIALS,
    ),
    ("neither key nor password: no user/password was given", None),
    ("couldn't parse dockerconfigjson: invalid character", C.AUTH_BAD_CREDENTIALS),
    ("Failed to get managed identity token: 404 Not Found", C.AUTH_BAD_CREDENTIALS),
    ("the identity is not associated with the app", C.AUTH_BAD_CREDENTIALS),
    ("unauthorized: HTTP Basic: Access denied", C.AUTH_BAD_CREDENTIALS),
    (
        "ACRTokenExchangeForbidden: the exchange of the token failed, as it is unauthorized",
        C.AUTH_MISSING_ROLE,
    ),
    (
        "Access to registry 'fabrikam.azurecr.io' was denied. Response code: 401",
        C.AUTH_MISSING_ROLE,
    ),
    ("Access to registry '***' was denied. Response code: 403.", C.NETWORK_FIREWALL_IP),
    (
        "Unauthenticated requests do not have this permission on the repository",
        C.AUTH_ANONYMOUS_DENIED,
    ),
    ("you need to log in first: docker login fabrikam.azurecr.io", C.AUTH_ANONYMOUS_DENIED),
    ("puller: anonymous access to fabrikam.azurecr.io is not permitted", C.AUTH_ANONYMOUS_DENIED),
    (
        'API error (500): Get "https://fabrikam.azurecr.io/v2/a": no basic auth credentials',
        C.AUTH_ANONYMOUS_DENIED,
    ),
    (
        'error parsing HTTP 403 response body: "Your token has expired, fetch another."',
        C.AUTH_EXPIRED_CREDENTIALS,
    ),
    (
        '{"error":"invalid_client","error_description":"AADSTS7000222: The keys are expired.\\r\\nTrace ID: 1"}',
        C.AUTH_EXPIRED_CREDENTIALS,
    ),
    ("AADSTS500133: the assertion is out of its time", C.AUTH_EXPIRED_CREDENTIALS),
    ("AADSTS50053: the account is locked", C.AUTH_BAD_CREDENTIALS),
    (
        "docker login: unauthorized: Invalid clientid or client secret\nThis is likely because the service principal's certificate has expired",
        C.AUTH_BAD_CREDENTIALS,
    ),
]

OF_RIGHTS: list[tuple[str, C | None]] = [
    ("You are lacking ['content/read'] repository permissions.", C.ABAC_ROLE),
    ("the identity needs Container Registry Repository Reader on shop/cart", C.ABAC_ROLE),
    ("puller: the token lacks metadata_read on shop/cart", C.AUTH_TOKEN_SCOPE),
    ("puller: scope map 'reader' does not include shop/cart", C.AUTH_TOKEN_SCOPE),
    (
        "rejected token exchange: endpoint returned error status: 403: no permissions found",
        C.NETWORK_FIREWALL_IP,
    ),
    ("Login failed: unauthorized", C.AUTH_BAD_CREDENTIALS),
]

OF_IMAGES: list[tuple[str, C | None]] = [
    ("puller: layer sha256:0f0f is missing", C.NOT_FOUND_MANIFEST),
    (f"puller: blob {DIGEST} does not exist", C.NOT_FOUND_MANIFEST),
    ("failed to fetch layer: 404 Not Found", C.NOT_FOUND_MANIFEST),
    (
        'Status: 404 (Not Found)\n\nContent:\n{"errors":[{"code":"NAME_UNKNOWN","message":"repository "shop/cart" is not found"}]}',
        C.NOT_FOUND_REPOSITORY,
    ),
    (
        "ERROR: failed to solve: shop/cart: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        C.NOT_FOUND_REPOSITORY,
    ),
    (
        "pull access denied for shop/cart,\n      repository does not exist or may require 'docker login'",
        C.NOT_FOUND_REPOSITORY,
    ),
    ("puller: couldn't find the registry in the subscription", C.REGISTRY_DISABLED_OR_MISSING),
    ("puller: chart cart not found", C.NOT_FOUND_TAG),
    ("INFO: Image not found locally: shop/cart:1\nERROR: toomanyrequests: wait", C.THROTTLED),
    ('docker pull returned: docker pull" requires exactly 1 argument.', C.INVALID_REFERENCE),
    ("spec.containers[0].image: Required value", C.INVALID_REFERENCE),
    ("puller: unsupported repository format", C.INVALID_REFERENCE),
    ("puller: no supported platform found in this manifest list", C.PLATFORM_MISMATCH),
    ("puller: this image does not support platform linux/arm", C.PLATFORM_MISMATCH),
    ("puller: the image has the wrong architecture", C.PLATFORM_MISMATCH),
    ("Couldn't find base image that matches RuntimeIdentifier linux-x64", C.PLATFORM_MISMATCH),
    ("puller: unsupported image-specific operation on an artifact", C.MANIFEST_UNSUPPORTED),
    ("manifest does not contain a layer with mediatype text/x", C.MANIFEST_UNSUPPORTED),
    ("puller: manifest is locked", C.LOCKED_OR_QUARANTINED),
    ("the database is locked", None),
]

OF_MACHINES: list[tuple[str, C | None]] = [
    ("ephemeral-storage of the node is exhausted", C.DISK_FULL_NODE),
    ("UnixHTTPConnectionPool(host='localhost', port=None): Read timed out.", None),
    ("puller: too many hands: the request was throttled", C.THROTTLED),
    ("I0301 Throttling request took 1.2s, request: GET:https://10.0.0.1/api", None),
    ("puller: the registry is unavailable", C.SERVER_ERROR),
    (
        'EdgeletException- Message:Error calling prepare update: pull image "a/b:1", StatusCode:500',
        None,
    ),
]

REMARKS = (
    *("The client secret has not expired.", "The disk is not full.", "The tag exists."),
    *(
        "The kubelet identity has the AcrPull role.",
        "A wrong token, expired token, or none at all?",
    ),
    *("Nothing is blocked by the firewall.", "There is a private endpoint connection, Approved."),
    *("publicNetworkAccess: Enabled", "The scope map includes repositories/shop/content/read."),
    *("It is likely that the certificate is not valid.", "Validating the identity: SUCCEEDED"),
)
"""What people say beside an error, which is no error."""

OPINIONS = (
    *("Public network access is disabled on our registry.", "I think that the disk is full."),
    *("We tried without credentials.", "My colleague says the host name could not be resolved."),
)
"""What people say that would be an error, were it a program's."""

WORDINGS = [*OF_PROXIES, *OF_NAMES, *OF_LOGINS, *OF_RIGHTS, *OF_IMAGES, *OF_MACHINES]
ERROR = f'Error response from daemon: manifest for {IMAGE} not found: manifest unknown: manifest tagged by "2.7" is not found'
