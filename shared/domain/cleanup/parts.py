"""A purge command in its parts, so that one can be changed and the whole written again."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.cleanup import words
from shared.domain.cleanup.ago import parse_ago
from shared.domain.cleanup.command import read_command, to_purge
from shared.domain.cleanup.expressions import split_filter
from shared.domain.cleanup.flags import BOOLEANS, Flag, boolean, number
from shared.domain.cleanup.model import Purge, RefusedError
from shared.domain.cleanup.scan import branches, group_end, signs
from shared.domain.cleanup.versions import IMAGE

_SWITCH_ON = "true"
_OPEN_STARTS = (".*", ".+", "(?<!", "(?<=")


class Registry(Struct, frozen=True):
    """The names of a registry's repositories, and of those that workloads pull from."""

    repositories: tuple[str, ...] = ()
    in_use: frozenset[str] = frozenset()


class Parts(Struct, frozen=True):
    """The named version of acr-cli (empty: the alias) and the flags, as written."""

    version: str
    flags: tuple[Flag, ...]

    @property
    def purge(self) -> Purge:
        """What the parts mean. Raises RefusedError where the tool would not run."""
        return to_purge(self.version, self.flags)

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters as written."""
        return tuple(flag.value for flag in self.flags if flag.name == "filter")

    def has(self, name: str) -> bool:
        """Whether the flag is there at all."""
        return any(flag.name == name for flag in self.flags)

    def is_on(self, name: str) -> bool:
        """Whether a flag that is on or off is on."""
        last = self._last(name)
        return last is not None and boolean(last)

    def number(self, name: str) -> int:
        """A flag's number, 0 if it is not there."""
        last = self._last(name)
        return 0 if last is None else number(last)

    def _last(self, name: str) -> Flag | None:
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    def without(self, name: str) -> "Parts":
        """Without the flag."""
        return replace(self, flags=tuple(flag for flag in self.flags if flag.name != name))

    def put(self, name: str, value: str = _SWITCH_ON) -> "Parts":
        """With the flag, instead of any of that name."""
        return replace(self, flags=(*self.without(name).flags, Flag(name, value)))

    def add(self, name: str, values: Iterable[str]) -> "Parts":
        """With the flag, once for each value."""
        return replace(self, flags=(*self.flags, *(Flag(name, value) for value in values)))

    def with_filters(self, change: Callable[[str, str], tuple[str, str]]) -> "Parts":
        """With every filter changed; the function takes and gives repository and tag."""

        def changed(flag: Flag) -> Flag:
            if flag.name != "filter":
                return flag
            return Flag("filter", ":".join(change(*split_filter(flag.value))))

        return replace(self, flags=tuple(changed(flag) for flag in self.flags))

    def command(self) -> str:
        """The command, quoted for a shell."""
        program = [f"{IMAGE}:{self.version}"] if self.version else ["acr"]
        return words.join(
            [*program, "purge", *(word for flag in self.flags for word in _words(flag))]
        )


def read_parts(command: str) -> Parts:
    """Read a command that may lack what the tool needs. Raises RefusedError."""
    return Parts(*read_command(command))


def ago_of(parts: Parts) -> str:
    """The value of ``--ago``, empty if there is none or if the tool stops at it."""
    value = next((flag.value for flag in reversed(parts.flags) if flag.name == "ago"), "")
    try:
        parse_ago(value)
    except RefusedError:
        return ""
    return value


def is_alternation(text: str) -> bool:
    """Whether an expression has alternatives that no parenthesis holds."""
    return len(branches(text)) > 1


def matches_everything(tag: str) -> bool:
    """Whether a tag's expression is one of the usual ones for every tag."""
    return tag.removeprefix("^").removesuffix("$") in {".*", ".+", ".*?", "(.*)"}


def is_anchored(tag: str) -> bool:
    """Whether each alternative says where a name begins and ends, or that it does not matter.

    Raises RefusedError for an expression whose parentheses do not close.
    """
    return all(_opens(branch) and _closes(branch) for branch in branches(tag))


def anchored(tag: str) -> str:
    """The expression for whole names."""
    if is_alternation(tag):
        return f"^({tag})$"
    return f"{'' if _opens(tag) else '^'}{tag}{'' if _closes(tag) else '$'}"


def _opens(branch: str) -> bool:
    return branch.startswith(("^", "\\A", *_OPEN_STARTS))


def _closes(branch: str) -> bool:
    return _ends_in_look_ahead(branch) or any(
        branch.endswith(end) and not _is_escaped(branch, len(branch) - len(end))
        for end in ("$", "\\z", ".*", ".+", ".*?")
    )


def _ends_in_look_ahead(branch: str) -> bool:
    """``^(?!latest$)`` means any name but that; with a ``$`` behind it would mean none at all."""
    return any(
        branch.startswith(("(?!", "(?="), at) and group_end(branch, at) == len(branch) - 1
        for at, c in signs(branch)
        if c == "("
    )


def _is_escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _words(flag: Flag) -> list[str]:
    if flag.name in BOOLEANS:
        return [f"--{flag.name}" if flag.value == _SWITCH_ON else f"--{flag.name}={flag.value}"]
    if flag.value.startswith("-"):
        return [f"--{flag.name}={flag.value}"]
    return [f"--{flag.name}", flag.value]
