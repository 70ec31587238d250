"""What says something of a pull from behind or beside the client: the store of the layers, the
registry's own log, proxies in between, Azure Resource Manager.

``None`` stands for UNKNOWN: the text alone cannot tell.
"""

# ruff: noqa: E501 - texts stand as they are

from shared.explain import CauseLabel as C
from tests.unit.explain.shapes import ASPX, DIGEST, HEAD, IMAGE, VISIT, docker_api


def _store(code: str, message: str, status: int = 403) -> str:
    return (
        f"error pulling image configuration: error parsing HTTP {status} response body: invalid "
        f'character \'\u00ef\' looking for beginning of value: "\\ufeff<?xml version=\\"1.0\\"?>'
        f'<Error><Code>{code}</Code><Message>{message}\\nRequestId:0a</Message></Error>"'
    )


OF_STORES: list[tuple[str, C | None]] = [
    (
        _store("AuthorizationFailure", "This request is not authorized to perform this operation."),
        C.NETWORK_FIREWALL_IP,
    ),
    (
        "httpReadSeeker: failed open: This request is not authorized to perform this operation.",
        C.NETWORK_FIREWALL_IP,
    ),
    (_store("AuthenticationFailed", "Server failed to authenticate the request."), None),
    (
        _store(
            "AuthenticationFailed",
            "Server failed.</Message><AuthenticationErrorDetail>Signature not valid in the specified time frame",
        ),
        C.AUTH_EXPIRED_CREDENTIALS,
    ),
    (_store("AuthorizationPermissionMismatch", "No permission for this operation."), None),
    (_store("PublicAccessNotPermitted", "No public access here.", 409), C.NETWORK_FIREWALL_IP),
    (_store("ServerBusy", "Egress is over the limit.", 503), C.THROTTLED),
    (_store("BlobNotFound", "There is no such thing.", 404), C.NOT_FOUND_MANIFEST),
    (_store("InternalError", "Try again.", 500), C.SERVER_ERROR),
    (
        _store("AccountIsDisabled", "The account is disabled.", 403),
        C.REGISTRY_DISABLED_OR_MISSING,
    ),
    ("fetching blob: <Error><Code>NoSuchKey</Code></Error>", C.NOT_FOUND_MANIFEST),
    ("fetching blob: <Error><Code>RequestTimeTooSkewed</Code></Error>", C.AUTH_EXPIRED_CREDENTIALS),
]

OF_REGISTRIES: list[tuple[str, C | None]] = [
    (
        f'level=error msg="response completed with error" err.code="manifest unknown" err.detail="unknown manifest name=shop/cart revision={DIGEST}"',
        C.NOT_FOUND_MANIFEST,
    ),
    (
        'level=error err.code="manifest unknown" err.detail="unknown manifest name=shop/cart tag=2.7"',
        C.NOT_FOUND_TAG,
    ),
    (
        f"err_code: blob unknown, err_detail: {DIGEST}: blob unknown to registry",
        C.NOT_FOUND_MANIFEST,
    ),
    ("err.message: repository name not known to registry", C.NOT_FOUND_REPOSITORY),
    (
        f"manifest for fabrikam.azurecr.io/shop/cart:{'0f' * 32} not found: manifest unknown: manifest unknown",
        C.INVALID_REFERENCE,
    ),
]

