"""Texts that no client wraps: of tools that name what they found, and of Entra."""

# ruff: noqa: E501 - texts stand as they are

from shared.explain import CauseLabel as C
from tests.unit.explain.grammar.clients import PULL, TOKEN
from tests.unit.explain.grammar.faults import AUTHORIZATION, DIGEST, IMAGE, REGISTRY
from tests.unit.explain.grammar.services import ANONYMOUS, OAUTH, event

type Told = tuple[C | None, str]

_DENIED = f"Access to registry '{REGISTRY}' was denied. Response code: {{}}."
_REFRESH = (
    "Unable to get AAD authorization tokens with message: 2026-03-01 09:10:11.123456 An error "
    f"occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\n{_DENIED} Please try running 'az login' again to "
    "refresh permissions."
)
_ADMIN = "\nUnable to get admin user credentials with message: Admin user is disabled."

AZ: tuple[Told, ...] = (
    (C.AUTH_MISSING_ROLE, _REFRESH.format(401)),
    (C.AUTH_MISSING_ROLE, _REFRESH.format(401) + _ADMIN.replace("Admin", "The admin")[:40]),
    (C.NETWORK_FIREWALL_IP, _REFRESH.format(403) + _ADMIN),
    (C.SERVER_ERROR, _REFRESH.format(503)),
    (C.THROTTLED, _REFRESH.format(429)),
    (C.NETWORK_DNS, f"CONNECTIVITY_DNS_ERROR\nFailed to reach DNS for registry '{REGISTRY}'."),
    (C.NETWORK_TLS, "An error occurred: CONNECTIVITY_SSL_ERROR\nThere was an SSL error."),
    (
        C.NETWORK_FIREWALL_IP,
        f"CONNECTIVITY_CHALLENGE_ERROR\nRegistry '{REGISTRY}' did not issue a challenge.",
    ),
    (
        C.ABAC_ROLE,
        "CONNECTIVITY_ACCESS_TOKEN_ERROR\nYou are lacking ['pull'] repository permissions",
    ),
    (
        C.AUTH_MISSING_ROLE,
        (
            "(AuthorizationFailed) The client 'c' with object id 'o' does not have authorization to "
            "perform action 'Microsoft.ContainerRegistry/registries/pull/read' over scope '/x'."
        ),
    ),
    (
        C.REGISTRY_DISABLED_OR_MISSING,
        (
            "The resource with name 'wingtip' and type 'Microsoft.ContainerRegistry/registries' could "
            "not be found in subscription 'Shop (1)'."
        ),
    ),
    (
        C.REGISTRY_DISABLED_OR_MISSING,
        (
            "(ResourceNotFound) The Resource 'Microsoft.ContainerRegistry/registries/wingtip' under "
            "resource group 'shop' was not found."
        ),
    ),
    (C.NOT_FOUND_TAG, 'Error: manifest tagged by "v3.14" is not found. Correlation ID: 11-22.'),
    (C.NOT_FOUND_REPOSITORY, "Error: repository name not known to registry. Correlation ID: 1-2."),
)

ENTRA: tuple[Told, ...] = tuple(
    (
        cause,
        f"failed to acquire token: AADSTS{number}: {words} Trace ID: 5f2a-1 Correlation ID: 8-9",
    )
    for cause, number, words in (
        (C.AUTH_EXPIRED_CREDENTIALS, 7000222, "The provided client secret keys are expired."),
        (C.AUTH_EXPIRED_CREDENTIALS, 700082, "The refresh token has expired due to inactivity."),
        (C.AUTH_EXPIRED_CREDENTIALS, 50173, "The provided grant has expired."),
        (C.AUTH_BAD_CREDENTIALS, 7000215, "Invalid client secret provided."),
        (C.AUTH_BAD_CREDENTIALS, 700016, "Application with identifier 'a' was not found."),
        (C.AUTH_BAD_CREDENTIALS, 90002, "Tenant 't' not found."),
        (C.AUTH_BAD_CREDENTIALS, 7000112, "Application 'a' is disabled."),
        (C.AUTH_BAD_CREDENTIALS, 53003, "Access has been blocked by Conditional Access policies."),
        (C.AUTH_BAD_CREDENTIALS, 700213, "No matching federated identity record found."),
    )
)

