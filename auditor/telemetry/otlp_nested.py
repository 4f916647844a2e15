"""Lists and maps inside values: they hold values again, and so come from the columns still encoded."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from auditor.telemetry.flat import Undecoded
from auditor.telemetry.otlp_protobuf import value_of
from auditor.telemetry.raw import Value

NESTED = ("array_value", "kvlist_value")


def nested(kind: str, raw: bytes) -> Value:
    """A list or map inside a value. Raises Undecoded when it is damaged."""
    try:
        field = AnyValue.DESCRIPTOR.fields_by_name[kind]
        whole = AnyValue.FromString(_tag(field.number) + _length(len(raw)) + raw)
    except (DecodeError, RecursionError):
        raise Undecoded from None
    return value_of(whole, 0)


def _tag(field: int) -> bytes:
    return bytes([field << 3 | 2])


def _length(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])
