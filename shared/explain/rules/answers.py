"""Causes in what the registry answered about the image."""

import re

from shared.explain.attempts import Attempt, Stage
from shared.explain.labels import CauseLabel, Certainty
from shared.explain.lexicon import Sign
from shared.explain.names import holds_name
from shared.explain.reading import Reading, Rule, guess, likely, one_of, sure
from shared.explain.rules.firewall import is_firewalled, is_forbidden, is_silent

_NOT_FOUND, _TOO_MANY, _SERVER_ERRORS = 404, 429, 500
_FAILED_DEPENDENCY = 424
_BARE_STATUS = 30
"""Characters of a line that holds a status and nothing else."""

_OF_LOGIN = (
    *(Sign.EXPIRED, Sign.BAD_SECRET, Sign.BAD_IDENTITY, Sign.NO_IDENTITY_TOKEN),
    *(Sign.NO_CREDENTIAL, Sign.CREDENTIAL_HELPER),
)
"""Words about the login say more than the status around them."""

_ACR_HOST = re.compile(r"([a-z0-9-]{1,63}\.azurecr\.(?:io|cn|us|de))/\1/")
_OWNED = re.compile(
    r"(?:access denied for |docker\.io/)(?:docker\.io/)?(?!library/|docker\.io)[\w.-]{1,99}/\w"
    r"|(?<![\w./-])(?!library/)[\w.-]{1,99}(?:/[\w.-]{1,99}){1,5}(?::[\w.-]{1,99})?"
    r"\"?: pull access denied"
)
"""An image of Docker Hub that belongs to somebody, who may keep it private."""

_DIGEST_AS_TAG = re.compile(r"(?<!sha256):[0-9a-f]{64}(?![0-9a-f])")


_PART_GONE = "something that the manifest names is gone"
_UNKNOWN = (
    (Sign.NAME_UNKNOWN, CauseLabel.NOT_FOUND_REPOSITORY, "the registry knows no such repository"),
    (Sign.TAG_UNKNOWN, CauseLabel.NOT_FOUND_TAG, "the registry has the repository, not this tag"),
    (Sign.BLOB_UNKNOWN, CauseLabel.NOT_FOUND_MANIFEST, _PART_GONE),
)


def is_throttled(attempt: Attempt) -> Reading | None:
    """429, or the words for it."""
    if attempt.has(Sign.TOO_MANY) or attempt.status == _TOO_MANY:
        return sure(CauseLabel.THROTTLED, "the answer was 'too many requests'")
    return None


def is_missing(attempt: Attempt) -> Reading | None:
    """Repository, tag, digest or blob: what exactly was not found."""
    for sign, cause, why in _UNKNOWN:
        if attempt.has(sign):
            return sure(cause, why)
    missing = _says_missing(attempt)
    if missing and attempt.stage is Stage.BLOB:
        return sure(CauseLabel.NOT_FOUND_MANIFEST, _PART_GONE)
    if attempt.has(Sign.MANIFEST_UNKNOWN) or (
        attempt.has(Sign.DIGEST_UNKNOWN) and "not found" in attempt.text
    ):
        return _unknown_manifest(attempt)
    if found := _not_on_docker_hub(attempt):
        return found
    if "no such image" in attempt.text:
        why = "the machine has no such image; whether the registry has it was not told"
        tag, repository = CauseLabel.NOT_FOUND_TAG, CauseLabel.NOT_FOUND_REPOSITORY
        return one_of(why, tag, repository, weak=True)
    return _not_found(attempt) if missing else None


def _unknown_manifest(attempt: Attempt) -> Reading:
    if _DIGEST_AS_TAG.search(attempt.written):
        return guess(CauseLabel.INVALID_REFERENCE, "a digest stands where a tag belongs")
    return sure(_tag_or_digest(attempt), "the registry knows the repository, not this in it")


def _not_on_docker_hub(attempt: Attempt) -> Reading | None:
    no_access = attempt.has(Sign.ACCESS_OR_NAME, Sign.LACKS_SCOPE) and attempt.on_docker_hub
    if no_access and not (attempt.tokened or attempt.has(*_OF_LOGIN)):
        why = "a name without a registry means Docker Hub, which has no such image"
        told = guess if _OWNED.search(attempt.written) else sure
        return told(CauseLabel.NOT_FOUND_REPOSITORY, why)
    return None


def _not_found(attempt: Attempt) -> Reading | None:
    """A bare "not found": the error around it may name what."""
    if attempt.stage not in (Stage.MANIFEST, Stage.NONE) or attempt.has(*_OF_LOGIN):
        return None
    if attempt.innermost.startswith("repository "):
        return sure(CauseLabel.NOT_FOUND_REPOSITORY, "the registry knows no such repository")
    around = " ".join(attempt.layers[-2:])
    if "digest" in around or "sha256" in around:
        return sure(CauseLabel.NOT_FOUND_MANIFEST, _PART_GONE)
    if attempt.status == _NOT_FOUND or attempt.stage is Stage.MANIFEST or holds_name(around):
        return guess(_tag_or_digest(attempt), "'not found', most often the tag or digest")
    why = "'not found', of the tag or of the repository"
    return one_of(why, CauseLabel.NOT_FOUND_TAG, CauseLabel.NOT_FOUND_REPOSITORY)


