"""What the databases themselves counted, laid beside what traces show: coverage, and statements that no trace shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lineage.access import Read, Touch, read_statements
from lineage.audit import Coverage
from lineage.catalog import Catalog
from lineage.model import Gap, Operation, Seen
from lineage.sql import StatementFacts, dialect_of
from lineage.sql.joining import LEAST_PREFIX, joining_key, without_last_token
from lineage.system import StatementUse, StoreSeen

OWN_MARK = "privacy_auditor_sample"  # the alias in the auditor's own queries on user tables
UNKNOWN = Operation("(no traces)", "(unknown client)")
INNER = Operation("(no traces)", "(functions and triggers)")
_WHO = {
    UNKNOWN: "statements that no trace shows: a client without traces touches this table",
    INNER: "statements inside the database's own functions or triggers touch this table",
}
_KEY_CHECK = "FOR KEY SHARE OF x"  # how PostgreSQL itself checks foreign keys
_SETUP = ("create", "alter", "drop", "comment", "grant", "revoke", "analyze", "vacuum", "reindex", "cluster", "refresh")


Analyse = Callable[..., StatementFacts]  # `lineage.sql.analyse.analyse`, or one that guards against hostile statements


@dataclass(frozen=True, slots=True)
class CountedStatement:
    """A statement that a database counted: `shape` without literals, `calls` since the counters were reset.

    `database` is the database's own name, None when it is not told; `store` is set when the user bound the counters
    to one. `inner` statements ran inside a function or trigger: no client sent them.
    """

    system: str
    database: str | None
    id: str
    shape: str
    calls: int
    store: str | None = None
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures, and the statements that no trace shows, read like any others."""

    coverage: tuple[Coverage, ...] = ()
    untraced: Read | None = None
    gaps: tuple[Gap, ...] = ()


def compare(
    counted: Sequence[CountedStatement],
    traced: Sequence[StatementUse],
    stores: Sequence[StoreSeen],
    catalog: Catalog,
    analyse: Analyse,
) -> Counted:
    """Join what databases counted with what traces show, per store and by the statements' shapes.

    Left out are statements about the session, catalogs and tables themselves, and the auditor's own.
    """
    keys = {
        store.name: _Keys((use for use in traced if use.store == store.name), catalog.schema(store.name), analyse)
        for store in (stores if counted else ())
    }
    placed: dict[str, list[CountedStatement]] = defaultdict(list)
    gaps: list[Gap] = []
    for database, group in _by_database(counted).items():
        store = _store_of(database, group, stores, keys)
        if store is None:
            calls = sum(each.calls for each in group if _is_data(each, {}, analyse))
            if not calls:
                continue
            hides = "statements that a database counted, of no store that traces show: bind them with STORE=PATH"
            gaps.append(Gap("unplaced_statements", database[1] or "database without a name", calls, 1.0, hides))
        else:
            placed[store] += group
    coverage, untraced = [], []
    for store, group in sorted(placed.items()):
        data = [each for each in group if _is_data(each, catalog.schema(store), analyse)]
        found, missing = _join(store, data, keys.get(store) or _Keys((), {}, analyse))
        coverage.append(found)
        untraced += missing
        if found.traced_calls < found.counted_calls:
            more = found.counted_calls - found.traced_calls
            hides = (
                "statement calls that the database counted and traces do not show: sampled away, or not instrumented"
            )
            gaps.append(Gap("untraced_calls", store, more, round(more / found.counted_calls, 4), hides))
    return Counted(
        tuple(coverage),
        read_statements(untraced, catalog, lambda requests: (analyse(*request) for request in requests)),
        tuple(gaps),
    )


def untraced_gaps(counted: Counted, categories: Mapping[str, Sequence[str]]) -> list[Gap]:
    """A gap for each table that statements touch which no trace shows, naming the categories that they touch.

    `categories` are by field id.
    """
    if counted.untraced is None:
        return []
    totals = {each.store: each.counted_calls for each in counted.coverage}
    tables: dict[tuple[str, str, Operation], list[Touch]] = defaultdict(list)
    for touch in counted.untraced.touches:
        tables[touch.use.store, touch.field.rpartition(".")[0], touch.use.operation].append(touch)
    gaps = []
    for (store, table, who), touches in sorted(tables.items()):
        calls = sum({touch.use.id: touch.use.seen.calls for touch in touches}.values())
        named = sorted({_named(touch.field, categories) for touch in touches if categories.get(touch.field)})
        hides = f"{_WHO[who]}: {'; '.join(named) or 'no field of a known category'}"
        share = round(min(1.0, calls / max(totals[store], 1)), 4)
        gaps.append(Gap("untraced_statement", table, calls, share, hides))
    return gaps


