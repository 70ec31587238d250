"""The verbs of the control API as a command line: required arguments in order, others by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_origin

import msgspec
from msgspec.structs import FieldInfo

from local.arguments import Parser
from local.azure.control.verbs import VERBS, Verb

PLAIN: Mapping[str, str] = {
    "undo": "Take back the last edit.",
    "reset": "Start again from the estate's file.",
    "reset-requests": "Count requests from 0 again.",
}
"""What the control API takes beside its verbs, without arguments."""


_SWITCHES = {"true": "on", "false": "off"}


def described() -> Iterator[str]:
    """Every verb with its arguments and what it does, by chapters, as lines."""
    for chapter in dict.fromkeys(verb.chapter for verb in VERBS.values()):
        yield f"\n {chapter[0].upper()}{chapter[1:]}"
        for name, verb in VERBS.items():
            if verb.chapter == chapter:
                yield from (f"  {_usage(name, verb)}", f"      {verb.help}")
    yield "\n And back"
    for name, what in PLAIN.items():
        yield from (f"  {name}", f"      {what}")


def _usage(name: str, verb: Verb) -> str:
    fields = msgspec.structs.fields(verb.arguments)
    words = [_shown(field) for field in sorted(fields, key=lambda field: not field.required)]
    return " ".join([name, *words])


def is_verb(name: str) -> bool:
    """Whether the control API knows it."""
    return name in VERBS or name in PLAIN


def parsed(name: str, words: Sequence[str]) -> dict[str, Any]:
    """The JSON body of a verb from the words of a command line; wrong ones exit with 64."""
    verb = VERBS.get(name)
    what = verb.help if verb else PLAIN[name]
    parser = Parser(prog=f"python -m local {name}", description=what)
    if verb is None:
        parser.parse_args(words)
        return {}
    return _body(parser, verb, words)


def _body(parser: Parser, verb: Verb, words: Sequence[str]) -> dict[str, Any]:
    accepted = verb.accepted()
    fields = msgspec.structs.fields(verb.arguments)
    for field in fields:
        several = "+" if get_origin(field.type) is tuple else None
        help_ = _spoken(accepted[field.encode_name])
        parser.add_argument(_flag(field), nargs=several, help=help_)
    given = vars(parser.parse_args(words))
    named = {
        field.encode_name: _word(field, given[field.name])
        for field in fields
        if given[field.name] is not None
    }
    try:
        arguments = msgspec.convert(named, verb.arguments, strict=False)
    except msgspec.ValidationError as why:
        parser.error(str(why))
    body: dict[str, Any] = msgspec.to_builtins(arguments)
    return {name: value for name, value in body.items() if name in named}


def _word(field: FieldInfo, given: Any) -> Any:
    return {"on": True, "off": False}.get(given, given) if field.type is bool else given


def _spoken(accepted: str) -> str:
    """What the API accepts, in the words of a command line."""
    return re.sub(r"\b(true|false)\b", lambda found: _SWITCHES[found[0]], accepted)


def _flag(field: FieldInfo) -> str:
    return field.name if field.required else f"--{field.name.replace('_', '-')}"


def _shown(field: FieldInfo) -> str:
    return field.name.upper() if field.required else f"[{_flag(field)}]"
