"""The keys by which a statement reaches into a JSON column: evidence of fields that no DDL declares."""

from __future__ import annotations

import re

from sqlglot import exp

_STEP = re.compile(r"[A-Za-z_][\w-]{0,39}", re.ASCII)
_EXTRACTIONS = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar)


def json_path(node: exp.Expr) -> tuple[exp.Expr, str]:
    """The expression at the root of nested extractions, and the dotted keys taken from it ("" when none are known)."""
    steps: list[str] = []
    while isinstance(node, _EXTRACTIONS):
        steps += reversed(_steps(node.expression))
        node = node.this
    return node, ".".join(reversed(steps))


def _steps(path: exp.Expr) -> list[str]:
    if isinstance(path, exp.JSONPath):
        names = [str(part.this) for part in path.expressions if isinstance(part, exp.JSONPathKey)]
    elif isinstance(path, exp.Literal) and path.is_string:
        names = path.name.strip("{}").removeprefix("$.").replace(".", ",").split(",")
    else:
        names = []
    return [name for name in names if _STEP.fullmatch(name)]
