"""The local engine: span batches in, system model out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from auditor.engine.kernel import count_traces
from auditor.engine.naming import named
from auditor.telemetry.spans import LINK, ROW, SPAN, SpanBatch
from lineage.system import SystemModel


def build_model(batches: Iterable[SpanBatch], store_aliases: Mapping[str, str] | None = None) -> SystemModel:
    """Count span batches into the system model, and name its parts. See `count_spans`."""
    return named(count_spans(batches), store_aliases)


def count_spans(batches: Iterable[SpanBatch]) -> SystemModel:
    """Count span batches into a system model that others can be added to (`lineage.merge.add`).

    Duplicate spans count once, whatever file they came from.
    """
    found = list(batches)
    return count_traces(
        pa.Table.from_batches([batch.spans for batch in found], SPAN),
        pa.Table.from_batches([batch.links for batch in found], LINK),
        pa.Table.from_batches([batch.rows for batch in found], ROW),
    )
