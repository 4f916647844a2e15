"""What the service dependency explorer needs beside calls: operations, calling paths, and what a request sets off."""

from __future__ import annotations

from dataclasses import replace

from auditor.inventory import tells_how_much
from lineage.amplification import edge_loads
from lineage.audit import Audit, AuditOperation
from lineage.model import LeftOut
from lineage.sampling import worth_of
from lineage.system import Context, SystemModel

MOST = 2_000  # records of a list: audit.json stays readable


def with_explorer(audit: Audit, model: SystemModel, most: int = MOST) -> Audit:
    """The audit with its operations, with at most `most` further contexts and loads, and with what was left out."""
    contexts = _further_contexts(model)
    lists = {"further_contexts": len(contexts), "loads": len(model.amplifications)}
    return replace(
        audit,
        operations=_operations(model),
        further_contexts=contexts[:most],
        loads=edge_loads(model, most),
        left_out=tuple(LeftOut(name, records - most) for name, records in lists.items() if records > most),
    )


def _operations(model: SystemModel) -> tuple[AuditOperation, ...]:
    return tuple(
        AuditOperation(
            o.operation.service,
            o.operation.name,
            o.kind,
            o.seen.calls,
            o.seen.errors,
            o.durations,
            worth_of(o.seen),
        )
        for o in model.operations
    )


def _further_contexts(model: SystemModel) -> tuple[Context, ...]:
    """The calling paths that `contexts` leaves out, short ones first: a path is not without those that lead to it."""
    others = [context for context in model.contexts if not tells_how_much(context)]
    return tuple(sorted(others, key=lambda context: (len(context.path), -context.calls, context.path)))
