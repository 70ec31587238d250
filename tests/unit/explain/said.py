"""Things and what is said of them, in words that no client has: the cause is told all the same.

``None`` stands for UNKNOWN: the text alone cannot tell, or speaks of something else.
"""

from shared.explain import CauseLabel as C
from tests.unit.explain.shapes import HEAD, IMAGE, kubelet, resolve

OF_CREDENTIALS: list[tuple[str, C | None]] = [
    ("puller: the token that was shown has expired", C.AUTH_EXPIRED_CREDENTIALS),
    ("puller: the client secret of the deployment expired on Monday", C.AUTH_EXPIRED_CREDENTIALS),
    ("registry refuses: bad username", C.AUTH_BAD_CREDENTIALS),
    ("registry refuses: the password is not valid", C.AUTH_BAD_CREDENTIALS),
    ("You may have invalid credentials, or no network", None),
    ("More image registry credentials provided than containers in container group 'g'.", None),
    ("the managed identity is not attached to the app", C.AUTH_BAD_CREDENTIALS),
    ("the identity lacks AcrPull here", C.AUTH_MISSING_ROLE),
    ("asked without credentials, 401 Unauthorized", C.AUTH_ANONYMOUS_DENIED),
    ("the scope of the token does not cover this: insufficient scope", C.AUTH_TOKEN_SCOPE),
    ("could not store credentials: helper says: error getting credentials", C.AUTH_BAD_CREDENTIALS),
    (
        "Unable to get admin user credentials with message: Admin user is disabled.",
        C.AUTH_BAD_CREDENTIALS,
    ),
    ("failed to authorize: failed to fetch anonymous token: unex...", None),
    (
        "error exchanging token: unexpected status code 401 from exchange request",
        C.AUTH_MISSING_ROLE,
    ),
    ("ACR a.azurecr.io rejected token exchange: failed to send tok...", None),
    (f'reading "{IMAGE}": unsupported status code 401', C.AUTH_ANONYMOUS_DENIED),
    (
        (
            "failed to fetch anonymous token: unexpected status from GET request to "
            "https://mcrprod.azurecr.io/oauth2/token?scope=repository%3Aa%3Apull: 401 Unauthorized"
        ),
        None,
    ),
]

OF_IMAGES: list[tuple[str, C | None]] = [
    ("puller: tag 2.7 does not exist here", C.NOT_FOUND_TAG),
    ("puller: there is no such repository", C.NOT_FOUND_REPOSITORY),
    ("puller: unable to find layer 4", C.NOT_FOUND_MANIFEST),
    ("the reference is malformed: invalid image name", C.INVALID_REFERENCE),
    ("error: could not recognize registry 'hub.example.com/shop'", C.INVALID_REFERENCE),
    ("the image is built for amd64: unsupported architecture", C.PLATFORM_MISMATCH),
    ("the manifest has an unknown media type", C.MANIFEST_UNSUPPORTED),
    ('media type "application/vnd.example.thing" is not allowed', C.MANIFEST_UNSUPPORTED),
    ("could not load config with mediatype application/vnd.example.chart", C.MANIFEST_UNSUPPORTED),
    ("Error response from daemon: No such image: shop/cart:2.7", None),
    (kubelet(resolve(f"{IMAGE}: not found"), code="NotFound"), C.NOT_FOUND_TAG),
    ("Error reading manifest sha256:0f in quay.io/shop/cart: unauthorized: access denied", None),
    ("failed to get reader from content store: content digest sha256:0f: not found", None),
    (
        'scope "properties.template": the repository is fine',
        None,
    ),
]

OF_MACHINES: list[tuple[str, C | None]] = [
    ("the node ran out of disk space", C.DISK_FULL_NODE),
    ("The node was low on resource: nodefs.", C.DISK_FULL_NODE),
    ("Liveness probe failed: HTTP probe failed with statuscode: 500", None),
    ("Readiness probe failed: Get http://10.1.1.4:80/: dial tcp 10.1.1.4:80: i/o timeout", None),
    ("error: timed out waiting for the condition", None),
]

OF_REGISTRIES: list[tuple[str, C | None]] = [
    ("the registry account is suspended", C.REGISTRY_DISABLED_OR_MISSING),
    ("the container registry wingtip does not exist", C.REGISTRY_DISABLED_OR_MISSING),
    (
        "No resource with type Microsoft.ContainerRegistry/registries can be found with name: x",
        C.REGISTRY_DISABLED_OR_MISSING,
    ),
    (
        "(HTTP code 500) server error - the registry answered: 503 Service Unavailable",
        C.SERVER_ERROR,
    ),
    ("reason: 'server error',\n  statusCode: 500,\n  json: null", C.SERVER_ERROR),
    ('EdgeletException- Message:pull image "a/b:1", StatusCode:500, at:   at X.Y(Z z)', None),
    (f"{HEAD}: 424 Failed Dependency", C.SERVER_ERROR),
    ("request to pull from source 'docker.io/a' for cache rule 'r' has failed", C.SERVER_ERROR),
    ("denied: access to source 'docker.io/a' for cache rule 'r': unauthorized", None),
    ("from source 'docker.io/a' for cache rule 'r'", None),
    (
        (
            "requests.exceptions.HTTPError: 500 Server Error: Internal Server Error for url: "
            "http+docker://localhost/v1.43/distribution/a/json"
        ),
        None,
    ),
    ("the storage account allows no public access: public access is disabled", None),
]

OF_WAYS: list[tuple[str, C | None]] = [
    ("puller: the host name could not be resolved", C.NETWORK_DNS),
    ("dial tcp: lookup reg.example.com: device or resource busy", C.NETWORK_DNS),
    ("read udp 10.1.1.4:40123->10.1.1.2:53: i/o timeout", C.NETWORK_DNS),
    ('Get "https://reg.example.com/v2/": dial tcp: lookup', C.NETWORK_DNS),
    ("the registry could not be reached", C.NETWORK_TIMEOUT),
    ("the peer's certificate is not trusted", C.NETWORK_TLS),
    (
        "dial tcp: lookup shop.azurecr.ioshop.azurecr.io on 10.0.0.2:53: no such host",
        C.INVALID_REFERENCE,
    ),
    ("dial tcp: lookup shop.az-azurecr.cn on 10.0.0.2:53: no such host", C.INVALID_REFERENCE),
    (
        'error parsing HTTP 403 response body: invalid character: "<html><h1>403 Forbidden</h1>"',
        C.NETWORK_PROXY,
    ),
    (
        'error parsing HTTP 404 response body: "<!DOCTYPE HTML>\\n<title>404 Not Found</title>\\n"',
        None,
    ),
    (
        "toomanyrequests: <!DOCTYPE html>\n<html>\n<head><title>slow down</title></head>",
        C.THROTTLED,
    ),
    ("unexpected media type text/html for sha256:0f: not found", None),
    ("dial tcp: lookup https on 10.0.0.2:53: no such host", C.INVALID_REFERENCE),
    ("failed to resolve", None),
    ("failed to get", None),
]

SAID = [*OF_CREDENTIALS, *OF_IMAGES, *OF_MACHINES, *OF_REGISTRIES, *OF_WAYS]
