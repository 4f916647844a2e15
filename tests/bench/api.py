"""Processor time of requests to the API and the pages over a large made-up audit, by kind of request.

python -m tests.bench.api [SERVICES] [FLOWS] [REQUESTS]. Requests are drawn at random, hardly any twice, and go through
the whole application (filters, JSON or HTML, entity tags; gzip where a browser asks for it) without a network.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import httpx

from api.app import create_app
from classifiers.taxonomy import sensitivity
from lineage.audit import Audit, Call, Exposure, Flow, Path
from lineage.diff import exposure_id
from lineage.model import EVIDENCE, Gap, Leak, Party
from tests.bench.graph import KEPT, made_up


class Made:
    """One audit that never changes."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit

    def version(self) -> str:
        return "1"

    def current(self) -> Audit:
        return self.audit

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        return self.audit


def large(services: int, flows: int) -> Audit:
    """The made-up audit with 20 columns a table, all its exposures, gaps and leaks."""
    audit = made_up(services, flows, columns=20)
    gaps = tuple(Gap("no_schema", f"GET /{n}", n, 0.5, "what the payload carries") for n in range(2000))
    leaks = tuple(Leak(one.name, "url.query email", "user.contact.email", 3) for one in audit.services)
    pairs = sorted({(f.source.name, f.sink.name) for f in audit.flows if f.source.kind == "service"})
    calls = tuple(Call(one, other, "GET /it", "http", 10, 0, 1.0) for one, other in pairs)
    return replace(audit, calls=calls, exposures=tuple(_exposures(audit)), gaps=gaps, leaks=leaks)


def _exposures(audit: Audit) -> Iterator[Exposure]:
    """One for each category and sink, each with the paths of one flow: finding longer ones takes minutes."""
    reaching: dict[tuple[str, Party], list[Flow]] = defaultdict(list)
    for flow in audit.flows:
        reaching[flow.category, flow.sink].append(flow)
    for (category, sink), flows in reaching.items():
        paths = tuple(Path((flow.source, flow.sink), (flow.id,), flow.evidence) for flow in flows[:5])
        ids, level = tuple(flow.id for flow in flows), min((flow.evidence for flow in flows), key=EVIDENCE.index)
        yield Exposure(exposure_id(category, sink), category, sink, "new", level, sensitivity(category), ids, paths)


def kinds(audit: Audit, chance: random.Random) -> dict[str, Callable[[], str]]:
    """An address of each kind, drawn at random."""

    def one(*texts: str) -> str:
        return quote(chance.choice(texts), safe="")

    services, stores = [s.name for s in audit.services], [s.name for s in audit.stores]
    fields, hosts = [f.id for f in audit.fields], [o.name for o in audit.outsiders]
    evidence = ("observed", "declared", "possible")
    lists = ("services", "stores", "fields", "accesses", "flows", "exposures", "gaps", "leaks", "calls")
    api = "/api/v1"
    return {
        "a page of a list": lambda: f"{api}/{chance.choice(lists)}?offset={chance.randrange(1000)}",
        "flows of a service": lambda: f"{api}/flows?service={one(*services)}&evidence={one(*evidence)}",
        "flows of a category": lambda: f"{api}/flows?category={one(*KEPT)}&limit={chance.randrange(50, 100)}",
        "flows of two wide filters": lambda: (
            f"{api}/flows?evidence=possible&category=user&offset={chance.randrange(9**5)}"
        ),
        "fields of a category": lambda: f"{api}/fields?category={one(*KEPT)}&store={one(*stores)}",
        "exposures of a sink": lambda: f"{api}/exposures?sink={one(*services, *hosts)}",
        "1,000 flows": lambda: f"{api}/flows?limit=1000&offset={chance.randrange(9**5)}",
        "a flow": lambda: f"{api}/flows/{chance.choice(audit.flows).id}",
        "paths": lambda: f"{api}/paths?from={one(*fields)}&to={one(*hosts)}",
        "who touches a field": lambda: f"{api}/ask/who-touches?wanted={one(*fields)}",
        "who touches a category": lambda: f"{api}/ask/who-touches?wanted={one(*KEPT)}",
        "where a field goes": lambda: f"{api}/ask/where-goes?wanted={one(*fields)}",
        "where a category goes": lambda: f"{api}/ask/where-goes?wanted={one(*KEPT)}&limit={chance.randrange(50, 99)}",
        "what a service holds": lambda: f"{api}/ask/holds?service={one(*services)}",
        "blast radius": lambda: f"{api}/ask/blast-radius?service={one(*services)}",
        "over-reads of a service": lambda: f"{api}/ask/over-reads?service={one(*services)}",
        "unread of a category": lambda: f"{api}/ask/unread?wanted={one(*KEPT)}",
        "how much of a category": lambda: f"{api}/ask/how-much?wanted={one(*KEPT)}",
        "coverage": lambda: f"{api}/ask/coverage?limit={chance.randrange(1, 1000)}",
        "page: overview": lambda: f"/?{chance.random()}",
        "page: exposures": lambda: f"/exposures?state=all&page={chance.randrange(1, 500)}",
        "page: an exposure": lambda: f"/exposures/{chance.choice(audit.exposures).id}",
        "page: a category": lambda: f"/categories/{one(*KEPT)}?page={chance.randrange(1, 9)}",
        "page: services": lambda: f"/services?page={chance.randrange(1, 20)}",
        "page: a service": lambda: f"/services/{one(*services)}",
        "page: a store": lambda: f"/stores/{one(*stores)}",
        "page: a field": lambda: f"/fields/{chance.choice(fields)}",
        "page: an outside party": lambda: f"/outsiders/{one(*hosts)}",
        "page: flows to one": lambda: f"/flows?sink=service:{one(*services)}",
        "page: explorer, one away": lambda: f"/explorer?focus={one(*services)}",
        "page: explorer, two away": lambda: f"/explorer?focus={one(*services)}&depth=2",
        "page: search": lambda: f"/search?q={chance.randrange(10**3)}",
        "page: coverage": lambda: f"/coverage?page={chance.randrange(1, 40)}",
        "an unknown name": lambda: f"{api}/ask/who-touches?wanted=table{chance.random()}.colum",
    }


async def main(services: str = "1000", flows: str = "100000", requests: str = "20") -> None:
    """Print the median, 95th percentile and maximum in milliseconds by kind, and of all together."""
    audit = large(int(services), int(flows))
    start = time.process_time()
    app = create_app(Made(audit))
    print(
        f"{len(audit.services):,} services, {len(audit.fields):,} fields, {len(audit.flows):,} flows, "
        f"{len(audit.exposures):,} exposures; ready after {time.process_time() - start:.1f} s"
    )
    everything: list[float] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        for name, draw in kinds(audit, random.Random(1)).items():
            taken, size = [], 0
            for address in [draw() for _ in range(int(requests))]:
                begin = time.process_time()
                answer = await client.get(address)
                taken.append((time.process_time() - begin) * 1000)
                size = max(size, len(answer.content))
                if answer.status_code not in (200, 404):
                    raise SystemExit(f"{address}: {answer.status_code}")
            everything += taken
            print(f"{_figures(taken)}  {size / 1024:7.0f} KiB  {name}")
    print(f"{_figures(everything)}               all")


def _figures(taken: list[float]) -> str:
    ordered = sorted(taken)
    return f"{ordered[len(ordered) // 2]:8.1f} {ordered[int(len(ordered) * 0.95)]:8.1f} {ordered[-1]:8.1f} ms"


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
