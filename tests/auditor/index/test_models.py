"""Models on disk: of any field there may be."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace

import pytest
import zstandard

from auditor.engine.local import count_spans
from auditor.index.models import FORMAT, Unreadable, lean, pack, unpack
from auditor.telemetry.read import read_spans
from auditor.telemetry.report import ReadReport
from lineage.system import SystemModel
from tests.support.commands import CAPTURE


@pytest.fixture(scope="module")
def clinic() -> SystemModel:
    return count_spans(read_spans([str(CAPTURE / "traces.otlp.pb.gz")], ReadReport()))


def packed(document: object) -> bytes:
    return zstandard.ZstdCompressor().compress(json.dumps(document).encode())


def test_nothing_of_a_model_is_lost(clinic: SystemModel) -> None:
    named = {field.name for field in fields(clinic) if getattr(clinic, field.name)}
    assert {"services", "contexts", "exchanges", "statements", "unseen", "ways"} <= named
    assert unpack(pack(clinic)) == clinic
    assert unpack(pack(SystemModel())) == SystemModel()


def test_numbers_of_any_size_survive() -> None:
    assert unpack(pack(SystemModel(adjusted=1 << 80))).adjusted == 1 << 80


def test_what_is_lean_has_no_contexts_and_no_example_traces(clinic: SystemModel) -> None:
    thin = lean(clinic)
    assert clinic.contexts
    assert clinic.exchanges[0].seen.traces
    assert not thin.contexts
    assert '"traces":["' not in zstandard.decompress(pack(thin)).decode()
    assert [(e.id, e.seen.calls) for e in thin.exchanges] == [(e.id, e.seen.calls) for e in clinic.exchanges]
    assert (thin.spans, thin.traces) == (clinic.spans, clinic.traces)
    assert all(is_dataclass(entry) for entry in thin.services)


def test_models_of_older_and_newer_auditors_are_read() -> None:
    older = packed({"format": FORMAT, "model": {"spans": 7}})
    newer = packed({"format": FORMAT, "model": {"spans": 7, "moons": [1]}})
    assert unpack(older) == unpack(newer) == replace(SystemModel(), spans=7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zstd",
        packed([]),
        packed({"format": "system-model/99", "model": {}}),
        packed({"format": FORMAT, "model": {"spans": "many"}}),
        pack(SystemModel())[:-3],
        pack(SystemModel(spans=1234))[:-1] + b"x",
    ],
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(data)
