"""Conditions of role assignments (ABAC), as far as registries use them.

The language is Azure's, version 2.0: `ActionMatches{'...'}`, comparisons of
`@Request[Microsoft.ContainerRegistry/registries/repositories:name]`, AND, OR, NOT, parentheses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from local.estates.wildcards import is_like, stands_for

TOKEN: Final = re.compile(
    r"\s*(?:(?P<action>ActionMatches)\s*\{\s*'(?P<pattern>[^']*)'\s*\}"
    r"|(?P<attribute>@\w+\[[^\]]+\])"
    r"|(?P<text>'[^']*')"
    r"|(?P<set>\{[^}]*\})"
    r"|(?P<symbol>\(|\)|&&|\|\||!)"
    r"|(?P<word>[A-Za-z:]+))"
)
NAME: Final = "@request[microsoft.containerregistry/registries/repositories:name]"

type Compare = Callable[[str, str], bool]

COMPARISONS: Final[dict[str, Compare]] = {
    "StringEquals": lambda value, text: value == text,
    "StringStartsWith": lambda value, text: value.startswith(text),
    "StringLike": is_like,
}


class ConditionError(ValueError):
    """A condition that is not understood; such a one grants nothing."""


@dataclass(frozen=True)
class Request:
    """What a condition is about."""

    action: str
    """Data action, such as `Microsoft.ContainerRegistry/registries/repositories/content/read`."""
    repository: str | None
    """None when the request is about no repository, as the catalog is."""


type Condition = Callable[[Request], bool]


@lru_cache(maxsize=1024)
def compile_condition(text: str) -> Condition:
    """The condition as a function; raises ConditionError."""
    return Parser(text).whole()


class Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.tokens: list[re.Match[str]] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            found = TOKEN.match(text, at)
            if not found:
                raise ConditionError(f"not understood: {text[at : at + 40]!r}")
            self.tokens.append(found)
            at = found.end()
        self.at = 0

    def whole(self) -> Condition:
        """The whole text as one condition."""
        condition = self.either()
        if self.at < len(self.tokens):
            raise ConditionError(f"not expected: {self.tokens[self.at][0].strip()!r}")
        return condition

    def either(self) -> Condition:
        """`a OR b`."""
        parts = [self.both()]
        while self.take("OR", "||"):
            parts.append(self.both())
        return lambda request: any(part(request) for part in parts)

    def both(self) -> Condition:
        """`a AND b`."""
        parts = [self.single()]
        while self.take("AND", "&&"):
            parts.append(self.single())
        return lambda request: all(part(request) for part in parts)

    def single(self) -> Condition:
        """A negation, a group, an action or a comparison."""
        if self.take("NOT", "!"):
            inner = self.single()
            return lambda request: not inner(request)
        if self.take("("):
            group = self.either()
            if not self.take(")"):
                raise ConditionError("a parenthesis is not closed")
            return group
        token = self.next()
        if token["action"]:
            pattern = token["pattern"].lower()
            return lambda request: stands_for(pattern, request.action.lower())
        if token["attribute"]:
            return self.comparison(token["attribute"])
        raise ConditionError(f"not expected: {token[0].strip()!r}")

    def comparison(self, attribute: str) -> Condition:
        """`@Request[...] StringStartsWithIgnoreCase 'backend/'`."""
        if attribute.lower() != NAME:
            raise ConditionError(f"the attribute {attribute} is not known")
        operator, operand = self.next()["word"] or "", self.next()
        texts = re.findall(r"'([^']*)'", operand["text"] or operand["set"] or "")
        if not texts:
            raise ConditionError(f"a text in quotes must follow {operator}")
        matches = comparison_of(operator)
        return lambda request: matches(request.repository, texts)

    def next(self) -> re.Match[str]:
        """The next token."""
        if self.at >= len(self.tokens):
            raise ConditionError("the condition ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, *words: str) -> bool:
        """Go past the next token if it is one of these."""
        if self.at < len(self.tokens) and self.tokens[self.at][0].strip().upper() in words:
            self.at += 1
            return True
        return False


def comparison_of(operator: str) -> Callable[[str | None, list[str]], bool]:
    """An operator by name: `String{Not}{Equals|StartsWith|Like}{IgnoreCase}`, and ForAnyOf."""
    name = operator.removeprefix("ForAnyOfAnyValues:")
    ignores_case = name.endswith("IgnoreCase")
    name = name.removesuffix("IgnoreCase")
    negated = name.startswith("StringNot")
    compare = COMPARISONS.get(name.replace("StringNot", "String"))
    if compare is None:
        raise ConditionError(f"the operator {operator} is not known")

    def holds(value: str | None, texts: list[str]) -> bool:
        if value is None:
            return False
        given = value.lower() if ignores_case else value
        wanted = [text.lower() if ignores_case else text for text in texts]
        return any(compare(given, text) for text in wanted) != negated

    return holds
