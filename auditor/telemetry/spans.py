"""The one narrow schema that every telemetry reader yields: a span, already redacted.

No column can hold a literal, a parameter, an attribute's value or a URL's query value. Names that come from outside
(services, operations, keys) went through `redact.py`.
"""

from __future__ import annotations

import pyarrow as pa

SPAN = pa.schema(
    [
        # identity
        ("trace_id", pa.string()),  # lower-case hex
        ("span_id", pa.string()),  # lower-case hex; a Zipkin client half that shares its id gets "~client" appended
        ("parent_id", pa.string()),  # null at a root
        ("links", pa.list_(pa.struct([("trace_id", pa.string()), ("span_id", pa.string())]))),
        ("remote_parent", pa.bool_()),  # OTLP flags bits 8 and 9; null when unknown
        # who
        ("service", pa.string()),  # service.name, or the best stand-in
        ("namespace", pa.string()),  # service.namespace, null when absent
        ("version", pa.string()),  # service.version
        ("scope", pa.string()),  # instrumentation scope: tells an ORM's span from its driver's
        # what
        ("kind", pa.string()),  # server, client, producer, consumer, internal, unspecified
        ("operation", pa.string()),  # "GET /users/{id}", "pkg.Service/Method", "process orders"; null if only a step
        ("protocol", pa.string()),  # http, grpc (or another rpc.system), graphql, messaging, db, faas; null if unknown
        ("start_ns", pa.int64()),
        ("end_ns", pa.int64()),  # equals start_ns when the source has no duration
        ("error", pa.bool_()),
        ("failed", pa.bool_()),  # the attempt never reached its peer: an exception and no status code
        # the other side, for client and producer spans
        ("peer", pa.string()),  # logical peer name (service.peer.name, peer.service, Zipkin remote service)
        ("host", pa.string()),  # server.address, the URL's host ...: no user info, no path
        ("port", pa.int32()),
        # names of values seen in the exchange
        ("keys", pa.list_(pa.struct([("place", pa.string()), ("name", pa.string())]))),
        # databases
        ("db_system", pa.string()),  # db.system.name, new value names
        ("db_namespace", pa.string()),
        ("statement", pa.string()),  # the statement's shape: literals, comments and parameters masked
        ("statement_id", pa.string()),  # fingerprint of the shape
        ("db_operation", pa.string()),  # db.operation.name or what the span name or summary tells
        ("db_collection", pa.string()),  # db.collection.name or what the span name or summary tells
        # messaging
        ("messaging_system", pa.string()),
        ("channel", pa.string()),  # queue or topic, template preferred
        # weights and leaks
        ("weight", pa.float64()),  # adjusted count from tracestate ot=th or a sampler tag; null when unknown
        ("leaks", pa.list_(pa.struct([("attribute", pa.string()), ("category", pa.string())]))),
    ]
)
