"""YAML text to an `Estate`, with mistakes that name the place, the value and what is accepted."""

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from local.estates.mistakes import Mistake
from local.estates.model import Estate

AT = re.compile(r" - at `\$(?P<path>.*)`$")
STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
WORD_FOR = {
    "`object`": "a mapping (key: value)",
    "`array`": "a list",
    "`str`": "text",
    "`int`": "a whole number",
    "`bool`": "true or false",
    "`null`": "nothing",
}
WORDS = re.compile("|".join(WORD_FOR))
FIELD = re.compile(r"field `(?P<name>\w+)`")


if TYPE_CHECKING:
    from yaml import SafeLoader as FastLoader
else:  # the one in C, where PyYAML was built with it
    FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UniqueKeyLoader(FastLoader):
    """YAML in which a key may not be written twice, as the first would be lost silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """As in PyYAML; raises a ConstructorError at the second occurrence of a key."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a list or a mapping", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is written twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse(text: str) -> Estate | Mistake:
    """Read an estate whose references are not checked yet."""
    try:
        raw = yaml.load(text, UniqueKeyLoader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        return syntax_mistake(error)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits, a date that is none
        return Mistake("", str(error), "YAML of usual values")
    try:
        return msgspec.convert(raw, Estate)
    except msgspec.ValidationError as error:
        return schema_mistake(raw, str(error))


def syntax_mistake(error: yaml.YAMLError) -> Mistake:
    """Say where YAML itself is broken."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return Mistake(where, getattr(error, "problem", str(error)), "YAML, each key once")


def schema_mistake(raw: object, message: str) -> Mistake:
    """Say what the schema asked for at the place where the value is."""
    found = AT.search(message)
    path = found["path"] if found else ""
    reason = AT.sub("", message)
    if reason.startswith("Object contains unknown field"):
        return unknown_key(path, reason)
    value = value_at(raw, path)
    return Mistake(path.removeprefix("."), value, accepted(path, value, reason))


def unknown_key(path: str, reason: str) -> Mistake:
    """A key that the schema does not have, with those it has."""
    name = FIELD.search(reason)
    struct = type_at(path)
    keys = [each.encode_name for each in msgspec.structs.fields(struct)] if struct else []
    key = name["name"] if name else ""
    return Mistake(f"{path}.{key}".removeprefix("."), key, "the keys " + ", ".join(sorted(keys)))


def accepted(path: str, value: object, reason: str) -> str:
    """What may stand here: the members of an enumeration, else the schema's own words."""
    if reason.startswith("Invalid enum value"):
        parent, _, key = path.rpartition(".")
        struct = type_at(parent)
        for field in msgspec.structs.fields(struct) if struct else ():
            if field.encode_name == key:
                return ", ".join(map(repr, literals(field.type)))
    hint = ' (put it in quotes: "...")' if is_number_for_text(value, reason) else ""
    return in_words(reason.replace("Expected ", "")) + hint


def in_words(reason: str) -> str:
    """The schema's own words where they say what is accepted, else that."""
    if "uration" in reason:
        return "an ISO 8601 duration in days and smaller, such as P30D or PT6H"
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", reason):
        return f"a mapping that has {missing[1]!r}"
    return WORDS.sub(lambda found: WORD_FOR[found[0]], reason)


def is_number_for_text(value: object, reason: str) -> bool:
    """YAML reads an unquoted `1.10` as a number, `no` as a truth value."""
    return isinstance(value, int | float | bool) and reason.startswith("Expected `str`")


def literals(kind: object) -> list[object]:
    """Every value of the Literals within a type."""
    info = msgspec.inspect.type_info(kind)
    inner = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return [
        v for each in inner if isinstance(each, msgspec.inspect.LiteralType) for v in each.values
    ]


def value_at(raw: Any, path: str) -> object:
    """The value in raw YAML at a msgspec path; `[...]` (any key of a mapping) ends the walk."""
    for step in STEP.finditer(path):
        if step["index"] == "...":
            return raw
        try:
            raw = raw[step["key"]] if step["key"] else raw[int(step["index"])]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def type_at(path: str) -> type[msgspec.Struct] | None:
    """The struct that the schema has at a msgspec path, None when it is something else."""
    info: msgspec.inspect.Type = msgspec.inspect.type_info(Estate)
    for step in STEP.finditer(path):
        info = below(info, step["key"])
    return info.cls if isinstance(info, msgspec.inspect.StructType) else None


def below(info: msgspec.inspect.Type, key: str | None) -> msgspec.inspect.Type:
    """The type of a key of a struct, or of an item of a list or mapping."""
    match unwrap(info):
        case msgspec.inspect.StructType(fields=fields) if key:
            return next((unwrap(f.type) for f in fields if f.encode_name == key), info)
        case msgspec.inspect.ListType(item_type=item):
            return unwrap(item)
        case msgspec.inspect.DictType(value_type=item):
            return unwrap(item)
        case other:
            return other


def unwrap(info: msgspec.inspect.Type) -> msgspec.inspect.Type:
    """Without metadata, and without the None of an optional."""
    if isinstance(info, msgspec.inspect.Metadata):
        return unwrap(info.type)
    if isinstance(info, msgspec.inspect.UnionType):
        rest = [t for t in info.types if not isinstance(t, msgspec.inspect.NoneType)]
        return unwrap(rest[0])
    return info