class _Keys:
    """The calls that traces show of one store, by joining key."""

    def __init__(self, uses: Iterable[StatementUse], schema: Mapping[str, Sequence[str]], analyse: Analyse) -> None:
        self.calls: dict[str, int] = defaultdict(int)
        self._starts: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for use in uses:
            if use.shape is None:
                continue
            key = joining_key(use.shape)
            if key not in self.calls and len(key) > LEAST_PREFIX:
                # What was cut off is seldom a whole statement any more.
                dialect = dialect_of(use.system, use.shape)
                is_cut = dialect is not None and analyse(use.shape, dialect, schema).parse != "full"
                self._starts[key[:LEAST_PREFIX]].append((key, is_cut))
            self.calls[key] += use.seen.calls

    def find(self, key: str) -> list[str]:
        """The keys of the same statement; where one of the two texts was cut off, those that begin alike."""
        if key in self.calls:
            return [key]
        if len(key) <= LEAST_PREFIX:
            return []
        alike = self._starts.get(key[:LEAST_PREFIX], ())
        if key.endswith("..."):
            return [other for other, _ in alike if other.startswith(without_last_token(key))]
        return [other for other, is_cut in alike if is_cut and key.startswith(without_last_token(other))]


def _by_database(counted: Iterable[CountedStatement]) -> dict[tuple[str | None, str | None], list[CountedStatement]]:
    groups: dict[tuple[str | None, str | None], list[CountedStatement]] = defaultdict(list)
    for each in counted:
        groups[each.store, each.database].append(each)
    return groups


def _store_of(
    database: tuple[str | None, str | None],
    group: Sequence[CountedStatement],
    stores: Sequence[StoreSeen],
    keys: Mapping[str, _Keys],
) -> str | None:
    """The store that the user named, else the only one with that database's name, else the one with most in common."""
    bound, name = database
    if bound is not None:
        return bound
    named = [s.name for s in stores if name and name.lower() in {(s.namespace or "").lower(), s.name.lower()}]
    among = named or [store.name for store in stores if name is None or store.namespace is None]
    common = {store: sum(bool(keys[store].find(joining_key(each.shape))) for each in group) for store in among}
    if len(named) == 1:
        return named[0]
    best = max(common, key=lambda store: (common[store], store), default=None)
    return best if best is not None and common[best] else None


def _is_data(each: CountedStatement, schema: Mapping[str, Sequence[str]], analyse: Analyse) -> bool:
    """Whether a statement is a client's own on user data."""
    words = each.shape.lower().split(None, 1)
    if not words or OWN_MARK in each.shape or words[0] in _SETUP or each.shape.endswith(_KEY_CHECK):
        return False
    dialect = dialect_of(each.system, each.shape)
    if dialect is None:
        return False
    facts = analyse(each.shape, dialect, schema)
    return not facts.catalog_only


def _join(store: str, data: Sequence[CountedStatement], keys: _Keys) -> tuple[Coverage, list[StatementUse]]:
    counted: dict[str, list[CountedStatement]] = defaultdict(list)
    for each in data:
        counted[joining_key(each.shape)].append(each)
    total = matched = shapes = shapes_matched = 0
    left = dict(keys.calls)
    untraced = []
    for key, group in sorted(counted.items()):
        calls = sum(each.calls for each in group if not each.inner)
        shapes += 1
        total += calls
        found = keys.find(key)
        if not found:
            first = group[0]
            who = INNER if all(each.inner for each in group) else UNKNOWN
            seen = Seen(sum(each.calls for each in group))
            untraced.append(StatementUse(first.id, who, store, first.system, first.shape, None, None, seen))
            continue
        shapes_matched += 1
        for other in found:
            shown = min(calls, left[other])
            left[other] -= shown
            calls -= shown
            matched += shown
    return Coverage(store, total, matched, shapes, shapes_matched), untraced


def _named(field: str, categories: Mapping[str, Sequence[str]]) -> str:
    return f"{field.rpartition('.')[2]} ({', '.join(categories[field])})"
