"""Tempo's answer to a query for one trace (`TraceByIDResponse`), as far as it matters here."""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

_PARTIAL = 1


@cache
def _answer() -> Any:
    """The trace is a message that has the fields of OTLP's ExportTraceServiceRequest: kept encoded."""
    file = FileDescriptorProto(name="tempo.proto", package="tempo", syntax="proto3")
    message = file.message_type.add(name="TraceByIDResponse")
    fields = ("trace", 1, FieldDescriptorProto.TYPE_BYTES), ("status", 3, FieldDescriptorProto.TYPE_INT32)
    for name, number, type_ in fields:
        message.field.add(name=name, number=number, type=type_, label=FieldDescriptorProto.LABEL_OPTIONAL)
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("tempo.TraceByIDResponse"))


def read_answer(data: bytes) -> tuple[bytes, bool] | None:
    """(the trace as an encoded OTLP request, whether the store says that it is only a part); None when it is none."""
    try:
        answer = _answer().FromString(data)
    except DecodeError:
        return None
    return answer.trace, answer.status == _PARTIAL
