"""OTLP's export responses, for both transports."""

from __future__ import annotations

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from auditor.intake.messages import Answer, Signal


def export_response(signal: Signal, answer: Answer) -> Message:
    """The response to an accepted request: `partial_success` is set when a part was rejected."""
    match signal:
        case "traces":
            traces = ExportTraceServiceResponse()
            if answer.rejected:
                traces.partial_success.rejected_spans = answer.rejected
                traces.partial_success.error_message = answer.message
            return traces
        case "metrics":
            metrics = ExportMetricsServiceResponse()
            if answer.rejected:
                metrics.partial_success.rejected_data_points = answer.rejected
                metrics.partial_success.error_message = answer.message
            return metrics
        case "logs":
            logs = ExportLogsServiceResponse()
            if answer.rejected:
                logs.partial_success.rejected_log_records = answer.rejected
                logs.partial_success.error_message = answer.message
            return logs
