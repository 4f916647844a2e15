"""PIVOT and UNPIVOT: what columns a row source has after its rows were turned into columns, or the other way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.sql.relations import Item, Origin, Relation
from lineage.sql.scope import Scope

if TYPE_CHECKING:
    from lineage.sql.query import Reader


def pivoted(reader: Reader, node: exp.Expr, relation: Relation, scope: Scope) -> Relation:
    """The relation after the pivots that hang on its node: columns taken up by them are gone, the made ones known.

    The columns that PIVOT makes are named by literals: `other` stands for them.
    """
    for pivot in node.args.get("pivots") or ():
        inside = reader.beside(scope)
        inside.relations.append(relation)
        fields = pivot.args.get("fields") or ()
        gone = {column.name.lower() for column in pivot.find_all(exp.Column)}
        items = tuple(item for item in relation.items if (item.name or "").lower() not in gone)
        turns_rows = not pivot.args.get("unpivot")
        origins: frozenset[Origin] = frozenset()
        for value in pivot.expressions if turns_rows else fields:
            origins |= reader.visit(value, "projected", inside)
        if turns_rows:
            for each in fields:
                reader.visit(each, "grouped", inside)
            items += (Item(None, origins),)
        else:
            items += tuple(Item(each.this.name) for each in fields if isinstance(each, exp.In))
            items += tuple(Item(each.name, origins) for each in pivot.expressions)
        alias = (pivot.alias or relation.alias).lower()
        relation = replace(relation, items=items, other=Item(None, origins), alias=alias)
    return relation
