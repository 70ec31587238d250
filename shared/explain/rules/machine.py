"""Causes on the machine that pulls, or in the name that it was given."""

from shared.explain.attempts import Attempt
from shared.explain.labels import CauseLabel
from shared.explain.lexicon import Sign
from shared.explain.reading import Reading, Rule, likely, one_of, sure

_UNKNOWN = (Sign.TAG_UNKNOWN, Sign.MANIFEST_UNKNOWN, Sign.NAME_UNKNOWN)
_COMMANDS = ("acr", "az", "docker", "kubectl")


def names_badly(attempt: Attempt) -> Reading | None:
    """The name never got as far as a registry."""
    refused = "image name" in attempt.text and attempt.innermost.endswith("is invalid")
    if refused or attempt.has(Sign.BAD_NAME):
        return sure(CauseLabel.INVALID_REFERENCE, "the client refuses the image's name itself")
    for command in _COMMANDS:
        if f"access denied for {command}, " in attempt.written:
            why = f"'{command}' is a command that was taken for an image"
            return likely(CauseLabel.INVALID_REFERENCE, why)
    return None


def misses_platform(attempt: Attempt) -> Reading | None:
    """The image is there, for other machines."""
    warned = "requested image's platform" in attempt.text  # and went on
    if not attempt.has(Sign.PLATFORM) or (warned and attempt.has(*_UNKNOWN)):
        return None
    why = "the image was found, but has no variant for this machine"
    return sure(CauseLabel.PLATFORM_MISMATCH, why)


def fills_disk(attempt: Attempt) -> Reading | None:
    """The image came, and could not be written."""
    if not attempt.has(Sign.NO_SPACE):
        return None
    return sure(CauseLabel.DISK_FULL_NODE, "writing on the machine that pulls failed")


def lost_its_own(attempt: Attempt) -> Reading | None:
    """The runtime misses what it had stored itself: no registry was asked for it."""
    if not attempt.has(Sign.OWN_STORE):
        return None
    return one_of("the machine misses a part that it had stored itself: pull it anew")


RULES: tuple[Rule, ...] = (names_badly, misses_platform, fills_disk, lost_its_own)
