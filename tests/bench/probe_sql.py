"""What placeholder styles and truncation do to the reading of a capture's statements.

python -m tests.bench.probe_sql FOLDER..., each folder with `sql_columns_truth.jsonl.gz` and `schema.sql`.

Every distinct statement is written anew in each placeholder style, and cut at twenty points. Right is: the same tables
as the statement as it was; for a cut one, none that it did not have. A phantom is a table that the statement has not,
or a column that neither the schema nor the statement's own reading knows. With and without the schema at hand.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from lineage.sql.analyse import analyse
from lineage.sql.ddl import parse_ddl
from lineage.sql.facts import StatementFacts
from lineage.sql.lexer import Kind, tokens
from lineage.sql.shape import shape

STYLES: dict[str, Callable[[int], str]] = {
    "?": lambda n: "?",
    "%s": lambda n: "%s",
    "%(x)s": lambda n: f"%(param_{n})s",
    "$1": lambda n: f"${n}",
    ":name": lambda n: f":param_{n}",
    ":1": lambda n: f":{n}",
    "@p1": lambda n: f"@p{n}",
    "#{n}": lambda n: f"#{{{n}}}",
    "?::type": lambda n: "?::text",
    "{n}": lambda n: f"{{{n}}}",
    "[REDACTED]": lambda n: "[REDACTED]",
    "'literal'": lambda n: "'jane'",
}
CUTS = 20


def restyled(sql: str, style: Callable[[int], str]) -> str:
    """The statement with its placeholders in another style, and nothing between those of a list: `$1,$2`."""
    pieces: list[str] = []
    number = 0
    for token in tokens(sql, "postgres"):
        if token.kind is Kind.PLACEHOLDER:
            number += 1
            if len(pieces) > 1 and pieces[-1].isspace() and pieces[-2] == "," and number % 2:
                pieces.pop()
            pieces.append(style(number))
        else:
            pieces.append(token.text)
    return "".join(pieces)


def cuts(sql: str) -> Iterator[str]:
    """The statement cut at twenty points, evenly spread."""
    return (sql[: len(sql) * n // (CUTS + 1)] for n in range(1, CUTS + 1))


def statements(folder: Path) -> list[str]:
    """The distinct statements of a capture."""
    with gzip.open(folder / "sql_columns_truth.jsonl.gz", "rt") as lines:
        return sorted({json.loads(line)["sql"] for line in lines})


def probe(folder: Path, *, with_schema: bool) -> dict[str, Counter[str]]:
    """Per probe ("cut" or a placeholder style) the counts "probes", "right" and "phantoms"."""
    declared = parse_ddl((folder / "schema.sql").read_text(), dialect="postgres").tables
    columns = {table.name: [column.name for column in table.columns] for table in declared}
    schema = columns if with_schema else None
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*STYLES, "cut", "cut, stored")}
    for sql in statements(folder):
        whole = analyse(sql, "postgres", schema)
        known = {name.lower() for names in columns.values() for name in names} | _columns(whole)
        for name, style in STYLES.items():
            found = analyse(restyled(sql, style), "postgres", schema)
            _count(counts[name], found, (found.read, found.written) == (whole.read, whole.written), whole, known)
        for text in cuts(sql):
            for name, cut in (("cut", text), ("cut, stored", shape(text, "postgresql").text)):
                found = analyse(cut, "postgres", schema)
                _count(counts[name], found, _tables(found) <= _tables(whole), whole, known)
    return counts


def _count(counter: Counter[str], found: StatementFacts, right: bool, whole: StatementFacts, known: set[str]) -> None:
    strange = {use.table.lower() for use in found.columns if use.table} - _tables(whole)
    counter["probes"] += 1
    counter["right"] += right
    counter["phantoms"] += bool(strange or _columns(found) - known or _tables(found) - _tables(whole))


def _tables(facts: StatementFacts) -> set[str]:
    return {name.lower() for name in (*facts.read, *facts.written)}


def _columns(facts: StatementFacts) -> set[str]:
    return {use.column.lower() for use in facts.columns} | {"*"}


def report(results: Mapping[str, Counter[str]]) -> Iterator[str]:
    """A line per probe."""
    for name, counter in results.items():
        share = counter["right"] / max(counter["probes"], 1)
        yield f"  {name:12} tables right {share:.4f}  phantoms {counter['phantoms']}  of {counter['probes']}"


def main(folders: Sequence[str]) -> None:
    """Prints the shares of each capture."""
    for folder in folders:
        for with_schema in (False, True):
            print(f"{Path(folder).name}, {'with' if with_schema else 'without'} schema")
            print("\n".join(report(probe(Path(folder), with_schema=with_schema))))


if __name__ == "__main__":
    main(sys.argv[1:])
