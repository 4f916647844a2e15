"""What commands print for machines."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineage.audit import Audit


def figures(audit: Audit) -> dict[str, Any]:
    """An audit in a few numbers."""
    states = [exposure.state for exposure in audit.exposures]
    return {
        "verdict": audit.verdict.state,
        "reasons": list(audit.verdict.reasons),
        "spans": audit.scope.spans,
        "traces": audit.scope.traces,
        "services": len(audit.services),
        "stores": len(audit.stores),
        "outsiders": len(audit.outsiders),
        "sensitive_fields": sum(bool(field.labels) for field in audit.fields),
        "flows": len(audit.flows),
        "exposures": {state: states.count(state) for state in sorted(set(states))},
        "leaks": len(audit.leaks),
        "gaps": len(audit.gaps),
    }


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(data, indent=1) + "\n")
