"""From an error text to its cause. Pure, linear in the text's length, and never raises."""

from collections.abc import Sequence

from msgspec import structs

from shared.explain.attempts import Attempt, attempts_in
from shared.explain.labels import CauseLabel, Certainty, Explanation
from shared.explain.reading import Reading
from shared.explain.reference import image_in
from shared.explain.rules import RULES
from shared.explain.text import open_up

__all__ = ["CauseLabel", "Certainty", "Explanation", "explain"]

_SILENT = Reading(CauseLabel.UNKNOWN, Certainty.LOW, "the text names no cause that is known")

_WEIGHTS = {
    label: weight
    for weight, labels in enumerate(
        (
            (CauseLabel.AUTH_ANONYMOUS_DENIED,),
            (CauseLabel.REGISTRY_DISABLED_OR_MISSING,),
            (
                CauseLabel.UNKNOWN,
                CauseLabel.AUTH_MISSING_ROLE,
                CauseLabel.AUTH_TOKEN_SCOPE,
                CauseLabel.ABAC_ROLE,
                CauseLabel.AUTH_BAD_CREDENTIALS,
            ),
            (CauseLabel.AUTH_EXPIRED_CREDENTIALS,),
            (CauseLabel.SERVER_ERROR,),
            (CauseLabel.MANIFEST_UNSUPPORTED, CauseLabel.LOCKED_OR_QUARANTINED),
            (
                CauseLabel.NOT_FOUND_TAG,
                CauseLabel.NOT_FOUND_REPOSITORY,
                CauseLabel.NOT_FOUND_MANIFEST,
            ),
            (CauseLabel.THROTTLED,),
            (CauseLabel.NETWORK_FIREWALL_IP,),
            (
                CauseLabel.NETWORK_DNS,
                CauseLabel.NETWORK_TIMEOUT,
                CauseLabel.NETWORK_TLS,
                CauseLabel.NETWORK_PROXY,
                CauseLabel.NETWORK_PRIVATE_ENDPOINT,
            ),
            (
                CauseLabel.INVALID_REFERENCE,
                CauseLabel.PLATFORM_MISMATCH,
                CauseLabel.DISK_FULL_NODE,
            ),
        )
    )
    for label in labels
}
"""Which of several attempts tells the cause. Clients go on without a credential after a first
failure, so "anonymous, 401" is mostly noise; a connection that never came about is not."""

_CERTAINTIES = (Certainty.LOW, Certainty.MEDIUM, Certainty.HIGH)


def explain(text: str) -> Explanation:
    """The cause that a text tells, UNKNOWN where it cannot tell."""
    attempts = attempts_in(open_up(text))
    readings = [(found, attempt) for attempt in attempts if (found := _read(attempt))]
    best, _ = max(readings, key=lambda pair: _weight(*pair), default=(_SILENT, None))
    best = _doubted(best, [reading for reading, _ in readings])
    return Explanation(
        cause=best.cause,
        confidence=best.certainty,
        why=best.why,
        reference=image_in(text),
        candidates=best.candidates,
    )


def _doubted(best: Reading, all_of_them: Sequence[Reading]) -> Reading:
    """A registry may answer 5xx to whom it refuses the next time: beside that, it is a guess."""
    if best.cause is not CauseLabel.SERVER_ERROR:
        return best
    told = {cause for one in all_of_them for cause in (one.cause, *one.candidates)}
    refused = {CauseLabel.AUTH_BAD_CREDENTIALS, CauseLabel.AUTH_MISSING_ROLE} & told
    return structs.replace(best, certainty=Certainty.LOW) if refused else best


def _read(attempt: Attempt) -> Reading | None:
    return next((found for rule in RULES if (found := rule(attempt))), None)


def _weight(reading: Reading, attempt: Attempt) -> tuple[int, int, bool, int]:
    """A reading that names nothing at all weighs least. One that adds nothing weighs as much as
    that of an anonymous try: the first of them counts, because clients go on without credentials
    after a failure, never the other way. What a log tells for debugging comes after all
    that it tells as an error: there, a 401 is how every login begins. Of causes that weigh the
    same, the one that is told more plainly counts.
    """
    if reading.cause is CauseLabel.UNKNOWN and not reading.candidates:
        return 0, 0, False, 0
    told = 1 if attempt.quiet else 2
    if reading.weak or reading.cause is CauseLabel.AUTH_ANONYMOUS_DENIED:
        return told, _WEIGHTS[CauseLabel.AUTH_ANONYMOUS_DENIED], True, 0
    certainty = _CERTAINTIES.index(reading.certainty)
    return told, _WEIGHTS[reading.cause], reading.cause is not CauseLabel.UNKNOWN, certainty
