"""What the reading of a source told, kept beside what was read: so that an audit from the index tells it too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from auditor.telemetry.read import BadRecord, ReadReport
from lineage.audit import Input
from reports.decoding import decode


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A `ReadReport` that will not change any more."""

    inputs: tuple[Input, ...] = ()
    bad: tuple[BadRecord, ...] = ()
    bad_count: int = 0
    skipped: tuple[str, ...] = ()
    skipped_count: int = 0


def pack_report(report: ReadReport) -> str:
    """The report as JSON."""
    kept = SourceReport(
        tuple(report.inputs), tuple(report.bad), report.bad_count, tuple(report.skipped), report.skipped_count
    )
    return json.dumps(asdict(kept))


def unpack_reports(texts: Iterable[str], whole: ReadReport) -> None:
    """Tell `whole` what several sources told, as if one reading had. A report that is damaged tells nothing."""
    for text in texts:
        try:
            one = decode(SourceReport, json.loads(text))
        except (ValueError, RecursionError):
            continue
        whole.inputs += one.inputs
        for bad in one.bad:
            whole.add_bad(bad.file, bad.where, bad.what)
        whole.bad_count += one.bad_count - len(one.bad)
        for name in one.skipped:
            whole.skip(name)
        whole.skipped_count += one.skipped_count - len(one.skipped)
