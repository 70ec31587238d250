"""Signs of the login: credentials, tokens, rights."""

from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.EXPIRED: (
        *("client secret keys for app", "expiredtoken", "expiredauthenticationtoken"),
        *("jwt expired", "jwt is expired", "grant has expired"),
        *("certificate used for the app has expired", "client assertion is not within its valid"),
        *("has expired or is invalid", "has expired due to", "lifetime validation failed"),
    ),
    Sign.BAD_SECRET: (
        *("invalid clientid or client secret", "application not registered with aad"),
        *("invalid_client", "invalid username/password", "invalid username or password"),
        *("unable to retrieve auth token", "admin user is disabled", "admin-enabled true"),
        *("connectivity_aad_login_error", "token validation failed", "bad username or password"),
        *("bad credentials", "credentials are not valid", "login failed for"),
        *("client id must be guid", "wrong username or password", "invalid token"),
        *("unable to find credentials in", "incorrect username", "failed to verify credentials"),
        *("credentials are invalid", "illegal base64 data", "invalid authorization token"),
        *("password is incorrect", "username and password are incorrect"),
        *("failed to decode docker", "adminuserdisabled", "unauthorized_client"),
        "credential plugin",
    ),
    Sign.BAD_IDENTITY: (
        *(
            "invalidimageregistry",
            "imageresitrycredential",
            "'imageregistrycredential",
            ".imageregistrycredential",
        ),
        *("not found in container group identity list", "identity is not assigned"),
        *("is not assigned to the container", "identity isn't assigned"),
        "failed to find identity",
    ),
    Sign.NO_IDENTITY_TOKEN: (
        *("managed identity token failed", "identity not found", "managed identity existance"),
        *("managedidentitycredential", "no managed identity endpoint found"),
        *("failed to get managed identity", "ensure fresh service principal token"),
        *("failed to refresh arm access token", "failed to acquire token"),
        *("no user assigned or delegated managed identity", "failed to get msi token"),
        *("failed to acquire a token", "unable to acquire token"),
        *("could not get managed identity", "managedidentityisnotfound", "error getting msi"),
    ),
    Sign.CREDENTIAL_HELPER: ("error getting credentials", "docker-credential-"),
    Sign.IDENTITY_CANNOT: ("unable to pull image using managed identity",),
    Sign.NO_CREDENTIAL: (
        *("no basic auth credentials", "return empty authentication"),
        *("unable to retrieve some image pull secrets", "anonymous access is not allowed"),
        *("anonymous pull is not", "falling back on anonymous", "no credentials were"),
        *("no matching credentials", "failedtoretrieveimagepullsecret"),
        *("no credential was found", "not logged in", "please run 'docker login'"),
        *("anonymous request", "no credentials found", "credentials not configured"),
        "no auth credentials",
    ),
    Sign.EXCHANGE_REFUSED: (
        *("connectivity_refresh_token_error", "rejected token exchange", "exchange api response"),
        *("unable to get aad authorization tokens", "token exchange endpoint"),
        *("failed to get acr refresh token", "failed to exchange", "exchange refresh token"),
    ),
    Sign.NO_CHALLENGE: ("did not issue a valid aad challenge", "did not issue a challenge"),
    Sign.CHALLENGE_CHECK: ("connectivity_challenge_error", "did not issue a challenge"),
    Sign.LACKS_ACTIONS: (
        *("connectivity_access_token_error", "abacrepositorypermissions", "abac condition"),
        *("abac-enabled", "container registry repository reader", "abac repository"),
    ),
    Sign.LACKS_ROLE: (
        *("does not have authorization to perform action", "authorizationfailed", "acrpull role"),
        *("does not have permission to pull", "acrpull permission"),
        *("is not authorized to perform", "denied on resource", "registries/pull/read"),
        *("lacks the acrpull", "missing the acrpull", "linkedauthorization"),
    ),
    Sign.LACKS_SCOPE: (
        *("insufficient_scope", "insufficient scope", "permission_denied:", "scope map"),
        "not authorized by scope",
    ),
    Sign.UNAUTHORIZED: (
        *("unauthorized", "authentication required", "401 authorization"),
        *("resource is not authorized", "authenticationrequired"),
    ),
    Sign.DENIED: ("access forbidden", "denied"),
}
