"""Texts of Azure services and tools, with the cause that a person reads in them.

``None`` stands for UNKNOWN: the text alone cannot tell.
"""

# ruff: noqa: E501 - texts stand as they are

from shared.explain import CauseLabel as C
from tests.unit.explain.shapes import ASPX, HEAD, IMAGE, VISIT, docker_api

APP_SERVICE: list[tuple[str, C | None]] = [
    (
        docker_api(
            f"manifest for {IMAGE} not found: manifest unknown: manifest unknown", "NotFound"
        )
        + f"\n{ASPX}Pulling image from Docker hub: {IMAGE}\n"
        + docker_api(f"Get https://fabrikam.azurecr.io/v2/x: unauthorized: {VISIT}"),
        C.NOT_FOUND_TAG,
    ),
    (
        f"{ASPX}Pulling image from Docker hub: {IMAGE}\n"
        + docker_api(f"{HEAD}: unauthorized: {VISIT} CorrelationId: 1-2"),
        C.AUTH_ANONYMOUS_DENIED,
    ),
    (docker_api(f"{HEAD}: unauthorized: {VISIT}"), None),
    (
        docker_api(f"{HEAD}: denied: client with IP '51.4.3.2' is not allowed access."),
        C.NETWORK_FIREWALL_IP,
    ),
    (docker_api("denied"), None),
    (
        (
            f"{ASPX}Image pull for {IMAGE} failed. Unsupported image manifest. The manifest with "
            "version 'application/vnd.docker.distribution.manifest.v1+json' has not been supported."
        ),
        None,
    ),
    (f"{ASPX}Image pull failed: Verify docker image configuration and credentials", None),
]


OTHER_SERVICES: list[tuple[str, C | None]] = [
    (
        (
            '{"code":"InaccessibleImage","message":"The image \'fabrikam.azurecr.io/cart:1\' in '
            "container group 'g' is not accessible. Please check the image and registry credential.\"}"
        ),
        None,
    ),
    (
        (
            '{"error":{"code":"InvalidImageRegistryIdentity","message":"The identity in the '
            "'imageRegistryCredentials' of container group 'g' not found in container group identity "
            'list."}}'
        ),
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        (
            "RegistryErrorResponse: TOOMANYREQUESTS: too many requests to source registry for cache "
            "rule hub"
        ),
        C.THROTTLED,
    ),
    ("Container 'cart' was terminated with exit code '' and reason 'ImagePullFailure'", None),
    (
        (
            "Field 'template.containers.cart.image' is invalid with details: 'Invalid value: "
            f'"{IMAGE}": GET https:: UNAUTHORIZED: {VISIT}\';.'
        ),
        None,
    ),
    (
        (
            "Field 'template.containers.cart.image' is invalid with details: 'Invalid value: "
            f'"{IMAGE}": GET https:: MANIFEST_UNKNOWN: manifest tagged by "2.7" is not found; '
            "map[Tag:2.7]';."
        ),
        C.NOT_FOUND_TAG,
    ),
    (
        (
            "Field 'template.containers.cart.image' is invalid with details: 'Invalid value: "
            f"\"{IMAGE}\": GET https:: DENIED: client with IP '51.4.3.2' is not allowed access.';."
        ),
        C.NETWORK_FIREWALL_IP,
    ),
]


AZURE_CLI: list[tuple[str, C | None]] = [
    (
        (
            "An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\nAccess to registry "
            "'fabrikam.azurecr.io' was denied. Response code: 401. Please try running 'az login' again"
        ),
        C.AUTH_MISSING_ROLE,
    ),
    (
        (
            "An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\nAccess to registry "
            "'fabrikam.azurecr.io' was denied. Response code: 403. Please try running 'az login' again"
        ),
        C.NETWORK_FIREWALL_IP,
    ),
    (
        (
            "An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\nAccess to registry "
            "'fabrikam.azurecr.io' was denied. Response code: 502."
        ),
        C.SERVER_ERROR,
    ),
    ("An error occurred: CONNECTIVITY_DNS_ERROR\nFailed to reach DNS", C.NETWORK_DNS),
    ("An error occurred: CONNECTIVITY_FORBIDDEN_ERROR\nLooks like", C.NETWORK_FIREWALL_IP),
    ("An error occurred: CONNECTIVITY_TOOMANYREQUESTS_ERROR\nToo many", C.THROTTLED),
    ("An error occurred: CONNECTIVITY_SSL_ERROR\nFailed", C.NETWORK_TLS),
    (
        (
            "An error occurred: CONNECTIVITY_ACCESS_TOKEN_ERROR\nYou are lacking ['pull'] repository "
            "permissions."
        ),
        C.ABAC_ROLE,
    ),
    ("An error occurred: CMK_ERROR\nThe identity does not exist", C.REGISTRY_DISABLED_OR_MISSING),
    (
        "AADSTS7000222: The provided client secret keys for app '1' are expired.",
        C.AUTH_EXPIRED_CREDENTIALS,
    ),
    ("AADSTS7000215: Invalid client secret provided.", C.AUTH_BAD_CREDENTIALS),
    ("AADSTS700016: Application with identifier '1' was not found", C.AUTH_BAD_CREDENTIALS),
    (
        (
            "HTTPSConnectionPool(host='fabrikam.azurecr.io', port=443): Max retries exceeded with url: "
            "/v2/ (Caused by NameResolutionError(\"<x>: Failed to resolve 'fabrikam.azurecr.io' "
            '([Errno -2] Name or service not known)"))'
        ),
        C.NETWORK_DNS,
    ),
    (
        (
            "HTTPSConnectionPool(host='fabrikam.azurecr.io', port=443): Max retries exceeded with url: "
            "/v2/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]"
        ),
        C.NETWORK_TLS,
    ),
    (
        (
            "Registry credentials: the resource 'Microsoft.ContainerRegistry/registries/fabrikam' under "
            "resource group 'rg' was not found."
        ),
        C.REGISTRY_DISABLED_OR_MISSING,
    ),
    (
        "Could not get tags from registry: denied: requested access to the resource is denied",
        C.AUTH_TOKEN_SCOPE,
    ),
    ("denied: requested access to the resource is denied", None),
]


NOTHING: list[tuple[str, C | None]] = [
    ("", None),
    ("it does not work", None),
    ("⟦0⟧ ⟦99⟧", None),
    ("{" * 50, None),
    ("\x00\x1b[31m", None),
]


SERVICES = [*APP_SERVICE, *OTHER_SERVICES, *AZURE_CLI, *NOTHING]
