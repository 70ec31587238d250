"""``--ago`` as the tool reads it: days, then a Go duration, with the quirks of both readers.

Source: ``parseDuration`` of acr-cli (2019 to 2026), Go's ``fmt.Sscanf`` and ``time.ParseDuration``.
"""

import re
from datetime import timedelta
from fractions import Fraction

from shared.domain.cleanup.model import RefusedError

LONGEST = timedelta(days=150 * 365)
"""The tool caps longer ones. One that Go calls an "invalid duration" becomes this too."""

_DAYS = re.compile(r"\s*([+-]?[0-9]+)")
_DURATION = re.compile(r"([+-]?)((?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {
    "ns": Fraction(1, 1000),
    "us": Fraction(1),
    "µs": Fraction(1),
    "μs": Fraction(1),
    "ms": Fraction(1000),
    "s": Fraction(10**6),
    "m": Fraction(60 * 10**6),
    "h": Fraction(3600 * 10**6),
}
_LARGEST = 2**63 - 1
_COUNTED = timedelta(microseconds=_LARGEST // 1000)
"""292 years: what 64 bits of nanoseconds hold. Only the longest is capped, not the least."""
LONGEST_TEXT = 100


def parse_ago(text: str) -> timedelta:
    """How long ago, to the microsecond; negative where the text says so.

    What is behind a ``d`` that is no duration is dropped, as the tool drops it: ``3h2d`` is
    three days, and ``d`` is none at all.

    Raises:
        RefusedError: where the tool stops with an error.

    """
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"--ago is longer than {LONGEST_TEXT} characters")
    if not text.strip():
        raise RefusedError("--ago is empty; a duration such as 30d or 2d3h6m is needed")
    if not text.isprintable():
        raise RefusedError(
            f"--ago is {text!r}: the tool takes line breaks and the like for its end"
        )
    days, rest = _split(text)
    whole = timedelta(days=max(min(days, LONGEST.days), -_COUNTED.days - 1))
    read = _added(whole, rest, capped=days > LONGEST.days)
    if min(whole, read) < -_COUNTED:
        raise RefusedError(
            f"--ago {text!r} is below what the tool can count, which goes round then"
        )
    return read


def _added(whole: timedelta, rest: str, *, capped: bool) -> timedelta:
    if not rest:
        return whole
    more = _go_duration(rest)
    if more is None:  # "invalid duration" or an overflow: the tool takes the longest
        return whole if capped else min(whole + LONGEST, LONGEST)
    return min(whole + min(more, LONGEST), LONGEST)


def is_plain(text: str) -> bool:
    """Whether the text means what it looks like: ``30d``, ``12h``, ``2d3h6m``."""
    return bool(
        re.fullmatch(r"(?:[0-9]{1,6}d)?(?:[0-9]{1,6}h)?(?:[0-9]{1,6}m)?(?:[0-9]{1,6}s)?", text)
    ) and (parse_ago(text) < LONGEST)


def _split(text: str) -> tuple[int, str]:
    """The days and the duration behind them. A number that overflows counts as no number."""
    if "d" not in text:
        return 0, text.split(maxsplit=1)[0]
    found = _DAYS.match(text)
    if not found or abs(int(found.group(1))) > _LARGEST:
        return 0, ""
    days, behind = int(found.group(1)), text[found.end() :]
    if not behind.startswith("d"):
        return days, ""
    rest = behind[1:].split()
    return days, rest[0] if rest else ""


def _go_duration(text: str) -> timedelta | None:
    """Go's reading; None where its message has "invalid duration"."""
    if text.lstrip("+-") == "0" and len(text) <= len("-0"):
        return timedelta(0)
    found = _DURATION.fullmatch(text)
    if not found:
        _refuse_unknown_unit(text)
        return None
    micros = sum((_part(*part) for part in _PART.findall(found.group(2))), Fraction(0))
    if micros * 1000 > _LARGEST:
        return None
    sign = -1 if found.group(1) == "-" else 1
    return sign * timedelta(microseconds=int(micros))


def _part(whole: str, fraction: str, unit: str) -> Fraction:
    digits = Fraction(int(whole or "0"))
    if fraction:
        digits += Fraction(int(fraction), 10 ** len(fraction))
    return digits * _UNITS[unit]


def _refuse_unknown_unit(text: str) -> None:
    """Go says "invalid duration" of anything else that is none, and the tool goes on then."""
    position = 1 if text[0] in "+-" else 0
    while position < len(text):
        number = re.compile(r"[0-9]*\.?[0-9]*").match(text, position)
        if not number or not any(c.isdigit() for c in number.group()):
            return
        unit = re.compile(r"[^0-9.]*").match(text, number.end())
        name = unit.group() if unit else ""
        if name not in _UNITS:
            what = f"the unit {name!r} of --ago" if name else "--ago without a unit"
            raise RefusedError(
                f"{what} is not known to the tool ({text!r}); it takes days and then h, m, s: "
                "30d, 12h, 2d3h6m"
            )
        position = number.end() + len(name)
