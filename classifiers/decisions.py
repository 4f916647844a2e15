"""What people decided about fields. Decisions go by pattern, beat the machine, and say who decided and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from classifiers.model import Facet, Label
from classifiers.taxonomy import is_within

_SECRET = ("user.authorization", "system.authentication")
_BY_ID = ("user.unique_id", "user.device.cookie_id", "user.device.device_id")


class ConflictingDecisions(ValueError):
    """Two decisions that fit a field equally well say different things; the message names both, and the field."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which fields a decision is for: `store/table.column` with `*` and `?`; case does not count.

    `text` may leave parts out: `users.email` and `users.*` are of any store, `email` is of any table, and
    `orders/users` is a whole table. `*` also spans dots and slashes.
    """

    text: str

    @property
    def full(self) -> str:
        """The pattern with its left out parts filled in, in lower case."""
        return _full(self.text)

    @property
    def precision(self) -> tuple[int, int]:
        """How narrow it is: parts (store, table, column) without a wildcard, then letters that are not wildcards."""
        store, _, rest = self.full.rpartition("/")
        table, _, column = rest.rpartition(".")
        parts = sum("*" not in part and "?" not in part for part in (store, table, column))
        return parts, len(re.sub(r"[*?/.]", "", self.full))

    def fits(self, store: str, table: str, column: str) -> bool:
        """Whether the field is meant. A table qualified by its schema also goes by its last name."""
        return self.fits_one(names_of(store, table, column))

    def fits_one(self, names: Iterable[str]) -> bool:
        """Whether one of a field's names, as `names_of` makes them, is meant."""
        found, written = _regex(self.text).fullmatch, self.text.lower()
        return any(found(name) or name == written for name in names)  # a name may itself hold a slash


def names_of(store: str, table: str, column: str) -> tuple[str, ...]:
    """The names of a field, in lower case: by its table in full and, where that differs, by the table's last name."""
    full = f"{store}/{table}.{column}".lower()
    short = table.rpartition(".")[2]
    return (full,) if short == table else (full, f"{store}/{short}.{column}".lower())


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided: fields that fit `pattern` are `categories`, or, when there are none, not personal.

    `facet` None means the usual one of each category. `place` says where the decision is written.
    """

    pattern: Pattern
    categories: tuple[str, ...]
    reason: str
    facet: Facet | None = None
    by: str = ""
    date: str = ""
    place: str = ""

    def labels(self) -> tuple[Label, ...]:
        """The labels that it gives: sure, with the decision as evidence."""
        said = "decided" + (f" by {self.by}" if self.by else "") + (f" on {self.date}" if self.date else "")
        why = (f"{said}: {self.reason}",)
        return tuple(Label(key, self.facet or usual_facet(key), 1.0, why) for key in self.categories)


def decide(decisions: Sequence[Decision], store: str, table: str, column: str) -> Decision | None:
    """The decision for a field: the one with the most precise pattern of those that fit, or None.

    Raises ConflictingDecisions when equally precise ones say different things.
    """
    names = names_of(store, table, column)
    fitting = [decision for decision in decisions if decision.pattern.fits_one(names)]
    if not fitting:
        return None
    best = max(fitting, key=lambda decision: decision.pattern.precision)
    for other in fitting:
        same = (set(other.categories), other.facet) == (set(best.categories), best.facet)
        if other.pattern.precision == best.pattern.precision and not same:
            raise ConflictingDecisions(
                f"{best.place} '{best.pattern.text}' and {other.place} '{other.pattern.text}' say different things "
                f"about {store}/{table}.{column}: make one of them more precise"
            )
    return best


def usual_facet(category: str) -> Facet:
    """The facet that a category has when nobody says otherwise."""
    if any(is_within(category, root) for root in _SECRET):
        return "credential"
    if any(is_within(category, root) for root in _BY_ID):
        return "identifier"
    return "content" if is_within(category, "user.content") else "personal"


def _full(text: str) -> str:
    store, slash, rest = text.lower().rpartition("/")
    if "." not in rest:
        rest = f"{rest}.*" if slash else f"*.{rest}"
    return f"{store if slash else '*'}/{rest}"


@cache
def _regex(text: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    full = re.sub(r"\*+", "*", _full(text))
    return re.compile("".join(wild.get(character) or re.escape(character) for character in full), re.DOTALL)
