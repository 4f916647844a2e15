"""Exposures: what a reviewer decides on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from lineage.audit import Exposure, Flow
from lineage.diff import exposure_id
from lineage.graph import best_paths, by_category
from lineage.model import EVIDENCE, Party


def find_exposures(flows: Sequence[Flow], sensitivity: Callable[[str], str]) -> tuple[Exposure, ...]:
    """One exposure per category and sink, all new, sorted by id. A sink is whoever gets it: also a store written to."""
    result = []
    for category, same in by_category(flows).items():
        paths = best_paths(same)
        to_sink: dict[Party, list[Flow]] = defaultdict(list)
        for flow in sorted(same, key=lambda f: f.id):
            to_sink[flow.sink].append(flow)
        for sink, reaching in to_sink.items():
            evidence = min((f.evidence for f in reaching), key=EVIDENCE.index)
            result.append(
                Exposure(
                    exposure_id(category, sink),
                    category,
                    sink,
                    "new",
                    evidence,
                    sensitivity(category),
                    tuple(f.id for f in reaching),
                    paths[sink],
                )
            )
    return tuple(sorted(result, key=lambda exposure: exposure.id))
