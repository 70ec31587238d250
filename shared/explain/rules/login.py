"""Causes in the login: which credential was shown, and what it lacks."""

from shared.explain.attempts import Attempt, Stage
from shared.explain.labels import CauseLabel, Certainty
from shared.explain.lexicon import Sign
from shared.explain.reading import Reading, Rule, guess, likely, one_of, sure

_BAD_REQUEST, _UNAUTHORIZED = 400, 401
_EXPIRED = frozenset(
    {
        *("7000222", "700081", "700082", "700084", "70008", "70043", "50055", "50078"),
        *("50089", "50133", "50144", "50173", "500133"),
    }
)
"""Numbers of Entra's errors about what has expired; every other is about what is wrong."""

_POLICIES = frozenset({"50005", "50076", "50079", "50105", "53000", "53001", "53003"})
"""Numbers of Entra's errors about conditional access, second factors and assignments."""

_PUBLIC = ("mcr.microsoft.com", "mcrprod.azurecr.io")
"""Microsoft's own images, which nobody needs a credential for."""

_BAD = (Sign.BAD_SECRET, Sign.BAD_IDENTITY, Sign.NO_IDENTITY_TOKEN)


def has_expired(attempt: Attempt) -> Reading | None:
    """Entra and registries name an expired secret or token."""
    if not attempt.has(Sign.EXPIRED) and attempt.aadsts.isdisjoint(_EXPIRED):
        return None
    return sure(CauseLabel.AUTH_EXPIRED_CREDENTIALS, "the text says that it has expired")


def is_wrong(attempt: Attempt) -> Reading | None:
    """Entra, the registry or the platform refuses the credential as such."""
    malformed = attempt.status == _BAD_REQUEST and attempt.stage in (Stage.TOKEN, Stage.EXCHANGE)
    if "unable to get admin user credentials" in attempt.text:
        why = "the second try, with the admin user, says nothing of the first"
        return Reading(CauseLabel.AUTH_BAD_CREDENTIALS, Certainty.LOW, why, weak=True)
    if "unable to retrieve auth token" in attempt.text:
        why = "podman and its kin call each refusal of a token so: a wrong password, or no role"
        return guess(CauseLabel.AUTH_BAD_CREDENTIALS, why)
    if not attempt.aadsts.isdisjoint(_POLICIES):
        why = "Entra refuses by a policy, whether or not the credential is right"
        return guess(CauseLabel.AUTH_BAD_CREDENTIALS, why)
    if attempt.aadsts or attempt.has(*_BAD) or malformed:
        why = "the credential itself was refused, before any right was looked at"
        return sure(CauseLabel.AUTH_BAD_CREDENTIALS, why)
    return None


def is_anonymous(attempt: Attempt) -> Reading | None:
    """Either the client says so, or it asked for a token without showing anything."""
    if attempt.anonymous and attempt.asked in _PUBLIC:
        why = "this registry is for everybody: it fails, or something stands in between"
        return one_of(why, CauseLabel.SERVER_ERROR, CauseLabel.NETWORK_PROXY)
    if attempt.anonymous and _is_refused(attempt):
        return _refused_anonymous(attempt)
    if "unsupported status code 401" in attempt.text:
        why = "programs that look at images say so, most often having no credential"
        return guess(CauseLabel.AUTH_ANONYMOUS_DENIED, why)
    if attempt.has(Sign.NO_CREDENTIAL):
        return sure(CauseLabel.AUTH_ANONYMOUS_DENIED, "the client had no credential to show")
    return None


def _refused_anonymous(attempt: Attempt) -> Reading:
    asked_for_token = "anonymous token" in attempt.text
    if asked_for_token and (attempt.on_acr or attempt.hides_host):
        why = "no credential was shown: there is none, or what asked for one was given none"
        return guess(CauseLabel.AUTH_ANONYMOUS_DENIED, why)
    why = "no credential was shown, and the registry wants one"
    said = asked_for_token or attempt.has(Sign.NO_CREDENTIAL)
    said = said and "to pull public image" not in attempt.text  # Machine Learning says so, too
    told = sure if said else guess  # App Service does so after a first try, shown or not
    return told(CauseLabel.AUTH_ANONYMOUS_DENIED, why)


def lists_tags(attempt: Attempt) -> Reading | None:
    """Listing tags needs another scope than pulling."""
    if attempt.stage is not Stage.TAGS:
        return None
    if attempt.has(Sign.DENIED):
        why = "listing tags needs metadata_read, which this token lacks"
        return sure(CauseLabel.AUTH_TOKEN_SCOPE, why)
    if "oauth2/token" in attempt.written and _is_refused(attempt):
        why = "the client asked for a token without showing a credential"
        return likely(CauseLabel.AUTH_ANONYMOUS_DENIED, why)
    return None


