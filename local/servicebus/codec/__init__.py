"""The type system and the encodings of AMQP 1.0 (OASIS AMQP 1.0, part 1).

`decode` and `encode` turn bytes into values and back; `sections` cuts lists, maps and messages
into their still encoded parts, so that what the broker only carries stays byte for byte as sent.
"""

from local.servicebus.codec.decode import DecodeError, decode, skip
from local.servicebus.codec.encode import described_list, encode, encode_list, encode_map
from local.servicebus.codec.types import (
    Array,
    Described,
    Encoded,
    Long,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

__all__ = [
    "Array",
    "DecodeError",
    "Described",
    "Encoded",
    "Long",
    "Symbol",
    "Timestamp",
    "UByte",
    "UInt",
    "ULong",
    "UShort",
    "Value",
    "decode",
    "described_list",
    "encode",
    "encode_list",
    "encode_map",
    "skip",
]
