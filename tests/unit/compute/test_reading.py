"""Missing is empty, malformed is an error."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.compute.reading import MalformedError, find, flag, items, mapping, number, text, texts

EMPTY: list[tuple[Callable[..., Any], Any]] = [
    (text, ""),
    (flag, False),
    (number, 0),
    (mapping, {}),
    (items, ()),
    (texts, ()),
    (find, None),
]


@pytest.mark.parametrize(("read", "empty"), EMPTY)
@pytest.mark.parametrize("node", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}])
def test_what_is_missing_or_null_is_empty(
    read: Callable[..., Any], empty: Any, node: dict[str, Any]
) -> None:
    assert read(node, "a", "b") == empty


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (text, 5),
        (text, ["x"]),
        (flag, "true"),
        (number, "3"),
        (number, True),
        (mapping, []),
        (items, {}),
        (items, ["x"]),
        (texts, [{}]),
    ],
)
def test_another_type_than_documented_is_an_error_that_names_the_property(
    read: Callable[..., Any], value: Any
) -> None:
    with pytest.raises(MalformedError, match=r"a\.b"):
        read({"a": {"b": value}}, "a", "b")


def test_a_path_through_something_that_is_no_object_is_an_error() -> None:
    with pytest.raises(MalformedError, match="a is not an object"):
        text({"a": "x"}, "a", "b")
