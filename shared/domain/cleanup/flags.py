"""The flags of ``acr purge``, read as the tool's own reader (pflag) reads them."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from shared.domain.cleanup.model import RefusedError

BOOLEANS = frozenset({"untagged", "untagged-only", "dry-run", "include-locked", "verbose", "help"})
COUNTS = frozenset({"min-tags", "max-tags", "min-untagged-manifests", "max-untagged-manifests"})
"""Newer than 0.19, the release that the documentation names."""
NUMBERS = COUNTS | {"keep", "concurrency", "filter-timeout-seconds", "repository-page-size"}
TEXTS = frozenset({"filter", "ago", "config", "registry", "username", "password"})
SHORT = {"f": "filter", "c": "config", "r": "registry", "u": "username", "p": "password"}
KNOWN = (
    "--filter, --ago, --keep, --untagged, --untagged-only, --include-locked, --dry-run, "
    "--min-tags, --max-tags, --min-untagged-manifests, --max-untagged-manifests, --concurrency, "
    "--filter-timeout-seconds, --repository-page-size, --registry"
)

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_GO_INTEGER = re.compile(
    r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))"
)


class Flag(Struct, frozen=True):
    """One flag by its long name, and its value as written."""

    name: str
    value: str


def read_flags(words: Sequence[str]) -> tuple[Flag, ...]:
    """Every flag in order. Other words are passed over, as the tool does.

    Raises:
        RefusedError: for a flag that the tool does not know, or one without its value.

    """
    return tuple(_flags(iter(words)))


def _flags(words: Iterator[str]) -> Iterator[Flag]:
    for word in words:
        if word == "--":
            return
        if word.startswith("--"):
            yield _long(word[2:], words)
        elif word.startswith("-") and len(word) > 1:
            yield _short(word[1:], words)


def _long(text: str, words: Iterator[str]) -> Flag:
    name, equals, value = text.partition("=")
    if name not in BOOLEANS | NUMBERS | TEXTS:
        raise RefusedError(f"acr purge has no flag --{name[:100]}; it has {KNOWN}")
    if equals:
        return Flag(name, value)
    if name in BOOLEANS:
        return Flag(name, "true")
    return Flag(name, _next(words, f"--{name}"))


def _short(text: str, words: Iterator[str]) -> Flag:
    letter, value = text[0], text[1:].removeprefix("=")
    if letter == "h":
        return Flag("help", "true")
    if letter not in SHORT:
        raise RefusedError(f"acr purge has no flag -{letter} (in -{text[:100]}); it has {KNOWN}")
    return Flag(SHORT[letter], value or _next(words, f"-{letter}"))


def _next(words: Iterator[str], flag: str) -> str:
    value = next(words, None)
    if value is None:
        raise RefusedError(f"{flag} needs a value")
    return value


def boolean(flag: Flag) -> bool:
    """The value of a flag that is on or off. Raises RefusedError."""
    if flag.value in _TRUE or flag.value in _FALSE:
        return flag.value in _TRUE
    raise RefusedError(f"--{flag.name} is {flag.value[:100]!r}, and must be true or false")


def number(flag: Flag) -> int:
    """The value of a flag that is a number, as Go writes them (``010`` is eight).

    Raises RefusedError.
    """
    found = _GO_INTEGER.fullmatch(flag.value)
    if not found or len(flag.value) > len("-9223372036854775808"):
        raise RefusedError(f"--{flag.name} is {flag.value[:100]!r}, and must be a whole number")
    sign, hexadecimal, octal, binary, decimal = found.groups()
    for digits, base in ((hexadecimal, 16), (octal, 8), (binary, 2), (decimal, 10)):
        if digits is not None:
            return _in_64_bits(flag, int(digits, base) * (-1 if sign == "-" else 1))
    raise AssertionError(flag)


def _in_64_bits(flag: Flag, value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise RefusedError(f"--{flag.name} is {flag.value[:100]!r}: too large for the tool")
    return value
