"""Span batches to a system model with its best names, without files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.engine.local import count_spans
from auditor.engine.naming import named
from auditor.telemetry.spans import SpanBatch
from lineage.system import SystemModel


def build_model(batches: Iterable[SpanBatch], store_aliases: Mapping[str, str] | None = None) -> SystemModel:
    """Count span batches, and name the parts."""
    return named(count_spans(batches), store_aliases)
