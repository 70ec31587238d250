"""Tokens -> expressions: a Pratt parser. Operators on tables are parsed by `statements`."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from local.azure.kql.errors import QueryError
from local.azure.kql.lexer import Token
from local.azure.kql.syntax import (
    Between,
    Binary,
    Call,
    Column,
    Expression,
    Listed,
    Literal,
    Member,
)
from local.azure.kql.table import Value

_COMPARISONS = {
    *("==", "!=", "<>", "=~", "!~", "<", ">", "<=", ">="),
    *(
        "contains",
        "contains_cs",
        "has",
        "has_cs",
        "startswith",
        "startswith_cs",
        "endswith",
        "endswith_cs",
    ),
    *("hasprefix", "hassuffix", "matches"),
}
_NEGATABLE = {
    "contains",
    "contains_cs",
    "has",
    "has_cs",
    "startswith",
    "startswith_cs",
    "endswith",
    "endswith_cs",
}
_LISTED = {"in", "has_any", "has_all"}
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class Cursor:
    """Reads expressions from tokens; `statements` builds the table operators on it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def skip(self, *texts: str) -> str | None:
        """Take the next token if it is one of these names or symbols."""
        if self.token.kind in {"name", "symbol"} and self.token.text.lower() in texts:
            return self.advance().text.lower()
        return None

    def expect(self, text: str) -> None:
        """Take this name or symbol. Raises QueryError if something else comes."""
        if self.skip(text) is None:
            raise self.unexpected(f"{text!r}")

    def name(self) -> str:
        """Take a name. Raises QueryError if something else comes."""
        if self.token.kind != "name":
            raise self.unexpected("a name")
        return self.advance().text

    def unexpected(self, wanted: str) -> QueryError:
        """The error of a token that should not be here."""
        found = self.token.text or "the end of the query"
        return QueryError(f"expected {wanted} at {self.token.position}, found {found!r}")

    def expression(self) -> Expression:
        """Read a whole expression: `or` binds weakest."""
        left = self._and()
        while self.skip("or"):
            left = Binary("or", left, self._and())
        return left

    def expressions(self, end: str) -> list[Expression]:
        """Read expressions parted by commas, and the closing symbol."""
        found: list[Expression] = []
        while not self.skip(end):
            if found:
                self.expect(",")
            found.append(self.expression())
        return found

    def _and(self) -> Expression:
        left = self._comparison()
        while self.skip("and"):
            left = Binary("and", left, self._comparison())
        return left

    def _comparison(self) -> Expression:
        left = self._sum()
        operator = self._comparison_operator()
        if operator is None:
            return left
        if operator.removeprefix("!").removesuffix("~") in _LISTED:
            self.expect("(")
            return Listed(operator, left, self.expressions(")"))
        if operator == "between":
            self.expect("(")
            low = self._sum()
            self.expect("..")
            high = self._sum()
            self.expect(")")
            return Between(left, low, high)
        if operator == "matches":
            self.expect("regex")
        return Binary("!=" if operator == "<>" else operator, left, self._sum())

    def _comparison_operator(self) -> str | None:
        negated = "!" if self.skip("!") else ""
        words = _NEGATABLE | {"in"} if negated else _COMPARISONS | _LISTED | {"between"}
        word = self.skip(*words)
        if word is None:
            if negated:
                raise self.unexpected("an operator that can be negated")
            return None
        tilde = "~" if word == "in" and self.skip("~") else ""
        return negated + word + tilde

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self.skip("+", "-"):
            left = Binary(operator, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._unary()
        while operator := self.skip("*", "/", "%"):
            left = Binary(operator, left, self._unary())
        return left

    def _unary(self) -> Expression:
        if self.skip("-"):
            return Binary("-", Literal(0, "long"), self._unary())
        return self._members(self._atom())

    def _members(self, of: Expression) -> Expression:
        while True:
            if self.skip("."):
                of = Member(of, Literal(self.name(), "string"))
            elif self.skip("["):
                of = Member(of, self.expression())
                self.expect("]")
            else:
                return of

    def _atom(self) -> Expression:
        token = self.token
        if self.skip("("):
            inside = self.expression()
            self.expect(")")
            return inside
        if token.kind in {"end", "symbol"}:
            raise self.unexpected("an expression")
        self.advance()
        if (literal := _literal(token)) is not None:
            return literal
        if self.skip("("):
            return self._call(token.text.lower())
        return Column(token.text)

    def _call(self, name: str) -> Expression:
        if name == "dynamic":
            value = self.json()
            self.expect(")")
            return Literal(value, "dynamic")
        if name == "datetime":
            return Literal(self._datetime(), "datetime")
        return Call(name, self.expressions(")"))

    def _datetime(self) -> datetime:
        text = ""
        while self.token.kind != "end" and not self.skip(")"):
            text += self.advance().text
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise QueryError(
                f"datetime({text}) is not a time this subset reads: use ISO 8601"
            ) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def json(self) -> Value:
        """Read the JSON inside dynamic(...)."""
        token = self.token
        if self.skip("["):
            return self._json_items()
        if self.skip("{"):
            return self._json_object()
        if token.kind == "string":
            return self.advance().text
        sign = "-" if self.skip("-") else ""
        try:
            return json.loads(sign + self.advance().text)
        except json.JSONDecodeError:
            raise QueryError(f"dynamic(...) at {token.position} is not JSON") from None

    def _json_items(self) -> list[Value]:
        items: list[Value] = []
        while not self.skip("]"):
            if items:
                self.expect(",")
            items.append(self.json())
        return items

    def _json_object(self) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while not self.skip("}"):
            if fields:
                self.expect(",")
            key = self.advance().text
            self.expect(":")
            fields[key] = self.json()
        return fields


def _literal(token: Token) -> Literal | None:
    match token.kind:
        case "string":
            return Literal(token.text, "string")
        case "number":
            return _number(token.text)
        case "time":
            return Literal(_timespan(token.text), "timespan")
    word = token.text.lower()
    return Literal(word == "true", "bool") if word in {"true", "false"} else None


def _number(text: str) -> Literal:
    return Literal(int(text), "long") if text.isdecimal() else Literal(float(text), "real")


def _timespan(text: str) -> timedelta:
    unit = text.lstrip("0123456789.")
    return timedelta(seconds=float(text.removesuffix(unit)) * _UNITS[unit])
