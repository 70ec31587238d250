"""Signs of the login: credentials, tokens, rights."""

from shared.explain.lexicon.classes import ABSENT, CUT, SOUGHT, WRONG, Class
from shared.explain.lexicon.sign import Sign

PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.EXPIRED: (
        *("client secret keys for app", "expiredtoken", "expiredauthenticationtoken"),
        *("jwt expired", "jwt is expired", "grant has expired"),
        *("certificate used for the app has expired",),
        *("has expired or is invalid", "has expired due to", "lifetime validation failed"),
        *("not within its valid time range", "not valid in the specified time frame"),
    ),
    Sign.BAD_SECRET: (
        *("invalid clientid or client secret", "application not registered with aad"),
        *("invalid_client", "invalid username/password", "invalid username or password"),
        *("unable to retrieve auth token", "admin user is disabled", "admin-enabled true"),
        *("connectivity_aad_login_error", "token validation failed", "bad username or password"),
        *("bad credentials", "bad_credential", "credentials are not valid", "login failed for"),
        *("client id must be guid", "wrong username or password", "invalid token"),
        *("unable to find credentials in", "incorrect username", "failed to verify credentials"),
        *("credentials are invalid", "illegal base64 data", "invalid authorization token"),
        *("password is incorrect", "username and password are incorrect"),
        *("failed to decode docker", "adminuserdisabled", "unauthorized_client"),
        *("credential plugin", "http basic: access denied", "dockerconfigjson"),
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
        *("required property 'username'", "required property 'password'"),
        *("passwordsecretrefnotfound", "required property 'server'"),
    ),
    Sign.NO_IDENTITY_TOKEN: (
        *("managed identity token failed", "identity not found", "managed identity existance"),
        *("managedidentitycredential", "no managed identity endpoint found"),
        *("failed to get managed identity", "ensure fresh service principal token"),
        *("failed to refresh arm access token", "failed to acquire token"),
        *("no user assigned or delegated managed identity", "failed to get msi token"),
        *("failed to acquire a token", "unable to acquire token"),
        *("could not get managed identity", "managedidentityisnotfound", "error getting msi"),
        "azurecredential failed to retrieve a token",
    ),
    Sign.CREDENTIAL_HELPER: ("docker-credential-", "credential helper"),
    Sign.IDENTITY_CANNOT: ("unable to pull image using managed identity",),
    Sign.NO_CREDENTIAL: (
        *("no basic auth credentials", "return empty authentication"),
        *("unable to retrieve some image pull secrets", "falling back on anonymous"),
        *("need to log in", "need to login", "must be logged in", "login required"),
        *("no matching credentials", "failedtoretrieveimagepullsecret"),
        *("no credential was found", "not logged in", "please run 'docker login'"),
        *("anonymous request", "unauthenticated request", "anonymous caller"),
        *("no auth credentials", "credential required for basic auth", "run 'az login'"),
        *("to pull public image", "username and password required"),
    ),
    Sign.EXCHANGE_REFUSED: (
        *("connectivity_refresh_token_error", "rejected token exchange", "exchange api response"),
        *("unable to get aad authorization tokens", "token exchange endpoint"),
        "running 'az login' again to refresh permissions",
        *("failed to get acr refresh token", "failed to exchange", "exchange refresh token"),
    ),
    Sign.NO_CHALLENGE: ("did not issue a valid aad challenge", "did not issue a challenge"),
    Sign.CHALLENGE_CHECK: ("connectivity_challenge_error", "did not issue a challenge"),
    Sign.LACKS_ACTIONS: (
        *("connectivity_access_token_error", "abacrepositorypermissions", "abac condition"),
        *("abac-enabled", "container registry repository reader", "abac repository"),
    ),
    Sign.LACKS_ROLE: (
        *("does not have authorization to perform action", "authorizationfailed"),
        *("does not have permission to perform action", "linkedaccesscheckfailed"),
        *("does not have permission to pull", "acrpull permission"),
        *(
            "is not authorized to perform action",
            "is not authorized to perform:",
            "denied on resource",
            "registries/pull/read",
        ),
        *("lacks the acrpull", "missing the acrpull", "linkedauthorization"),
    ),
    Sign.LACKS_SCOPE: (
        *("insufficient_scope", "insufficient scope", "permission_denied:"),
        *("not authorized by scope", "not have scope"),
    ),
    Sign.UNAUTHORIZED: (
        *("unauthorized", "authentication required", "401 authorization"),
        *("resource is not authorized", "authenticationrequired"),
    ),
    Sign.DENIED: ("access forbidden", "denied"),
}

