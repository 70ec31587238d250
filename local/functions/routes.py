"""ASP.NET route templates: `items/{category}/{id:int?}`, `{page=1}`, `{*rest}`.

Matching ignores case. Where several templates match, literals beat constrained parameters, which
beat plain parameters, which beat a catch-all, segment by segment from the left.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from local.functions.errors import StartupError

_PARAMETER = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>\w+)(?P<constraints>(?::(?:\{\{|\}\}|[^{}?=])+)*)"
    r"(?P<optional>\?)?(?:=(?P<default>[^{}]*))?\}"
)
_CONSTRAINT = re.compile(r":(?P<name>\w+)(?:\((?P<arguments>.*?)\))?(?=:|$)")

type Test = Callable[[str], bool]


def _matches(pattern: str) -> Test:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _searches(pattern: str) -> Test:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.search(value) is not None


def _number_between(low: str, high: str) -> Test:
    lowest, highest = float(low), float(high)
    number = _matches(r"-?\d+")
    return lambda value: number(value) and lowest <= int(value) <= highest


def _length_between(low: str, high: str) -> Test:
    shortest, longest = float(low), float(high)
    return lambda value: shortest <= len(value) <= longest


def _length(low: str, high: str = "") -> Test:
    return _length_between(low, high or low)


_WITHOUT_ARGUMENTS = {
    "int": _matches(r"-?\d+"),
    "long": _matches(r"-?\d+"),
    "bool": _matches(r"true|false"),
    "alpha": _matches(r"[a-z]*"),
    "guid": _matches(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "decimal": _matches(r"-?\d+(\.\d+)?"),
    "double": _matches(r"-?\d+(\.\d+)?(e[+-]?\d+)?"),
    "float": _matches(r"-?\d+(\.\d+)?(e[+-]?\d+)?"),
    "required": _matches(r".+"),
}
_WITH_ARGUMENTS: dict[str, Callable[..., Test]] = {
    "min": partial(_number_between, high="inf"),
    "max": partial(_number_between, "-inf"),
    "range": _number_between,
    "length": _length,
    "minlength": partial(_length_between, high="inf"),
    "maxlength": partial(_length_between, "0"),
}


class _Kind(IntEnum):
    LITERAL = 0
    CONSTRAINED = 1
    PLAIN = 2
    CATCH_ALL = 3


@dataclass(frozen=True)
class Parameter:
    """One `{...}` of a template. `default` is None where there is none."""

    name: str
    tests: tuple[Test, ...]
    optional: bool
    catch_all: bool
    default: str | None

    @property
    def kind(self) -> _Kind:
        """How specific a segment with this parameter is."""
        if self.catch_all:
            return _Kind.CATCH_ALL
        return _Kind.CONSTRAINED if self.tests else _Kind.PLAIN

    @property
    def may_be_absent(self) -> bool:
        """Whether a path matches without its segment."""
        return self.optional or self.catch_all or self.default is not None


@dataclass(frozen=True)
class Route:
    """A parsed template; `precedence` sorts the most specific first."""

    pattern: re.Pattern[str]
    parameters: tuple[Parameter, ...]
    precedence: tuple[_Kind, ...]

    def match(self, path: str) -> dict[str, str] | None:
        """The route values of a decoded path without its leading slash, or None."""
        found = self.pattern.fullmatch(path.strip("/"))
        if found is None:
            return None
        values: dict[str, str] = {}
        for parameter, text in zip(self.parameters, found.groups(), strict=True):
            value = text or parameter.default
            if value is None:
                continue
            if text and not all(test(text) for test in parameter.tests):
                return None
            values[parameter.name] = value
        return values


def parse_route(template: str) -> Route:
    """Parse a template. Raises StartupError where ASP.NET would refuse it."""
    segments = [segment for segment in template.strip("/").split("/") if segment]
    pattern, precedence = "", []
    parameters: list[Parameter] = []
    for segment in segments:
        text, inside = _segment(segment, template)
        absent = bool(inside) and inside[-1].may_be_absent
        slash = "/" if pattern else ""
        pattern += f"(?:{slash}{text})?" if absent else f"{slash}{text}"
        parameters += inside
        precedence.append(max((parameter.kind for parameter in inside), default=_Kind.LITERAL))
    return Route(re.compile(pattern, re.IGNORECASE), tuple(parameters), tuple(precedence))


def _segment(segment: str, template: str) -> tuple[str, list[Parameter]]:
    """The regular expression of one segment, with a group for each of its parameters."""
    text, end = "", 0
    parameters: list[Parameter] = []
    for found in _PARAMETER.finditer(segment):
        text += _literal(segment[end : found.start()], template)
        parameter = _parameter(found, template)
        parameters.append(parameter)
        text += "(.*)" if parameter.catch_all else "([^/]+)"
        end = found.end()
    return text + _literal(segment[end:], template), parameters


def _literal(text: str, template: str) -> str:
    if set(text) & set("{}?*"):
        raise StartupError(f"the route {template!r} cannot be read near {text!r}")
    return re.escape(text)


def _parameter(found: re.Match[str], template: str) -> Parameter:
    tests = (_test(each, template) for each in _constraints(found["constraints"], template))
    return Parameter(
        name=found["name"],
        tests=tuple(tests),
        optional=bool(found["optional"]),
        catch_all=bool(found["star"]),
        default=found["default"],
    )


def _constraints(text: str, template: str) -> Iterable[re.Match[str]]:
    position = 0
    for found in _CONSTRAINT.finditer(text):
        if found.start() != position:
            break
        position = found.end()
        yield found
    if position != len(text):
        raise StartupError(f"the route {template!r} has a constraint that cannot be read: {text!r}")


def _test(constraint: re.Match[str], template: str) -> Test:
    name, arguments = constraint["name"].lower(), constraint["arguments"]
    try:
        if name == "regex" and arguments is not None:
            return _searches(arguments.replace("{{", "{").replace("}}", "}"))
        if arguments is None:
            return _WITHOUT_ARGUMENTS[name]
        return _WITH_ARGUMENTS[name](*(part.strip() for part in arguments.split(",")))
    except (KeyError, TypeError, ValueError, re.error):
        raise StartupError(
            f"the route {template!r} has an unknown constraint {constraint[0][1:]!r}"
        ) from None
