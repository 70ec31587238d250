"""Numbers of operating systems' errors, which stay when a text is in another language."""

import re

from shared.explain.lexicon.sign import Sign

_NUMBER = re.compile(
    r"\b(?:errno|os error|winerror|socketexception|socket error):? [\[(]?0{0,8}(-?[1-9]\d{0,4})\b"
)
_SIGNS = {
    Sign.NO_SUCH_HOST: ("-2", "11001"),
    Sign.LOOKUP_FAILED: ("-3", "-5", "11002", "11004"),
    Sign.TIMEOUT: ("110", "10060"),
    Sign.NO_CONNECTION: (
        *("101", "103", "104", "111", "113"),
        *("10051", "10053", "10054", "10061", "10065"),
    ),
    Sign.NO_SPACE: ("28", "112", "122"),
}
_BY_NUMBER = {number: sign for sign, numbers in _SIGNS.items() for number in numbers}


def signs_of_numbers(text: str) -> set[Sign]:
    """What the numbers of a text in lower case say."""
    if "err" not in text and "socketexception" not in text:
        return set()
    return {_BY_NUMBER[found] for found in _NUMBER.findall(text) if found in _BY_NUMBER}