def is_no_image(attempt: Attempt) -> Reading | None:
    """Something is stored there, but no image that the client takes."""
    if attempt.has(Sign.NO_V1):
        if _ACR_HOST.search(attempt.written):
            why = "the login server stands in the name twice"
            return likely(CauseLabel.NOT_FOUND_REPOSITORY, why)
        return one_of(
            "App Service says so of images that do not exist, too",
            CauseLabel.NOT_FOUND_TAG,
            CauseLabel.NOT_FOUND_REPOSITORY,
            CauseLabel.MANIFEST_UNSUPPORTED,
        )
    if attempt.has(Sign.UNSUPPORTED):
        why = "what is stored there is nothing that the client can run"
        return sure(CauseLabel.MANIFEST_UNSUPPORTED, why)
    return None


def is_disallowed(attempt: Attempt) -> Reading | None:
    """Locks, quarantine, and a registry that is full."""
    if not attempt.has(Sign.DISALLOWED):
        return None
    why = "the registry disallows the operation: a lock, a quarantine, or a full registry"
    return sure(CauseLabel.LOCKED_OR_QUARANTINED, why)


def is_gone(attempt: Attempt) -> Reading | None:
    """Azure Resource Manager about the registry itself."""
    arm_says = "containerregistry/registries" in attempt.text and any(
        words in attempt.text for words in ("not found", "no resource ", "cannot find")
    )
    if attempt.has(Sign.REGISTRY_GONE) or arm_says:
        why = "Azure itself does not know the registry, or cannot run it"
        unseen = "could not be found in subscription" in attempt.text  # by who may not read it, too
        told = guess if unseen else likely
        return told(CauseLabel.REGISTRY_DISABLED_OR_MISSING, why)
    return None


def is_broken(attempt: Attempt) -> Reading | None:
    """5xx: the registry could not answer, whatever was asked. A container daemon answers so, too,
    and quotes what the registry said.
    """
    if attempt.has(Sign.UNAUTHORIZED, *_OF_LOGIN):
        return None
    if "http+docker://" in attempt.text:
        return one_of("the container daemon failed, and what the registry said is missing")
    if attempt.status >= _SERVER_ERRORS and len(attempt.text) <= _BARE_STATUS:
        why = "a status alone, which may be that of whoever asked the registry"
        return Reading(CauseLabel.SERVER_ERROR, Certainty.MEDIUM, why, weak=True)
    if attempt.status >= _SERVER_ERRORS or attempt.has(Sign.SERVER_ERROR):
        return sure(CauseLabel.SERVER_ERROR, "the registry failed to answer properly")
    if attempt.status == _FAILED_DEPENDENCY:
        why = "the registry could not get the image from where its cache rule points"
        return likely(CauseLabel.SERVER_ERROR, why)
    return None


def is_upstream(attempt: Attempt) -> Reading | None:
    """A cache rule's source did not give what was asked for."""
    if not attempt.has(Sign.UPSTREAM):
        return None
    if attempt.has(Sign.UNAUTHORIZED, Sign.DENIED, Sign.NO_CREDENTIAL):
        why = "the source of a cache rule wants other credentials than the rule has"
        return one_of(why, CauseLabel.AUTH_BAD_CREDENTIALS, CauseLabel.AUTH_ANONYMOUS_DENIED)
    if not any(word in attempt.text for word in ("fail", "returned", "error")):
        why = "the source of a cache rule gave nothing, and the text does not say why"
        return one_of(why, CauseLabel.SERVER_ERROR, CauseLabel.THROTTLED)
    return likely(CauseLabel.SERVER_ERROR, "the source of a cache rule did not answer properly")


def _says_missing(attempt: Attempt) -> bool:
    end = attempt.innermost
    names_it = any(word in end for word in ("manifest", "tag ", "image ", "repository "))
    missing = end == "not found" or (names_it and end.endswith((" not found", " not exist")))
    return attempt.status == _NOT_FOUND or missing


def _tag_or_digest(attempt: Attempt) -> CauseLabel:
    by_digest = (
        attempt.has(Sign.DIGEST_UNKNOWN)
        or "@sha256:" in attempt.written
        or "/manifests/sha256:" in attempt.written
        or '"revision"' in attempt.details
        or "revision=sha256:" in attempt.written
    )
    return CauseLabel.NOT_FOUND_MANIFEST if by_digest else CauseLabel.NOT_FOUND_TAG


RULES: tuple[Rule, ...] = (
    is_gone,
    is_firewalled,
    is_throttled,
    is_no_image,
    is_missing,
    is_disallowed,
    is_broken,
    is_upstream,
    is_silent,
    is_forbidden,
)
