"""Conditions of role assignments (Azure ABAC), evaluated for one request.

Source: learn.microsoft.com/azure/role-based-access-control/conditions-format. What is not
understood is never guessed: it makes the answer None, unless the rest decides without it.
"""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from shared.domain.wildcards import like, matches

type Truth = bool | None
"""True, False, or None for "cannot tell" (three-valued logic)."""

DEEPEST = 60
"""Parentheses within parentheses before a condition counts as unreadable."""

_TOKENS = re.compile(
    r"\s+|(?P<mark>&&|\|\||[!(){},])|'(?P<string>(?:[^'\\]|\\.)*)'"
    r"|@(?P<source>\w+)\[(?P<attribute>[^\]]*)\]|(?P<word>[\w.:+-]+)",
    re.DOTALL,
)
_LOGIC = {"and": "&&", "or": "||", "not": "!"}
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda have, want: have == want,
    "startswith": lambda have, want: have.startswith(want),
    "like": lambda have, want: like(want, have),
}
_OPERATOR = re.compile(
    r"(?:(?P<many>forany|forall)of(?P<which>any|all)values:)?"
    r"string(?P<negated>not)?(?P<compare>equals|startswith|like)(?P<fold>ignorecase)?"
)


class Request(Struct, frozen=True):
    """What is asked for. ``attributes`` are ``provider/type:name`` in lower case -> value."""

    action: str
    attributes: dict[str, str]


class Token(Struct, frozen=True):
    """One piece of a condition; an attribute has a source, such as ``request``."""

    kind: str
    text: str
    source: str = ""


class UnreadableError(Exception):
    """A condition that does not follow the grammar."""


def holds(condition: str, request: Request) -> Truth:
    """Whether a condition admits the request. No condition admits everything. Never raises."""
    if not condition.strip():
        return True
    try:
        return _Reader(list(_tokens(condition)), request).whole()
    except UnreadableError:
        return None


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = _TOKENS.match(text, position)
        if not found:
            raise UnreadableError(f"at {position}")
        position = found.end()
        kind = found.lastgroup
        if kind == "attribute":
            yield Token("attribute", found["attribute"].lower(), found["source"].lower())
        elif kind == "word" and found["word"].lower() in _LOGIC:
            yield Token("mark", _LOGIC[found["word"].lower()])
        elif kind:
            yield Token(kind, found[kind])


class _Reader:
    """Reads and evaluates in one pass: a condition has no effects, so nothing is skipped."""

    def __init__(self, tokens: list[Token], request: Request) -> None:
        self._tokens = tokens
        self._request = request
        self._at = 0
        self._depth = 0

    def whole(self) -> Truth:
        truth = self._group()
        if self._at != len(self._tokens):
            raise UnreadableError("text after the end")
        return truth

    def _group(self) -> Truth:
        """Terms joined by one operator. Mixed ones need parentheses, says the format."""
        truths, joint = [self._term()], ""
        while (mark := self._peek()) in ("&&", "||"):
            if joint and mark != joint:
                raise UnreadableError("AND and OR without parentheses")
            joint = mark
            self._at += 1
            truths.append(self._term())
        return _all(truths) if joint == "&&" else _any(truths)

    def _term(self) -> Truth:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableError("nested too deeply")
        try:
            if self._peek() == "!":
                self._at += 1
                inner = self._term()
                return None if inner is None else not inner
            if self._peek() == "(":
                self._at += 1
                inner = self._group()
                self._expect(")")
                return inner
            return self._expression()
        finally:
            self._depth -= 1

    def _expression(self) -> Truth:
        token = self._next()
        if token.kind == "attribute":
            return self._comparison(token)
        if token.kind != "word":
            raise UnreadableError(token.text)
        match token.text.lower():
            case "actionmatches":
                patterns = self._values()
                hits = [matches(pattern, self._request.action) for pattern in patterns]
                return any(hits) if patterns else None
            case "suboperationmatches":
                self._values()
                return None
            case "exists":
                have = self._value_of(self._next())
                return None if have is None else True
        raise UnreadableError(token.text)

    def _comparison(self, attribute: Token) -> Truth:
        operator = self._next()
        wanted = self._values()
        have = self._value_of(attribute)
        found = _OPERATOR.fullmatch(operator.text.lower()) if operator.kind == "word" else None
        if found is None or have is None or not wanted:
            return None
        if len(wanted) > 1 and not found["many"]:
            return None
        fold = str.lower if found["fold"] else str
        compare, negated = _COMPARE[found["compare"]], bool(found["negated"])
        hits = [compare(fold(have), fold(want)) is not negated for want in wanted]
        return all(hits) if found["which"] == "all" else any(hits)

    def _values(self) -> list[str]:
        """A value, or several in braces; none where a value is not plain text."""
        if self._peek() != "{":
            return self._plain([self._next()])
        self._at += 1
        found = [self._next()]
        while self._peek() == ",":
            self._at += 1
            found.append(self._next())
        self._expect("}")
        return self._plain(found)

    def _plain(self, tokens: list[Token]) -> list[str]:
        if any(token.kind == "mark" for token in tokens):
            raise UnreadableError("a value was expected")
        return [t.text for t in tokens] if all(t.kind == "string" for t in tokens) else []

    def _value_of(self, attribute: Token) -> str | None:
        if attribute.kind != "attribute":
            raise UnreadableError("an attribute was expected")
        known = self._request.attributes if attribute.source == "request" else {}
        return known.get(attribute.text)

    def _peek(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token.text if token and token.kind == "mark" else ""

    def _next(self) -> Token:
        if self._at >= len(self._tokens):
            raise UnreadableError("the end came early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, mark: str) -> None:
        token = self._next()
        if token.kind != "mark" or token.text != mark:
            raise UnreadableError(f"{mark} was expected")


def _all(truths: list[Truth]) -> Truth:
    if any(truth is False for truth in truths):
        return False
    return None if None in truths else True


def _any(truths: list[Truth]) -> Truth:
    if any(truth is True for truth in truths):
        return True
    return None if None in truths else False
