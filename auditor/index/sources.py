"""What the reading of a source told, kept beside what was read: so that an audit from the index tells it too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from auditor.telemetry.report import BadRecord, ReadReport
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
        except (ValueError, TypeError, RecursionError):
            continue
        whole.add(ReadReport(list(one.inputs), list(one.bad), one.bad_count, list(one.skipped), one.skipped_count))
