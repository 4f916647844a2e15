"""Cells of documents: every word in them says where it comes from, so that nothing looks known that is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from lineage.model import EVIDENCE, EvidenceLevel
from reports.text import visible

Mark = Literal["observed", "schema", "possible", "known host", "declared", "missing", ""]
MARKS: Final[dict[Mark, tuple[str, str]]] = {
    "observed": ("observed", "Telemetry itself shows it."),
    "schema": ("in schema", "A schema holds it or can carry it; telemetry did not show the value itself."),
    "possible": ("possible", "It was at hand where something was sent, and no schema says whether it was part of it."),
    "known host": ("by host name", "Taken from a list of well-known hosts that comes with the auditor."),
    "declared": ("declared by people", "A person wrote it into auditor.toml or into the lock."),
    "missing": ("missing", "Nobody declared it, and telemetry cannot know it."),
}
LONGEST = 400  # characters of one name or sentence in a CSV
MOST = 12  # names in one part of a cell on a page; a CSV has all


@dataclass(frozen=True, slots=True)
class Part:
    """Some names or sentences of one origin."""

    mark: Mark
    texts: tuple[str, ...]


Cell = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A table that a reviewer has to produce. `rule` is the text that asks for it; `notes` stand below the table.

    `cards`: rows are read one by one, since they have too many columns to stand beside each other.
    """

    id: str
    title: str
    rule: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    cards: bool = False


def plain(*texts: str) -> Cell:
    """Text that needs no origin: a name, a number of an article."""
    return (Part("", texts),)


def declared(text: str | tuple[str, ...], setting: str) -> Cell:
    """What a person declared, or that it is missing and where to declare it."""
    texts = (text,) if isinstance(text, str) else text
    return (Part("declared", texts),) if any(texts) else missing(setting)


def missing(setting: str) -> Cell:
    """A cell that a person has to fill in; `setting` says where."""
    return (Part("missing", (f"to be declared: {setting}",)),)


def seen(items: Iterable[tuple[str, EvidenceLevel]]) -> Cell:
    """Names by the strongest evidence for each, the strongest first; () when there are none."""
    strongest: dict[str, int] = {}
    for text, evidence in items:
        rank = EVIDENCE.index(evidence)
        strongest[text] = min(rank, strongest.get(text, rank))
    marks: tuple[Mark, ...] = ("observed", "schema", "possible")
    parts = (
        Part(mark, tuple(sorted(text for text, rank in strongest.items() if rank == index)))
        for index, mark in enumerate(marks)
    )
    return tuple(part for part in parts if part.texts)


def not_seen(what: str) -> Cell:
    """Nothing was observed: said in words, never left blank."""
    return plain(f"{what} not seen")


def as_text(cell: Cell) -> str:
    """One line: `observed: a, b; missing: to be declared: ...`."""
    return "; ".join(
        (f"{MARKS[part.mark][0]}: " if part.mark else "") + ", ".join(visible(text, LONGEST) for text in part.texts)
        for part in cell
    )
