"""Who receives what: recipients x categories, each cell a word."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lineage.model import EvidenceLevel, ExposureState, Party
from reports.flow_view import CategoryView, ExposureView, category_rank
from reports.limits import CELLS, COLUMNS, first
from reports.words import evidence_rank, party_rank


@dataclass(frozen=True, slots=True)
class Cell:
    """One category at one recipient."""

    evidence: EvidenceLevel
    state: ExposureState
    exposure: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A recipient and its cells, one for each of the matrix's categories; None where nothing was seen."""

    recipient: Party
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """As many categories as fit beside each other on paper, with the recipients of any of them."""

    categories: tuple[CategoryView, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Categories across, most sensitive first; recipients down, outside parties first."""

    blocks: tuple[Block, ...]
    left_out: int = 0  # recipients


def matrix(exposures: tuple[ExposureView, ...], most: int = CELLS) -> Matrix:
    """Lay the exposures out by recipient and category; recipients beyond `most` cells are only counted."""
    categories = tuple(sorted({view.category for view in exposures}, key=category_rank))
    cells: dict[Party, dict[CategoryView, Cell]] = defaultdict(dict)
    for view in sorted(exposures, key=lambda view: evidence_rank(view.exposure.evidence), reverse=True):
        found = view.exposure
        cells[found.sink][view.category] = Cell(found.evidence, found.state, found.id)
    recipients, left = first(sorted(cells, key=party_rank), max(most // max(len(categories), 1), 1))
    beside = [categories[at : at + COLUMNS] for at in range(0, len(categories), COLUMNS)]
    return Matrix(tuple(_block(some, recipients, cells) for some in beside), left)


def _block(
    categories: tuple[CategoryView, ...], recipients: tuple[Party, ...], cells: dict[Party, dict[CategoryView, Cell]]
) -> Block:
    rows = (MatrixRow(recipient, tuple(map(cells[recipient].get, categories))) for recipient in recipients)
    return Block(categories, tuple(row for row in rows if any(row.cells)))