_SECRETS = (
    *("credential", "password", "client secret", "access key", "access token", "refresh token"),
    *("auth token", "identity token", "bearer token", "authorization token", "service principal"),
)
_IDENTITIES = (
    *("managed identity", "assigned identity", "managedidentity", "identity", "service principal"),
)

CLASSES = (
    Class(
        Sign.EXPIRED, (*_SECRETS, "secret", "token", "login", "session"), ("expired",), ("expired",)
    ),
    Class(
        Sign.BAD_SECRET,
        (*_SECRETS, "username", "user name", "client id", "clientid", "pull secret"),
        (*WRONG, "must be", "authentication failed"),
        ("invalid", "incorrect", "wrong", "bad", "malformed", "revoked"),
        unless=("does not match expected scope",),
    ),
    Class(
        Sign.BAD_SECRET,
        ("username", "password"),
        ("not present", "is empty", "is missing", "is required", "not be empty"),
        ("no", "missing", "empty"),
        unless=("username and password", "username or password", "/password"),
    ),
    Class(
        Sign.EXCHANGE_REFUSED,
        (
            *("exchange acr token", "token exchange", "exchange of the token", "tokenexchange"),
            "access to registry",
        ),
        ("refused", "rejected", "denied", "unauthorized", "forbidden"),
    ),
    Class(
        Sign.BAD_IDENTITY,
        _IDENTITIES,
        (
            *(*ABSENT, "not assigned", "n't assigned", "not attached", "not supported"),
            *("not enabled", "not associated"),
        ),
        ("no", "missing", "unknown"),
        unless=("role", "encryption"),
    ),
    Class(
        Sign.BAD_IDENTITY,
        ("client id annotation", "tenant id annotation"),
        ("not found", "empty"),
    ),
    Class(
        Sign.NO_CREDENTIAL,
        (
            *("credential", "pull secret", "imagepullsecret", "username and password"),
            "auth config",
        ),
        ("not found", "not configured", "not provided", "not set", "missing", "not specified"),
        ("no", "without", "missing", "empty", *SOUGHT),
        unless=("trying to look up", "erasing"),
    ),
    Class(
        Sign.NO_CREDENTIAL,
        ("anonymous access", "anonymous pull", "anonymous user"),
        ("not allowed", "not permitted", "not enabled", "disabled", "denied"),
    ),
    Class(
        Sign.CREDENTIAL_HELPER,
        ("credential",),
        (),
        tuple(f"{cut} {verb}" for cut in CUT for verb in ("get", "getting", "retrieve")),
    ),
    Class(
        Sign.LACKS_SCOPE,
        ("scope", "scope map", "metadata_read", "metadata/read", "content/read"),
        ("not match", "insufficient", "missing", "not include", "required", "not cover"),
        ("insufficient", "missing", "lacks", "lacking", "not include", "not have the", "no"),
        unless=("role", "auth challenge"),
    ),
    Class(
        Sign.LACKS_ACTIONS,
        ("repository permission", "container registry repository reader"),
        ("missing", "required"),
        ("lacking", "lacks", "missing", "needs", "requires"),
    ),
    Class(
        Sign.LACKS_ROLE,
        (
            *("acrpull", "pull role", "role assignment", "pull permission", "pull access"),
            *("permission to pull", "permissions to pull", "needed permission", "reader role"),
        ),
        ("missing", "required", "not assigned", "not granted", "not have"),
        (
            *(
                "lack",
                "lacks",
                "lacking",
                "missing",
                "without",
                "needs",
                "requires",
                "ensure",
                "no",
            ),
            *("not have", "n't have", "grant", "assign", "not been granted", "has no"),
        ),
        unless=("or no pull access", "repository does not exist"),
    ),
)