LOGIN: tuple[Told, ...] = (
    (C.AUTH_ANONYMOUS_DENIED, event(ANONYMOUS)),
    (None, event(OAUTH)),
    (None, f"Error response from daemon: unauthorized: {AUTHORIZATION}"),
    (C.AUTH_ANONYMOUS_DENIED, "Error response from daemon: no basic auth credentials"),
    (
        C.AUTH_ANONYMOUS_DENIED,
        (
            "FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (acr); "
            "attempting to pull the image may not succeed."
        ),
    ),
    (
        C.AUTH_BAD_CREDENTIALS,
        (
            f'Error response from daemon: Get "https://{REGISTRY}/v2/": unauthorized: Invalid clientid '
            "or client secret."
        ),
    ),
    (
        C.AUTH_BAD_CREDENTIALS,
        (
            f"initializing source docker://{IMAGE}: unable to retrieve auth token: invalid "
            "username/password: unauthorized: authentication required"
        ),
    ),
    (
        C.AUTH_BAD_CREDENTIALS,
        (
            'error getting credentials - err: exec: "docker-credential-acr-linux": executable file not '
            "found in $PATH, out: ''"
        ),
    ),
    (
        C.NETWORK_FIREWALL_IP,
        (
            f"Error response from daemon: login attempt to https://{REGISTRY}/v2/ failed with status: "
            "403 Forbidden"
        ),
    ),
    (
        None,
        PULL.format(
            f'failed to resolve reference "{IMAGE}": failed to authorize: failed to fetch oauth '
            f"token: unexpected status from GET request to {TOKEN}: 403 Forbidden"
        ),
    ),
    (
        C.AUTH_BAD_CREDENTIALS,
        PULL.format(
            f'failed to resolve reference "{IMAGE}": failed to authorize: failed to fetch oauth '
            f"token: unexpected status from POST request to https://{REGISTRY}/oauth2/token: 400 "
            "Bad Request"
        ),
    ),
    (
        C.THROTTLED,
        PULL.format(
            f'failed to resolve reference "{IMAGE}": failed to authorize: failed to fetch anonymous'
            f" token: unexpected status from GET request to {TOKEN}: 429 Too Many Requests"
        ),
    ),
    (
        C.NOT_FOUND_REPOSITORY,
        (
            "Error response from daemon: pull access denied for web-front, repository does not exist or"
            " may require 'docker login': denied: requested access to the resource is denied"
        ),
    ),
    (
        C.NOT_FOUND_REPOSITORY,
        (
            'failed to resolve reference "docker.io/store/web-front:1": pull access denied, repository '
            "does not exist or may require authorization: server message: insufficient_scope: "
            "authorization failed"
        ),
    ),
    (
        None,
        (
            f"Error response from daemon: pull access denied for {REGISTRY}/store, repository does not "
            "exist or may require 'docker login': denied: requested access to the resource is denied"
        ),
    ),
)

BLOB = (
    f"https://weumanaged77.blob.core.windows.net/9a-b/docker/registry/v2/blobs/{DIGEST}/data?se=1"
)

LAYERS: tuple[Told, ...] = tuple(
    (cause, PULL.format(f"failed to copy: httpReadSeeker: failed open: {reason}"))
    for cause, reason in (
        (C.NETWORK_TIMEOUT, f'failed to do request: Get "{BLOB}": EOF'),
        (
            C.NETWORK_TIMEOUT,
            f'failed to do request: Get "{BLOB}": dial tcp 20.60.1.2:443: i/o timeout',
        ),
        (C.NETWORK_DNS, f'failed to do request: Get "{BLOB}": dial tcp: lookup x: no such host'),
        (C.NETWORK_TLS, f'failed to do request: Get "{BLOB}": x509: certificate is not valid'),
        (C.SERVER_ERROR, f"unexpected status code {BLOB}: 503 Service Unavailable"),
        (C.THROTTLED, f"unexpected status code {BLOB}: 429 Too Many Requests"),
        (
            C.NOT_FOUND_MANIFEST,
            f"content at https://{REGISTRY}/v2/a/blobs/{DIGEST} not found: not found",
        ),
        (
            C.NOT_FOUND_MANIFEST,
            (
                f"could not fetch content descriptor {DIGEST} (application/vnd.oci.image.layer.v1.tar+"
                "gzip) from remote: not found"
            ),
        ),
    )
)

PLATFORM: tuple[Told, ...] = (
    (None, f'Back-off pulling image "{IMAGE}"'),
    (None, "Container 'web' was terminated with exit code '' and reason 'ImagePullFailure'"),
    (
        None,
        '{"code":"InaccessibleImage","message":"The image \''
        + IMAGE
        + "' in container group 'g' is "
        'not accessible. Please check the image and registry credential."}',
    ),
    (C.THROTTLED, f'Failed to pull image "{IMAGE}": pull QPS exceeded'),
    (C.DISK_FULL_NODE, "The node was low on resource: ephemeral-storage. Threshold quantity: 10"),
    (C.PLATFORM_MISMATCH, "exec /app/run: exec format error"),
    (
        C.PLATFORM_MISMATCH,
        (
            f"image with reference {IMAGE} was found but does not match the specified platform: wanted "
            "linux/arm64, actual: linux/amd64"
        ),
    ),
    (
        C.PLATFORM_MISMATCH,
        (
            "hcsshim::CreateComputeSystem: The container operating system does not match the host "
            "operating system."
        ),
    ),
    (C.NETWORK_DNS, f"HttpRequestException: No such host is known. ({REGISTRY}:443)"),
    (C.NETWORK_DNS, "urlopen: [WinError 11001] Der angegebene Host ist unbekannt"),
    (C.NETWORK_TIMEOUT, "urlopen: [WinError 10060] Verbindungsversuch fehlgeschlagen"),
    (C.DISK_FULL_NODE, "[Errno 28] Auf dem Gerät ist kein Speicherplatz mehr verfügbar: '/var/x'"),
    (C.NOT_FOUND_REPOSITORY, 'Error: repository "store/web" is not found. Correlation ID: 1a-2b.'),
    (C.NOT_FOUND_TAG, "Error: image store/web:v3 not found"),
    (C.INVALID_REFERENCE, 'Error: InvalidImageName: Failed to apply default image tag "A b"'),
    (
        C.AUTH_BAD_CREDENTIALS,
        (
            '{"error":{"code":"InvalidImageRegistryIdentity","message":"The identity in the '
            "'imageRegistryCredentials' of container group 'g' not found in container group identity "
            'list."}}'
        ),
    ),
)

TOOLS: tuple[tuple[str, C | None, str], ...] = tuple(
    (producer, *told)
    for producer, group in (
        ("az", AZ),
        ("Entra", ENTRA),
        ("login", LOGIN),
        ("layers", LAYERS),
        ("platforms", PLATFORM),
    )
    for told in group
)
