"""What schema files already say about fields: annotations, and the labels that they give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from classifiers.decisions import usual_facet
from classifiers.model import Label
from classifiers.taxonomy import CATEGORIES, is_within
from lineage.model import Gap
from lineage.tables import CatalogTable

CONFIDENCE = 0.97  # a person wrote it, perhaps long ago
# `privacy: user.contact.email, user.name`, `fides: none`; not the prose "privacy: user may opt out".
_KEYS = r"(?:user|system)(?:\.[a-z_]\w*)+"
_SAID = re.compile(
    rf"(?<![\w.])(?:fides|privacy)\s*:\s*(?P<keys>{_KEYS}(?:\s*,\s*{_KEYS})*|(?:none|user)(?=\s*(?:[\].;)\n]|$)))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """Somebody's words on a column: its categories; none of them means not personal.

    `store` None means any store that has the table; `line` is 1-based; `form` tells how it is written.
    """

    table: str
    column: str
    categories: tuple[str, ...]
    file: str
    line: int
    form: str
    store: str | None = None


def said_in(text: str | None) -> tuple[str, ...] | None:
    """The categories that a comment names as `privacy: KEY` or `fides: KEY`; () for `none`; None: it names nothing."""
    found = _SAID.search(text or "")
    if not found:
        return None
    keys = [key.strip().lower() for key in found["keys"].split(",")]
    return () if keys == ["none"] else tuple(dict.fromkeys(keys))


def comment_annotations(tables: Iterable[CatalogTable]) -> Iterator[Annotation]:
    """What the comments of columns say."""
    for table in tables:
        for column in table.columns:
            categories = said_in(column.comment)
            if categories is not None:
                form = "the column's comment"
                yield Annotation(table.name, column.name, categories, table.source, column.line, form, table.store)


class Annotations:
    """Annotations by field."""

    def __init__(self, annotations: Iterable[Annotation], own: Container[str] = ()) -> None:
        """`own` are the team's own categories. Categories of no known key are set aside, for `gaps`."""
        self._found: dict[tuple[str, str], list[Annotation]] = defaultdict(list)
        self._own = own
        for annotation in annotations:
            self._found[_last(annotation.table), annotation.column.lower()].append(annotation)

    def on(self, store: str, table: str, column: str) -> tuple[Annotation, ...]:
        """The annotations on a field."""
        candidates = self._found.get((_last(table), column.lower()), ())
        return tuple(
            found
            for found in candidates
            if (found.store is None or found.store == store) and _may_be(found.table.lower(), table.lower())
        )

    def labels(self, annotations: Sequence[Annotation]) -> tuple[Label, ...]:
        """The labels that these annotations give."""
        return tuple(
            Label(key, usual_facet(key), CONFIDENCE, (f"annotated as {key} in {_where(annotation)}",))
            for annotation in annotations
            for key in annotation.categories
            if self._known(key) and not _is_technical(key)
        )

    def gaps(self, tables: Iterable[CatalogTable]) -> list[Gap]:
        """What annotations say in vain: of a category that no taxonomy has, or of a column that no table has."""
        everything = [annotation for found in self._found.values() for annotation in found]
        unknown = {a for a in everything if any(not self._known(key) for key in a.categories)}
        used = {a for t in tables for c in t.columns for a in self.on(t.store, t.name, c.name)}
        share = round(1 / max(1, len(everything)), 4)
        hides = "annotations with a category that is not in the taxonomy: name your own in classify.categories"
        gaps = [Gap("unread_annotation", f"{a.file} line {a.line}", 1, share, hides) for a in unknown]
        hides = "annotations on a column that no schema and no statement shows"
        gaps += [Gap("unused_annotation", f"{a.file} line {a.line}", 1, share, hides) for a in {*everything} - used]
        return sorted(gaps)

    def _known(self, key: str) -> bool:
        return key in CATEGORIES or key in self._own


def denies(annotations: Sequence[Annotation]) -> bool:
    """Whether the annotations say that a field is not personal, and none says otherwise."""
    return bool(annotations) and not any(annotation.categories for annotation in annotations)


def _is_technical(key: str) -> bool:
    # `system.operations` is often put on what nobody judged, passwords among it: it tells nothing.
    return is_within(key, "system") and not is_within(key, "system.authentication")


def _where(annotation: Annotation) -> str:
    return f"{annotation.file}, line {annotation.line} ({annotation.form})"


def _last(table: str) -> str:
    return table.lower().rpartition(".")[2]


def _may_be(one: str, other: str) -> bool:
    """Whether two names may be of one table: the schema counts only where both name it."""
    return one == other or "." not in one or "." not in other
