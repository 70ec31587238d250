"""The image that an error text names."""

import re

from shared.domain.images import InvalidReferenceError, parse_reference

_LONGEST = 400
_MOST = 10
_HOST_END = ".azurecr."
_BEFORE = re.compile(r"[A-Za-z0-9-]{1,63}$")
_AFTER = re.compile(
    r"(?:io|cn|us|de)/[a-z0-9][a-z0-9._/-]{0,250}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@sha256:[0-9a-f]{64})?"
)
_QUOTED = re.compile(r"image \\{0,3}\"([^\"\s\\]{1,400})\\{0,3}\"")


def image_in(text: str) -> str:
    """The first valid image reference of a text; empty where it names none."""
    for candidate in _candidates(text):
        name = candidate.rstrip(".:/")
        if "/v2/" in name:  # the path of a request, not a name
            continue
        try:
            parse_reference(name)
        except InvalidReferenceError:
            continue
        return name
    return ""


def _candidates(text: str) -> list[str]:
    quoted = _QUOTED.search(text[:10_000])
    found = [quoted[1]] if quoted else []
    position = 0
    for _ in range(_MOST):
        position = text.find(_HOST_END, position)
        if position < 0:
            break
        host = _BEFORE.search(text[max(0, position - 64) : position])
        rest = _AFTER.match(text, position + len(_HOST_END))
        if host and rest:
            found.append(f"{host[0]}{_HOST_END}{rest[0]}"[:_LONGEST])
        position += len(_HOST_END)
    return found
