"""OTLP's trace request as Arrow can hold it: `AnyValue` holds itself, which no Arrow type can.

So lists and maps inside a value are declared as bytes, which is the same on the wire, and are read by the official
library where they occur.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

_REQUEST = "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest"
_UNREAD = ("dropped_attributes_count", "dropped_events_count", "dropped_links_count", "entity_refs")


def request_descriptor() -> Descriptor:
    """The descriptor of an ExportTraceServiceRequest without recursion, in a pool of its own."""
    pool = DescriptorPool()
    for module in (common_pb2, resource_pb2, trace_pb2, trace_service_pb2):
        file = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for message in _messages(file.message_type):
            for index in reversed(range(len(message.field))):
                if message.field[index].name in _UNREAD or message.field[index].name.endswith("_strindex"):
                    del message.field[index]
            if message.name == "AnyValue":
                for field in message.field:
                    if field.type == FieldDescriptorProto.TYPE_MESSAGE:
                        field.type = FieldDescriptorProto.TYPE_BYTES
                        field.ClearField("type_name")
        pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName(_REQUEST)


def _messages(messages: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    for message in messages:
        yield message
        yield from _messages(message.nested_type)
