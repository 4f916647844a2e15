"""Where requests come in from callers that no trace shows: browsers, phones, partners, services that send no spans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from lineage.audit import Audit
from reports.traffic import Traffic

CLIENTS = "outside the traces"  # such callers in words; who they are, nothing tells


def entries(audit: Audit, shown: Collection[str]) -> tuple[tuple[str, Traffic], ...]:
    """The services among `shown` that were called so, by name, with those calls and their errors."""
    calls: dict[str, int] = defaultdict(int)
    errors: dict[str, int] = defaultdict(int)
    for call in audit.calls:
        if call.caller is None and call.callee in shown:
            calls[call.callee] += call.calls
            errors[call.callee] += call.errors
    return tuple((name, Traffic(calls[name], errors[name])) for name in sorted(calls))
