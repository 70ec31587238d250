"""What error texts of many producers are put together from."""

IMAGE = "fabrikam.azurecr.io/shop/cart:2.7"
DIGEST = "sha256:" + "0f" * 32
TOKEN = (
    "https://fabrikam.azurecr.io/oauth2/token?scope=repository%3Ashop%2Fcart%3Apull"
    "&service=fabrikam.azurecr.io"
)
HEAD = 'Head "https://fabrikam.azurecr.io/v2/shop/cart/manifests/2.7"'
VISIT = "authentication required, visit https://aka.ms/acr/authorization for more information."
ASPX = "2026-01-05T08:12:44.118Z ERROR - "


def kubelet(*reasons: str, code: str = "Unknown") -> str:
    """What a pod's event says: one error for each credential that was tried."""
    tries = [
        f'rpc error: code = {code} desc = failed to pull and unpack image "{IMAGE}": {reason}'
        for reason in reasons
    ]
    joined = f"[{', '.join(tries)}]" if len(tries) > 1 else tries[0]
    return f'Failed to pull image "{IMAGE}": {joined}'


def resolve(reason: str) -> str:
    return f'failed to resolve reference "{IMAGE}": {reason}'


def docker_api(message: str, status: str = "InternalServerError") -> str:
    """A line of App Service's docker log; the body is JSON within the line."""
    escaped = message.replace('"', '\\"')
    return (
        f"{ASPX}DockerApiException: Docker API responded with status code={status}, "
        f'response={{"message":"{escaped}"}}'
    )


OAUTH_401 = resolve(
    f"failed to authorize: failed to fetch oauth token: unexpected status from GET request to "
    f"{TOKEN}: 401 Unauthorized"
)
ANONYMOUS_401 = resolve(
    f"failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
    f"{TOKEN}: 401 Unauthorized"
)
