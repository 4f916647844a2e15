"""What a statement touches. Only this package imports sqlglot.

`shape` and `dialects` are light (regular expressions only) so that telemetry readers can use them on every text;
`analyse`, `ddl` and `jsonl` load the parser and are imported by their own names.
"""

from lineage.sql.dialects import dialect_of
from lineage.sql.facts import ColumnUse, Output, StatementFacts
from lineage.sql.shape import Shape, literals, shape

__all__ = ["ColumnUse", "Output", "Shape", "StatementFacts", "dialect_of", "literals", "shape"]
