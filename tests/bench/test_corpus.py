"""The made-up corpora are what they say: their size, their texts, the same bytes for the same arguments."""

from __future__ import annotations

import io
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from auditor.engine.local import count_inputs
from auditor.telemetry.framing import read_requests
from auditor.telemetry.report import ReadReport
from tests.bench.corpus import System, main, write

SPANS, SERVICES, SHAPES, TEXTS = 2_000, 12, 20, 200


def made() -> bytes:
    out = io.BytesIO()
    write(System(SERVICES, SHAPES, TEXTS), SPANS, out)
    return out.getvalue()


def fail(where: str, what: str) -> None:
    raise AssertionError(f"{where}: {what}")


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert made() == made()


def test_there_are_about_as_many_texts_as_asked_for() -> None:
    texts = {
        attribute.value.string_value
        for _, data in read_requests(io.BytesIO(made()), "varint", fail)
        for resource in ExportTraceServiceRequest.FromString(data).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
        for attribute in span.attributes
        if attribute.key == "db.query.text"
    }
    assert 0.8 * TEXTS < len(texts) <= TEXTS


def test_the_auditor_reads_all_of_it(tmp_path: Path) -> None:
    main(str(tmp_path), *map(str, (SPANS, SERVICES, SHAPES, TEXTS)))
    report = ReadReport()
    model = count_inputs([str(tmp_path / "pb")], report, jobs=1)
    assert SPANS <= model.spans < 4 * SPANS
    assert len(model.services) == SERVICES
    assert 0.8 * SHAPES < len({one.shape for one in model.statements}) <= SHAPES
    assert max(len(context.path) for context in model.contexts) == 6
    assert not [unseen for unseen in model.unseen if unseen.kind == "orphan" and unseen.count]
