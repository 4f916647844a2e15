"""OTLP's trace request as it is read in columns: attributes stay encoded, since most are alike and each distinct one
need be read only once.

`AnyValue` holds itself, which no Arrow type can: lists and maps inside a value stay encoded too. Bytes and messages
are the same on the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

_REQUEST = "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest"
_PAIR = "opentelemetry.proto.common.v1.KeyValue"
_ENCODED = (_PAIR, "opentelemetry.proto.resource.v1.Resource", "opentelemetry.proto.common.v1.InstrumentationScope")
_VALUES = ("opentelemetry.proto.common.v1.ArrayValue", "opentelemetry.proto.common.v1.KeyValueList")
_UNREAD = frozenset(
    "dropped_attributes_count dropped_events_count dropped_links_count entity_refs time_unix_nano".split()
)


def request_descriptor() -> Descriptor:
    """An ExportTraceServiceRequest whose attributes, resources and scopes are bytes."""
    modules = (common_pb2, resource_pb2, trace_pb2, trace_service_pb2)
    return _pool(modules, _ENCODED).FindMessageTypeByName(_REQUEST)


def pair_descriptor() -> Descriptor:
    """A KeyValue; lists and maps that are values are bytes."""
    return _pool((common_pb2,), _VALUES).FindMessageTypeByName(_PAIR)


def _pool(modules: Iterable[ModuleType], encoded: tuple[str, ...]) -> DescriptorPool:
    pool = DescriptorPool()
    for module in modules:
        file = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for message in _messages(file.message_type):
            for index in reversed(range(len(message.field))):
                if message.field[index].name in _UNREAD or message.field[index].name.endswith("_strindex"):
                    del message.field[index]
            for field in message.field:
                if field.type_name.removeprefix(".") in encoded:
                    field.type = FieldDescriptorProto.TYPE_BYTES
                    field.ClearField("type_name")
        pool.AddSerializedFile(file.SerializeToString())
    return pool


def _messages(messages: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    for message in messages:
        yield message
        yield from _messages(message.nested_type)
