"""The codec: what is encoded can be decoded, and what cannot be decoded does no harm."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.servicebus.codec import (
    Array,
    DecodeError,
    Described,
    Long,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
    decode,
    encode,
    skip,
)
from local.servicebus.codec.sections import list_fields, map_entries

_STEADY = settings(deadline=None, max_examples=60)

_INT64 = st.integers(-(2**63), 2**63 - 1)
_ASCII = st.text(st.characters(max_codepoint=127), max_size=300)
_SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    _INT64,
    _INT64.map(Long),
    _INT64.map(Timestamp),
    st.integers(0, 2**8 - 1).map(UByte),
    st.integers(0, 2**16 - 1).map(UShort),
    st.integers(0, 2**32 - 1).map(UInt),
    st.integers(0, 2**64 - 1).map(ULong),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    _ASCII.map(Symbol),
    st.binary(max_size=300),
    st.uuids(),
    st.lists(st.uuids()).map(lambda items: Array(0x98, tuple(items))),
    st.lists(_INT64).map(lambda items: Array(0x81, tuple(items))),
    st.lists(_ASCII.map(Symbol)).map(lambda items: Array(0xB3, tuple(items))),
)
_KEYS = st.one_of(st.text(max_size=20), _ASCII.map(Symbol), st.uuids())


def _compounds(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    descriptors = st.one_of(st.integers(0, 2**64 - 1), _ASCII.map(Symbol))
    return st.one_of(
        st.lists(values),
        st.dictionaries(_KEYS, values),
        st.builds(Described, descriptors, values),
    )


_VALUES: st.SearchStrategy[Value] = st.recursive(_SCALARS, _compounds, max_leaves=10)


@_STEADY
@given(_VALUES)
def test_decode_gives_back_what_was_encoded(value: Value) -> None:
    data = encode(value)
    decoded, end = decode(data)
    assert decoded == value
    assert end == len(data)


@_STEADY
@given(_VALUES, st.binary(max_size=8))
def test_skip_ends_where_decode_ends(value: Value, rest: bytes) -> None:
    data = encode(value)
    assert skip(data + rest, 0) == len(data)
    assert decode(memoryview(data + rest))[1] == len(data)


@_STEADY
@given(_VALUES, st.data())
def test_a_value_cut_short_is_refused(value: Value, data: st.DataObject) -> None:
    encoded = encode(value)
    length = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(DecodeError):
        decode(encoded[:length])


@_STEADY
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (decode, list_fields, map_entries):
        try:
            read(data)
        except DecodeError:
            continue


@_STEADY
@given(st.lists(_VALUES, max_size=300))
def test_the_fields_of_a_list_stay_encoded(values: list[Value]) -> None:
    assert list_fields(encode(values)) == [encode(value) for value in values]


@_STEADY
@given(st.dictionaries(_KEYS, _VALUES, max_size=150))
def test_the_entries_of_a_map_stay_encoded(entries: dict[Value, Value]) -> None:
    found = map_entries(encode(entries))
    assert [(entry.name, entry.value) for entry in found] == [
        (key, encode(value)) for key, value in entries.items()
    ]


_ID = "f81d4fae7dec11d0a76500a0c91e6bf6"


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("40", None),
        ("5601", True),
        ("43", 0),
        ("5280", 128),
        ("54ff", -1),
        ("71fffffffe", -2),
        ("723fc00000", 1.5),
        ("730001f600", "\U0001f600"),
        ("830000000000000005", Timestamp(5)),
        ("98" + _ID, uuid.UUID(_ID)),
        ("a10548656c6c6f", "Hello"),
        ("a304616d7170", Symbol("amqp")),
        ("c0050240a10161", [None, "a"]),
        ("c1060243a1026162", {0: "ab"}),
        ("e00803a3016101620163", Array(0xA3, (Symbol("a"), Symbol("b"), Symbol("c")))),
        ("005324" + "45", Described(0x24, [])),
    ],
)
def test_decodes_the_bytes_of_the_specification(data: str, value: Value) -> None:
    assert decode(bytes.fromhex(data))[0] == value


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("f000000005ffffffff40", id="four billion nulls"),
        pytest.param("d0ffffffff00000001", id="a list beyond the end"),
        pytest.param("b1ffffffff61", id="a string beyond the end"),
        pytest.param("c10201a10161", id="a key without a value"),
        pytest.param("c003014040", id="bytes left over in a list"),
        pytest.param("5602", id="a boolean of 2"),
        pytest.param("a101ff", id="not utf-8"),
        pytest.param("ff", id="no such constructor"),
        pytest.param("00" * 5000, id="descriptors of descriptors"),
        pytest.param("c103024540", id="a list as a key"),
    ],
)
def test_refuses(data: str) -> None:
    with pytest.raises(DecodeError):
        decode(bytes.fromhex(data))


def test_only_amqp_values_can_be_encoded() -> None:
    with pytest.raises(TypeError, match="set"):
        encode({1, 2})  # type: ignore[arg-type]
