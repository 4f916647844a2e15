"""Time of every question to a large made-up audit: python -m tests.bench.graph [SERVICES] [FLOWS]."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from classifiers.model import Label
from classifiers.taxonomy import CATEGORIES
from lineage import graph
from lineage.audit import Access, Audit, AuditField, AuditService, AuditStore, Call, Flow, Outsider, Scope
from lineage.diff import flow_id
from lineage.model import Direction, EvidenceLevel, Operation, Party
from lineage.questions.blast_radius import blast_radius
from lineage.questions.holds import holds
from lineage.questions.how_much import how_much
from lineage.questions.over_reads import over_reads
from lineage.questions.unread import unread
from lineage.questions.where_goes import where_goes
from lineage.questions.who_touches import who_touches
from lineage.system import Context, StatementRun
from reports.audit_json import dumps, loads

DAY = ("2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00")
KEPT = [key for key in CATEGORIES if key.startswith("user.")][:60]


def made_up(services: int = 1000, flows: int = 100_000, seed: int = 1, columns: int = 5) -> Audit:
    """An audit of this size: each service calls about twenty, one in five has a store of five tables with as many
    columns, as in large real systems."""
    chance = random.Random(seed)
    names = [f"service-{number:04}" for number in range(services)]
    fields = [
        (f"db-{number:04}/table{table}.column{column}", chance.choice(KEPT), f"db-{number:04}")
        for number in range(max(services // 5, 1))
        for table in range(5)
        for column in range(columns)
    ]
    owner = {store: chance.choice(names) for _, _, store in fields}
    found: dict[str, Flow] = {}
    for flow in _flows(chance, names, fields, owner):
        found[flow.id] = flow
        if len(found) >= flows:
            break
    accesses = tuple(
        Access(owner[store], "GET /it", field, ("projected",), 10, (f"s-{store}",), True, (f"s-{store}",))
        for field, _, store in fields
        if chance.random() < 0.8
    )
    contexts = tuple(
        Context((Operation(chance.choice(names), "GET /"), Operation(owner[store], "GET /it")), 10, (run,))
        for store in owner
        for run in [StatementRun(f"s-{store}", store, 10)]
        for _ in range(20)
    )
    return Audit(
        Scope("0", (), (), 10**9, 10**8, *DAY, 10**9, 10**9, "not stated"),
        tuple(AuditService(name, ("GET /it",), 1000) for name in names),
        tuple(AuditStore(store, "postgresql", tuple(f"table{n}" for n in range(5))) for store in owner),
        tuple(Outsider(f"host-{n}.example", ("http",)) for n in range(50)),
        fields=tuple(
            AuditField(id_, store, *id_.rpartition("/")[2].split("."), "text", (Label(key, "personal", 0.9),))
            for id_, key, store in fields
        ),
        calls=tuple(Call(None, name, "GET /", "http", 10, 0, 1.0) for name in names[: services // 10]),
        accesses=accesses,
        contexts=contexts + tuple(Context((Operation(name, "GET /"),), 100) for name in names),
        flows=tuple(sorted(found.values(), key=lambda flow: flow.id)),
    )


def _flows(
    chance: random.Random, names: list[str], fields: list[tuple[str, str, str]], owner: dict[str, str]
) -> Iterator[Flow]:
    """Reads first, then flows that go on from parties that hold the field, so that there are long paths."""
    callees = {name: chance.sample(names, min(20, len(names))) for name in names}
    holders: dict[str, list[str]] = {}
    for field, category, store in fields:
        holders[field] = [owner[store]]
        yield _flow(category, field, Party("store", store), Party("service", owner[store]), "read", "observed")
    while True:
        field, category, _ = chance.choice(fields)
        source = chance.choice(holders[field])
        evidence: EvidenceLevel = chance.choice(("declared", "possible", "possible", "possible"))
        if chance.random() < 0.02:
            sink = Party("outsider", f"host-{chance.randrange(50)}.example")
        else:
            name = chance.choice(callees[source])
            if name == source:
                continue
            holders[field].append(name)
            sink = Party("service", name)
        yield _flow(category, field, Party("service", source), sink, "request", evidence)


def _flow(category: str, field: str, source: Party, sink: Party, direction: Direction, evidence: EvidenceLevel) -> Flow:
    id_ = flow_id(category, field, source, sink, direction)
    return Flow(id_, category, field, source, sink, direction, "GET /it", evidence, 10, *DAY, ("ab" * 16,), ("why",))


def main(services: str = "1000", flows: str = "100000") -> None:
    """Print the seconds of processor time that each question takes, the slowest of three, and how much it answered."""
    audit = made_up(int(services), int(flows))
    print(f"{len(audit.services):,} services, {len(audit.flows):,} flows, {len(audit.fields):,} fields")
    field, category, outsider = audit.fields[0].id, audit.fields[0].labels[0].category, audit.outsiders[0].name
    reader = audit.accesses[0].service
    text = dumps(audit)
    questions: dict[str, Callable[[], Any]] = {
        f"read audit.json ({len(text) >> 20} MiB)": lambda: loads(text),
        "who-touches user (all)": lambda: who_touches(audit, "user"),
        "who-touches a field": lambda: who_touches(audit, field),
        "where-goes user (all)": lambda: where_goes(audit, "user"),
        "where-goes a category": lambda: where_goes(audit, category),
        "where-goes a field": lambda: where_goes(audit, field),
        "where-goes a category --to": lambda: where_goes(audit, category, outsider),
        "where-goes user --to": lambda: where_goes(audit, "user", outsider),
        "paths of a field to an outsider": lambda: graph.paths(audit.flows, field, outsider),
        "holds a service": lambda: holds(audit, reader),
        "blast-radius": lambda: blast_radius(audit, reader),
        "over-reads": lambda: over_reads(audit),
        "unread": lambda: unread(audit),
        "how-much": lambda: how_much(audit),
    }
    for name, ask in questions.items():
        taken = []
        for _ in range(3):
            start = time.process_time()
            answer = ask()
            taken.append(time.process_time() - start)
        print(f"{max(taken):7.3f} s  {name}: {_size(answer)}")


def _size(answer: Any) -> str:
    if isinstance(answer, tuple):
        return f"{len(answer):,}"
    if isinstance(answer, Audit):
        return f"{len(answer.flows):,} flows"
    lists = {name: getattr(answer, name) for name in answer.__slots__}
    return ", ".join(f"{len(value):,} {name}" for name, value in lists.items() if isinstance(value, tuple))


if __name__ == "__main__":
    main(*sys.argv[1:])
