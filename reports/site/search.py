"""Finding things by a part of their name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest

from classifiers.taxonomy import read_as
from reports.site.links import to_category, to_exposure, to_field, to_party, to_service
from reports.site.site import Site
from reports.words import KIND_WORDS

MOST = 20  # of each kind
LONGEST = 200  # characters of what is looked for


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its name, a word on it, and its page."""

    name: str
    word: str
    href: str


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits of one kind; `left` more were found."""

    title: str
    hits: tuple[Hit, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, and what was found, by kind."""

    wanted: str
    found: tuple[Hits, ...]


class Search:
    """The names of one site, in small letters."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def names(self) -> Sequence[tuple[str, Sequence[tuple[str, Hit]]]]:
        """By kind: what is looked in, and the hit it gives."""
        site = self._site
        fields = [Hit(field.id, field.type or "", to_field(field.id)) for field in site.audit.fields]
        operations = [
            Hit(name, one.name, to_service(one.name)) for one in site.audit.services for name in one.operations
        ]
        exposures = [
            Hit(view.exposure.id, f"{view.category.title} → {view.exposure.sink.name}", to_exposure(view.exposure.id))
            for view in site.exposures
        ]
        return (
            ("Services, stores, outside parties and channels", _keyed(self._parties())),
            ("Categories", [(f"{hit.name} {hit.word}".casefold(), hit) for hit in self._categories()]),
            ("Fields", _keyed(fields)),
            ("Operations", _keyed(operations)),
            ("Exposures", _keyed(exposures)),
        )

    def prepare(self) -> None:
        """Make the table of names now."""
        with read_as(self._site.audit.readings):
            assert self.names

    def find(self, text: str) -> Found:
        """Whatever has the text in its name, whole names first; nothing for no text."""
        wanted = text.strip()[:LONGEST].casefold()
        found = []
        for title, names in self.names if wanted else ():
            hits = [(name, hit) for name, hit in names if wanted in name]
            best = nsmallest(MOST, hits, key=lambda one: (one[0] != wanted, not one[0].startswith(wanted), one[0]))
            if hits:
                found.append(Hits(title, tuple(hit for _, hit in best), len(hits) - len(best)))
        return Found(text.strip()[:LONGEST], tuple(found))

    def _parties(self) -> list[Hit]:
        return [Hit(one.name, KIND_WORDS[one.kind], to_party(one)) for one in self._site.parties.values()]

    def _categories(self) -> list[Hit]:
        return [Hit(view.title, view.key, to_category(view.key)) for view in self._site.category_views.values()]


def _keyed(hits: Iterable[Hit]) -> list[tuple[str, Hit]]:
    return [(hit.name.casefold(), hit) for hit in hits]
