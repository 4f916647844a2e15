"""Bodies of millions of empty parts: a few bytes each on the wire, hundreds in memory. Told before they are decoded.

A part of telemetry has a size below which it says nothing: a span has two ids, an attribute a key. A body that holds
more parts than its bytes can fill is none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from auditor.intake.messages import Form, Signal

# The ways from a request to its parts by field numbers, and the least bytes of such a part.
_PARTS: dict[Signal, dict[tuple[int, ...], int]] = {
    "traces": {
        (1,): 8,  # what comes from one resource
        (1, 1, 1): 8,  # its attributes
        (1, 2): 8,  # of it, what comes from one scope
        (1, 2, 2): 28,  # spans
        (1, 2, 2, 9): 8,  # their attributes
        (1, 2, 2, 11): 16,  # their events
        (1, 2, 2, 11, 3): 8,  # attributes of these
        (1, 2, 2, 13): 24,  # their links
    },
    "metrics": {(1,): 8, (1, 2): 8, (1, 2, 2): 8},
    "logs": {(1,): 8, (1, 2): 8, (1, 2, 2): 8},
}
_JSON_PART, _MOST_JSON_PARTS = 8, 2_000_000  # bytes for each object or list; a gigabyte in memory
_SMALL = 1 << 12  # bytes, of which nothing large can be made


def is_hollow(body: bytes, signal: Signal, form: Form) -> bool:
    """Whether a body holds more parts than telemetry of its size can have. Damaged ones are told by who decodes."""
    if len(body) < _SMALL:
        return False
    if form != "protobuf":
        parts = body.count(b"{") + body.count(b"[")
        return parts > min(len(body) // _JSON_PART, _MOST_JSON_PARTS)
    try:
        return any(_count(body, way) * least > len(body) for way, least in _PARTS[signal].items())
    except DecodeError:
        return False


def _count(body: bytes, way: tuple[int, ...]) -> int:
    """How many parts there are at the end of a way, in all."""
    message: Any = _counter(way)()
    message.ParseFromString(body)
    for number in way:
        message = getattr(message, f"f{number}")
    return len(message)


@cache
def _counter(way: tuple[int, ...]) -> Any:
    """A message whose fields on the way occur once: so all that occur are merged, and the parts at its end counted."""
    file = FileDescriptorProto(name=f"{'_'.join(map(str, way))}.proto", package="count", syntax="proto3")
    for depth, number in enumerate(way):
        is_last = depth == len(way) - 1
        field = file.message_type.add(name=f"M{depth}").field.add(name=f"f{number}", number=number)
        field.label = FieldDescriptorProto.LABEL_REPEATED if is_last else FieldDescriptorProto.LABEL_OPTIONAL
        field.type = FieldDescriptorProto.TYPE_BYTES if is_last else FieldDescriptorProto.TYPE_MESSAGE
        if not is_last:
            field.type_name = f".count.M{depth + 1}"
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("count.M0"))
