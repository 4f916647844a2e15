"""Statements to accesses: which operation touches which field in which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lineage.audit import Access, StatementShape
from lineage.catalog import Catalog
from lineage.derived import Fill
from lineage.model import ROLES, Gap, Role
from lineage.sessions import earlier
from lineage.sql import StatementFacts, dialect_of
from lineage.sql.analyse import Request, analyse
from lineage.sql.non_sql import analyse_command
from lineage.system import StatementUse

ReadAll = Callable[[Iterable[Request]], Iterable[StatementFacts]]


@dataclass(frozen=True, slots=True)
class Touch:
    """One statement of one operation touching one field.

    `bound` is True when the value comes from the caller rather than from other columns: a parameter that is written,
    or that a row is looked up by. `returned` is True when the value, or a part of it, comes back to the service: what
    only moves inside the database, is counted, compared or hashed there does not.
    """

    use: StatementUse
    field: str
    role: Role
    certain: bool
    bound: bool
    returned: bool


@dataclass(frozen=True, slots=True)
class Read:
    """What all statements together say."""

    touches: tuple[Touch, ...]
    shapes: tuple[StatementShape, ...]
    fills: tuple[Fill, ...]
    gaps: tuple[Gap, ...]
    calls: int  # statement calls on user data
    calls_parsed: int


def read_all(requests: Iterable[Request]) -> Iterator[StatementFacts]:
    """The facts of each request, in order."""
    return (analyse(*request) for request in requests)


def read_statements(uses: Sequence[StatementUse], catalog: Catalog, read_all: ReadAll = read_all) -> Read:
    """Resolve every distinct statement to fields `store/table.column`; what cannot be read becomes a gap.

    `read_all` may be replaced by one that guards against hostile statements.
    """
    all_facts = _facts(uses, catalog, read_all)
    touches: list[Touch] = []
    shapes: dict[str, StatementShape] = {}
    fills: set[Fill] = set()
    failed: dict[tuple[str, str], int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    parsed = 0
    for position, use in enumerate(uses):
        where = f"{use.operation.service} -> {use.store}"
        if use.shape is None:
            totals[where] += use.seen.calls
            failed["name_only", where] += use.seen.calls
            touches += _named_only(use, catalog)
            continue
        facts = all_facts[position]
        shapes[use.id] = StatementShape(use.id, use.system, use.shape, facts.parse)
        if facts.catalog_only:
            continue
        totals[where] += use.seen.calls
        parsed += use.seen.calls if facts.parse == "full" else 0
        problem = {"none": "unparsed_sql", "partial": "partial_sql", "not_sql": "not_sql"}.get(facts.parse)
        if problem:
            failed[problem, where] += use.seen.calls
        touches += _touches(use, facts, catalog)
        fills.update(_fills(use, facts, catalog))
    gaps = tuple(
        Gap(kind, where, count, round(count / totals[where], 4), HIDDEN[kind])
        for (kind, where), count in sorted(failed.items())
    )
    listed = tuple(shapes[key] for key in sorted(shapes))
    return Read(tuple(touches), listed, tuple(sorted(fills)), gaps, sum(totals.values()), parsed)


def _facts(uses: Sequence[StatementUse], catalog: Catalog, read_all: ReadAll) -> dict[int, StatementFacts]:
    """The facts of the uses that have a statement, by position; each distinct statement is read once."""
    before = earlier(uses)
    facts: dict[int, StatementFacts] = {}
    waiting: dict[tuple[str, str, str, tuple[str, ...]], list[int]] = defaultdict(list)
    for position, use in enumerate(uses):
        if use.shape is None:
            continue
        dialect = dialect_of(use.system, use.shape)
        if dialect is None:
            facts[position] = analyse_command(use.shape, use.system, use.collection)
        else:
            waiting[use.shape, dialect, use.store, before.get(position, ())].append(position)
    requests = ((shape, dialect, catalog.schema(store), texts) for shape, dialect, store, texts in waiting)
    for positions, found in zip(waiting.values(), read_all(requests), strict=True):
        facts.update(dict.fromkeys(positions, found))
    return facts


HIDDEN = {
    "unparsed_sql": "statements that could not be read: the tables and columns they touch are unknown",
    "partial_sql": "statements read in part (cut off or in an unknown dialect): more columns may be touched",
    "not_sql": "commands of stores without SQL: only what their text names is known",
    "name_only": "accesses without a statement, known by operation and table name only: columns are unknown",
}


def _named_only(use: StatementUse, catalog: Catalog) -> list[Touch]:
    if not use.collection:
        return []
    table = catalog.table(use.store, use.collection)
    verb = (use.verb or "").split(" ")[0].upper()
    role: Role = "projected" if verb in ("SELECT", "FIND", "GET", "QUERY", "SCAN", "") else "written"
    return [Touch(use, f"{use.store}/{table.name}.*", role, False, False, role == "projected")]


def _touches(use: StatementUse, facts: StatementFacts, catalog: Catalog) -> list[Touch]:
    from_columns = {output.target.lower() for output in facts.outputs if output.target and output.sources}
    returned = {
        source.lower()
        for output in facts.outputs
        if output.target is None
        for source, kept in zip(output.sources, output.kept, strict=True)
        if kept in ("whole", "part")
    }
    result = []
    for column in facts.columns:
        if column.table is None or column.table in facts.temporary:  # a temporary table keeps nothing
            continue
        if column.column != "*":
            catalog.learn(use.store, column.table, column.column)
        full_name = f"{column.table}.{column.column}".lower()
        bound = column.role == "filtered" or (column.role == "written" and full_name not in from_columns)
        back = column.role == "projected" and full_name in returned
        field = catalog.field(use.store, column.table, column.column)
        result.append(Touch(use, field, column.role, column.certain, bound, back))
    # A row goes (DELETE) or comes (INSERT without column names) as a whole.
    named = {column.table for column in facts.columns if column.role == "written"}
    for name in facts.written:
        if name not in named and name not in facts.temporary:
            row = f"{use.store}/{catalog.table(use.store, name).name}.*"
            result.append(Touch(use, row, "written", False, False, False))
    return result


def _fills(use: StatementUse, facts: StatementFacts, catalog: Catalog) -> Iterator[Fill]:
    for output in facts.outputs:
        if output.target is None or output.target.endswith(".*"):
            continue
        if split_name(output.target)[0] in facts.temporary:  # what comes of it is told where it is read
            continue
        target = catalog.field(use.store, *split_name(output.target))
        for source, kept in zip(output.sources, output.kept, strict=True):
            yield Fill(target, catalog.field(use.store, *split_name(source)), kept, f"statement {use.id}")


def split_name(name: str) -> tuple[str, str]:
    """`schema.table.column` as table and column."""
    table, _, column = name.rpartition(".")
    return table, column


def accesses(touches: Sequence[Touch]) -> tuple[Access, ...]:
    """Touches added up per operation and field; roles in the order of ROLES."""
    groups: dict[tuple[str, str, str], list[Touch]] = defaultdict(list)
    for touch in touches:
        groups[touch.use.operation.service, touch.use.operation.name, touch.field].append(touch)
    result = []
    for (service, operation, field), group in sorted(groups.items()):
        uses = {(t.use.id, t.use.store): t.use for t in group}
        roles = {t.role for t in group}
        result.append(
            Access(
                service,
                operation,
                field,
                tuple(role for role in ROLES if role in roles),
                sum(use.seen.calls for use in uses.values()),
                tuple(sorted({use.id for use in uses.values()})),
                any(t.certain for t in group),
                tuple(sorted({t.use.id for t in group if t.role != "written"})),
            )
        )
    return tuple(result)