OF_PROXIES: list[tuple[str, C | None]] = [
    (
        (
            'level=info msg="trying next host" error="failed to do request: dial tcp 10.3.4.5:443: connect: connection refused" host=mirror.example\n'
            f'level=error msg="PullImage failed" error="{IMAGE}: not found"'
        ),
        C.NOT_FOUND_TAG,
    ),
    (
        "denied: the token does not have scope repositories/shop/cart/content/read",
        C.AUTH_TOKEN_SCOPE,
    ),
    (
        "The requested image's platform (linux/amd64) does not match, so 2.7: manifest unknown",
        C.NOT_FOUND_TAG,
    ),
    (
        '2026/03/01 09:10:11 [error] 7#7: *3 hub.example.com could not be resolved (3: Host not found), client: 10.0.0.9, request: "GET /v2/ HTTP/1.1"',
        C.NETWORK_DNS,
    ),
    (
        '[error] 7#7: *3 no resolver defined to resolve hub.example.com, client: 10.0.0.9, request: "GET /v2/a/manifests/1"',
        C.NETWORK_DNS,
    ),
    ('nginx: [emerg] host not found in upstream "hub.example.com" in conf:3', C.NETWORK_DNS),
    (
        "recv() failed (111: Connection refused) while resolving, resolver: 10.0.0.2:53",
        C.NETWORK_DNS,
    ),
    (
        '[error] 7#7: *3 upstream timed out (110: Connection timed out) while connecting to upstream, request: "GET /v2/a/blobs/b"',
        C.NETWORK_TIMEOUT,
    ),
    (
        '[error] 7#7: *3 no live upstreams while connecting to upstream, request: "GET /v2/"',
        C.SERVER_ERROR,
    ),
    ("no healthy upstream", C.SERVER_ERROR),
    (
        "1761912.1 12 10.0.0.9 TCP_DENIED/403 3901 CONNECT fabrikam.azurecr.io:443 - HIER_NONE/-",
        C.NETWORK_PROXY,
    ),
    ("X-Squid-Error: ERR_DNS_FAIL 0", C.NETWORK_PROXY),
    (
        "Get https://hub.example.com/v2/: http: error connecting to proxy http://proxy:8080: dial tcp: lookup proxy: no such host",
        C.NETWORK_PROXY,
    ),
    (
        "Get https://[registryname].azureacr.io/v2/: Service Unavailable",
        C.INVALID_REFERENCE,
    ),
]

OF_AZURE: list[tuple[str, C | None]] = [
    (
        "pull access denied for reg.example.com/cart, repository does not exist or may require 'docker login': denied: The authorization token has expired.",
        C.AUTH_EXPIRED_CREDENTIALS,
    ),
    (
        '{"code": "RegistryErrorResponse", "message": "The registry gave an error response."}',
        None,
    ),
    (
        "Failed to connect to fabrikam.azurecr.io: denied: client with IP '203.0.113.7' is not allowed access.",
        C.NETWORK_FIREWALL_IP,
    ),
    ("docker/login-action: Username and password required", C.AUTH_ANONYMOUS_DENIED),
    ("unauthorized: BAD_CREDENTIAL", C.AUTH_BAD_CREDENTIALS),
    ("image OS/Arc must be linux/amd64 but found linux/arm64", C.PLATFORM_MISMATCH),
    (
        "The client 'a' with object id 'a' has permission to perform action 'Microsoft.ContainerRegistry/registries/importImage/action' on scope '/subscriptions/b'; however, it does not have permission to perform action 'read' on the linked scope(s) '/subscriptions/c/registries/d'.",
        C.AUTH_MISSING_ROLE,
    ),
    (
        f"Run docker command to pull public image failed with error: Error response from daemon: {HEAD}: unauthorized: {VISIT}\n.\n\tReason: Error response from daemon: {HEAD}: unauthorized: {VISIT}",
        C.AUTH_ANONYMOUS_DENIED,
    ),
    (
        "InvalidRequestContent: could not be deserialized: 'Required property 'username' not found in JSON. Path 'properties.imageRegistryCredentials[0]'",
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        "ERROR CODE: ContainerAppRegistriesPasswordSecretRefNotFound: secret 'reg-pwd' of registry 'fabrikam.azurecr.io'",
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        "Deployment failed due to timeout while waiting for Environment Image to become available.",
        None,
    ),
    (
        f"{ASPX}Pulling image from Docker hub: {IMAGE}\n{docker_api(f'{HEAD}: unauthorized: {VISIT}')}",
        C.AUTH_ANONYMOUS_DENIED,
    ),
]

BEHIND = [*OF_STORES, *OF_REGISTRIES, *OF_PROXIES, *OF_AZURE]
