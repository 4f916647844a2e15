"""Identity: what makes a flow, an exposure or a leak the same in two audits. Never when, how often, by which host."""

from __future__ import annotations

import hashlib
import json

from lineage.model import Party


def flow_id(category: str, field: str | None, source: Party, sink: Party, direction: str) -> str:
    """The stable id of a flow: `f1-` (the recipe's version) and 64 bits of SHA-256 over a canonical form."""
    return "f1-" + _digest("flow/v1", [category, field, source.kind, source.name, sink.kind, sink.name, direction])


def exposure_id(category: str, sink: Party) -> str:
    """The stable id of an exposure: `e1-` and 64 bits of SHA-256 over category and sink."""
    return "e1-" + _digest("exposure/v1", [category, sink.kind, sink.name])


def leak_id(service: str, attribute: str, category: str) -> str:
    """The stable id of a leak in telemetry: `l1-` and 64 bits of SHA-256 over service, attribute and category."""
    return "l1-" + _digest("leak/v1", [service, attribute, category])


def _digest(recipe: str, parts: list[str | None]) -> str:
    canonical = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{recipe}\0{canonical}".encode()).hexdigest()[:16]
