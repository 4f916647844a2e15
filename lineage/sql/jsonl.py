"""One statement as a JSON object in, its facts as a JSON object out: the pure half of `auditor sql --format jsonl -`.

`python -m lineage.sql.jsonl` answers line by line from standard input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from lineage.sql.analyse import analyse
from lineage.sql.facts import StatementFacts
from lineage.sql.locations import locations

Analyse = Callable[[str, str | None, Mapping[str, Sequence[str]] | None], StatementFacts]


def answer(row: Mapping[str, object], analyse: Analyse = analyse) -> dict[str, object]:
    """`{"id", "sql", "dialect", "schema": {"schema.table": ["column", ..]}}` answered with
    `{"id", "parse", "tables", "columns", "outputs"}`. Object stores and folders that rows are loaded from or unloaded
    to count as tables here; a stored shape has them masked. Wrongly typed members count as missing; never raises.
    `analyse` may be replaced by one that guards against hostile statements."""
    sql, dialect, declared = row.get("sql"), row.get("dialect"), row.get("schema")
    schema = _schema(json.dumps(declared)) if isinstance(declared, dict) else None
    text, chosen = sql if isinstance(sql, str) else "", dialect if isinstance(dialect, str) else None
    facts = analyse(text, chosen, schema)
    places = locations(text, chosen)
    facts = replace(
        facts,
        read=tuple(sorted({*facts.read, *(name for name, outwards in places if not outwards)})),
        written=tuple(sorted({*facts.written, *(name for name, outwards in places if outwards)})),
    )
    return {"id": row.get("id"), **as_json(facts)}


@lru_cache(maxsize=16)
def _schema(declared: str) -> dict[str, list[str]]:
    """The same object for the same schema, so that it is understood once for all statements that bring it."""
    tables = json.loads(declared)
    return {
        table: [column for column in columns if isinstance(column, str)]
        for table, columns in tables.items()
        if isinstance(columns, list)
    }


def as_json(facts: StatementFacts) -> dict[str, object]:
    """Facts as plain JSON values."""
    return {
        "parse": facts.parse,
        "tables": {"read": list(facts.read), "written": list(facts.written)},
        "columns": [
            {"table": use.table, "column": use.column, "role": use.role, "certain": use.certain}
            for use in facts.columns
        ],
        "outputs": [
            {"name": out.name, "target": out.target, "direct": out.direct, "sources": list(out.sources)}
            for out in facts.outputs
        ],
    }


def main() -> None:
    """Answers each line of standard input; a line that is no JSON object gets parse "none"."""
    for line in sys.stdin:
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = {}
            sys.stdout.write(json.dumps(answer(row if isinstance(row, dict) else {})) + "\n")


if __name__ == "__main__":
    main()
