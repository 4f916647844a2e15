"""Audit -> CSV, for spreadsheets. No cell can be read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from classifiers import taxonomy
from lineage.audit import Audit
from reports.text import MAX_LENGTH, visible

COLUMNS = (
    *("id", "category", "category_title", "sensitivity", "field", "source_kind", "source", "sink_kind", "sink"),
    *("direction", "via", "evidence", "calls", "first_seen", "last_seen", "exposure_states", "traces", "why"),
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # also the full-width forms


def flows_csv(audit: Audit) -> str:
    """One row a flow, sorted, with a header row; RFC 4180, lines end in CR LF.

    A cell that a spreadsheet would run begins with an apostrophe; control characters show as codes.
    """
    with taxonomy.read_as(audit.readings):
        return csv_text(COLUMNS, sorted(_rows(audit)))


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[str]], longest: int = MAX_LENGTH) -> str:
    """Rows under a header, by the same rules; a cell is cut after `longest` characters."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([_guarded(cell, longest) for cell in row] for row in rows)
    return out.getvalue()


def _rows(audit: Audit) -> Iterator[tuple[str, ...]]:
    states: dict[str, set[str]] = {}
    for exposure in audit.exposures:
        for flow_id in exposure.flows:
            states.setdefault(flow_id, set()).add(exposure.state)
    for flow in audit.flows:
        title, sensitivity = taxonomy.title(flow.category), taxonomy.sensitivity(flow.category)
        yield (
            *(flow.id, flow.category, title, sensitivity, flow.field or ""),
            *(flow.source.kind, flow.source.name, flow.sink.kind, flow.sink.name),
            *(flow.direction, flow.via, flow.evidence, str(flow.calls), flow.first_seen or "", flow.last_seen or ""),
            *(" ".join(sorted(states.get(flow.id, ()))), " ".join(flow.traces), "; ".join(flow.why)),
        )


def _guarded(cell: str, longest: int) -> str:
    shown = visible(cell, longest)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