def is_refused_exchange(attempt: Attempt) -> Reading | None:
    """An Entra token was refused in exchange for one of the registry."""
    if not attempt.has(Sign.EXCHANGE_REFUSED) and attempt.stage is not Stage.EXCHANGE:
        return None
    answered = attempt.status or attempt.has(Sign.UNAUTHORIZED) or "returned" in attempt.text
    if not answered:
        why = "the exchange of the token failed, with a status that the text does not hold"
        return one_of(why, CauseLabel.AUTH_MISSING_ROLE, CauseLabel.NETWORK_FIREWALL_IP)
    why = "Entra knows the identity, the registry gives it no token: it has no role there"
    told = guess if "access to registry" in attempt.text else sure  # az: of another tenant, too
    return told(CauseLabel.AUTH_MISSING_ROLE, why)


def is_refused_login(attempt: Attempt) -> Reading | None:
    """``/v2/`` answered 401 to somebody who logged in."""
    if attempt.stage is not Stage.PING or not _is_refused(attempt):
        return None
    why = "the login itself was refused: a wrong or expired user name or password"
    told = guess if attempt.on_acr or "failed to pull image" in attempt.text else likely
    return told(CauseLabel.AUTH_BAD_CREDENTIALS, why)


def is_refused(attempt: Attempt) -> Reading | None:
    """401 anywhere else: it fits several causes."""
    if not _is_refused(attempt):
        return None
    if attempt.tokened and attempt.on_docker_hub:
        why = (
            "Docker Hub gives a token to everybody, unless the credential that it is shown is wrong"
        )
        return likely(CauseLabel.AUTH_BAD_CREDENTIALS, why)
    refusals = (CauseLabel.AUTH_MISSING_ROLE, CauseLabel.AUTH_BAD_CREDENTIALS)
    if attempt.tokened:
        why = "a credential was shown; whether it is wrong or lacks a role, 401 does not say"
        return one_of(why, *refusals, CauseLabel.AUTH_EXPIRED_CREDENTIALS, CauseLabel.ABAC_ROLE)
    why = "401 does not say whether a credential was shown, wrong, or lacks a role"
    others = (CauseLabel.AUTH_ANONYMOUS_DENIED, CauseLabel.ABAC_ROLE)
    return one_of(why, *refusals, *others, weak=True)


def is_helpless(attempt: Attempt) -> Reading | None:
    """The program that keeps the credentials gave none."""
    if not attempt.has(Sign.CREDENTIAL_HELPER):
        return None
    why = "whatever keeps the credentials gave none, and does not say why"
    return guess(CauseLabel.AUTH_BAD_CREDENTIALS, why)


def lacks_scope(attempt: Attempt) -> Reading | None:
    """The registry names the scope that the token lacks."""
    if attempt.has(Sign.NO_CREDENTIAL):
        return None
    if attempt.has(Sign.ACCESS_OR_NAME):
        why = "the client cannot tell a missing repository from a missing right"
        names, scope = CauseLabel.NOT_FOUND_REPOSITORY, CauseLabel.AUTH_TOKEN_SCOPE
        return one_of(why, scope, names, CauseLabel.AUTH_MISSING_ROLE)
    if not attempt.has(Sign.LACKS_SCOPE):
        return None
    return sure(CauseLabel.AUTH_TOKEN_SCOPE, "the token's scope does not cover the request")


def is_denied(attempt: Attempt) -> Reading | None:
    """A token was given that does not suffice, or a name does not exist."""
    if not attempt.has(Sign.DENIED):
        return None
    if "docker.io/" in attempt.written and "requested access" in attempt.text:
        why = "Docker Hub says so of repositories that do not exist"
        return likely(CauseLabel.NOT_FOUND_REPOSITORY, why)
    if attempt.innermost == "denied" and "requested" not in attempt.text:
        why = "a bare 'denied' is a firewall's or a missing right"
        return one_of(why, CauseLabel.NETWORK_FIREWALL_IP, CauseLabel.AUTH_TOKEN_SCOPE)
    why = "the token does not cover the request; whether by role or by scope map, it does not say"
    return one_of(
        why, CauseLabel.AUTH_TOKEN_SCOPE, CauseLabel.AUTH_MISSING_ROLE, CauseLabel.ABAC_ROLE
    )


def _is_refused(attempt: Attempt) -> bool:
    return attempt.status == _UNAUTHORIZED or attempt.has(Sign.UNAUTHORIZED)


RULES: tuple[Rule, ...] = (
    has_expired,
    is_wrong,
    lacks_scope,
    lists_tags,
    is_anonymous,
    is_refused_exchange,
    is_refused_login,
    is_refused,
    is_denied,
    is_helpless,
)
