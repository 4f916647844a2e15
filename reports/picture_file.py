"""A diagram as a file of its own, legible wherever it is put."""

from __future__ import annotations

from classifiers.taxonomy import read_as
from lineage.audit import Audit
from reports.drawing import draw
from reports.edges import part

_OPENING = "<svg "
_PAINT = 'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" style="background: #ffffff"'


def picture_file(audit: Audit) -> tuple[str, str]:
    """An SVG document, and a sentence on what it leaves out. Its links are taken out: they lead into the report."""
    with read_as(audit.readings):
        drawing = draw(audit if audit.calls else part(audit, audit.flows), links=None)
    return drawing.svg.replace(_OPENING, f"{_OPENING}{_PAINT} ", 1) + "\n", drawing.omitted
