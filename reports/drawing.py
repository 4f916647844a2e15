"""The picture of who sends personal data to whom. The only file that knows Graphviz.

Graphviz only places things: it is given made-up node names, sizes and nothing else, so that no name from outside is
ever read as a label, a record or a link, and no font of the machine moves a line. What is drawn is written by `svg`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pygraphviz  # type: ignore[import-untyped]

from lineage.audit import Audit
from lineage.model import Party
from reports.edges import MAX_LINES, MAX_PARTIES, Edge, edges, parties, readable
from reports.entries import CLIENTS, entries
from reports.flow_view import pair_anchor
from reports.svg import Point, arrow_head, element, ellipse, number, outline, text
from reports.text import anchor, count
from reports.traffic import Traffic
from reports.words import KIND_WORDS

DASHES = {"observed": "none", "declared": "7 4", "possible": "2 3"}
NAME_LIMIT, LABEL_LIMIT = 30, 26
LAST_TIER = ("store", "outsider")  # where data comes to rest: one column at the right
HEIGHT, LABEL_HEIGHT, MARGIN, CLIENTS_WIDTH = 44.0, 26.0, 8.0, 130.0  # points
FITTING = 1500.0  # points: a picture up to this width is still legible when it is shrunk to a page's width


@dataclass(frozen=True, slots=True)
class Links:
    """Where a picture leads: from a line to what tells of the flows between two parties, and from a party to it."""

    pair: Callable[[Party, Party], str]
    party: Callable[[Party], str]


def within_page(pair: Callable[[Party, Party], str] = pair_anchor) -> Links:
    """Links to elements of the page that the picture stands in; `pair` names those that tell of two parties."""
    return Links(
        lambda source, sink: f"#{pair(source, sink)}",
        lambda party: f"#{anchor('party', f'{party.kind}.{party.name}')}",
    )


WITHIN_PAGE = within_page()


@dataclass(frozen=True, slots=True)
class Drawing:
    """An `<svg>` element, and a sentence on what it leaves out (empty when it shows everything)."""

    svg: str
    omitted: str


def draw(
    audit: Audit,
    most_parties: int = MAX_PARTIES,
    most_lines: int = MAX_LINES,
    links: Links | None = WITHIN_PAGE,
) -> Drawing:
    """Draw services, stores, outside parties and channels, with the personal data that flows between them.

    Beyond `most_parties` or `most_lines` only the gravest lines are drawn, and `omitted` counts the rest. Without
    `links` nothing is a link.
    """
    lines = edges(audit)
    ends = {end for line in lines for end in (line.source, line.sink)}
    everyone = tuple(sorted(ends.union(parties(audit))))
    shown, drawn = readable(everyone, lines, most_parties, most_lines)
    systems = {Party("store", store.name): store.system for store in audit.stores}
    systems |= {Party("channel", channel.name): channel.system for channel in audit.channels}
    left_out = _omitted(len(everyone) - len(shown), len(lines) - len(drawn), most_parties, most_lines)
    entered = entries(audit, {party.name for party in shown if party.kind == "service"})
    return Drawing(_svg(shown, drawn, entered, systems, links), left_out)


def _svg(
    shown: tuple[Party, ...],
    lines: tuple[Edge, ...],
    entered: tuple[tuple[str, Traffic], ...],
    systems: dict[Party, str],
    links: Links | None,
) -> str:
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR", nodesep="0.28", ranksep="0.55")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    names = {party: f"n{index}" for index, party in enumerate(shown)}
    for party, name in names.items():
        graph.add_node(name, width=_width(party, _words(party, systems.get(party, ""))) / 72, height=HEIGHT / 72)
    for index, line in enumerate(lines):
        ends = (names[line.source], names[line.sink])
        caller, callee = reversed(ends) if line.backward else ends  # calls point one way: layers stay in place
        graph.add_edge(caller, callee, key=f"e{index}", dir="back" if line.backward else "forward", **_room(line))
    if tiers := [name for party, name in names.items() if party.kind in LAST_TIER]:
        graph.add_subgraph(tiers, rank="max")
    if entered:
        graph.add_node("clients", width=CLIENTS_WIDTH / 72, height=HEIGHT / 72)
        graph.add_subgraph(["clients"], rank="min")
    for index, (service, _) in enumerate(entered):
        graph.add_edge("clients", names[Party("service", service)], key=f"c{index}")
    graph.layout(prog="dot")
    _, _, width, height = _numbers(graph.graph_attr["bb"] or "0,0,0,0")
    led = {key: graph.get_edge(a, b, key).attr for a, b, key in graph.edges(keys=True)}
    content = [_line(line, led[f"e{i}"], height, links) for i, line in enumerate(lines)]
    content += [
        _node(p, _at(graph.get_node(n).attr["pos"], height), systems.get(p, ""), links) for p, n in names.items()
    ]
    content += [_call(f"{CLIENTS} → {name}", t, led[f"c{i}"], height) for i, (name, t) in enumerate(entered)]
    content += [_clients(_at(graph.get_node("clients").attr["pos"], height))] if entered else []
    box = f"{number(-MARGIN)} {number(-MARGIN)} {number(width + 2 * MARGIN)} {number(height + 2 * MARGIN)}"
    size = {"width": width + 2 * MARGIN, "height": height + 2 * MARGIN}
    label = f"Diagram: {count(len(shown), 'party', 'parties')}, {count(len(lines), 'line')}"
    kind = "graph fits" if size["width"] <= FITTING else "graph"
    return element("svg", *content, class_=kind, viewBox=box, role="group", aria_label=label, **size)


def _clients(centre: Point) -> str:
    title = element("title", text("Callers that no trace shows: browsers, phones, partners, services without spans"))
    name = element("text", text("callers"), class_="name", **_middle(centre, -2, 12))
    word = element("text", text(CLIENTS), class_="word", **_middle(centre, 12, 10))
    return element("g", title, ellipse(centre, CLIENTS_WIDTH, HEIGHT), name, word, class_="clients")


def _node(party: Party, centre: Point, system: str, links: Links | None) -> str:
    words = _words(party, system)
    lid = 4 if party.kind == "store" else 0  # a cylinder's text stands below its lid
    name = element("text", text(party.name, NAME_LIMIT), class_="name", **_middle(centre, lid - 2, 12))
    kind = element("text", text(words, NAME_LIMIT), class_="word", **_middle(centre, lid + 12, 10))
    shape = outline(party.kind, centre, _width(party, words), HEIGHT)
    title = element("title", text(f"{party.name} ({words})"))
    to = {"href": links.party(party)} if links else {}
    link = element("a" if links else "g", title, shape, name, kind, **to)
    return element("g", link, class_=f"node {party.kind}")


def _line(line: Edge, placed: Mapping[str, str | None], height: float, links: Links | None) -> str:
    label_position = placed["lp"]
    if not line.evidence or not label_position:
        return _call(f"{line.source.name} → {line.sink.name}", line.traffic, placed, height)
    stroke = _stroke(placed, height, "#b91c1c" if line.undecided else "#475569", DASHES[line.evidence], line.traffic)
    centre = _at(label_position, height)
    what = element("text", text(_what(line), LABEL_LIMIT + 4), class_="what", **_middle(centre, -2, 10))
    state = element("text", text(_state(line)), class_="word", **_middle(centre, 9, 9))
    everything = ", ".join(category.title for category in line.categories)
    ends = f"{line.source.name} → {line.sink.name}"
    title = element("title", text(f"{ends}: {everything} ({_state(line)}); {_calls(line.traffic)}", 240))
    to = {"href": links.pair(line.source, line.sink)} if links else {}
    linked = element("a" if links else "g", title, *stroke, what, state, **to)
    return element("g", linked, class_=f"edge {line.evidence}{' undecided' if line.undecided else ''}")


def _call(ends: str, calls: Traffic, placed: Mapping[str, str | None], height: float) -> str:
    title = element("title", text(f"{ends}: {_calls(calls)}", 240))
    return element("g", title, *_stroke(placed, height, "#cbd5e1", "none", calls), class_="edge call")


def _stroke(
    placed: Mapping[str, str | None], height: float, colour: str, dashes: str, calls: Traffic
) -> tuple[str, str]:
    """The line as Graphviz led it, and its arrow head."""
    body, base, tip = _spline(placed["pos"] or "", height)
    kind: dict[str, str | float] = {"stroke_dasharray": dashes, "stroke_width": calls.width, "class_": "line"}
    head = element("polygon", points=arrow_head(base, tip), fill=colour, class_="head")
    return element("path", d=body, fill="none", **kind, stroke=colour), head


def _calls(traffic: Traffic) -> str:
    return count(traffic.calls, "call") + (f", {count(traffic.errors, 'error')}" if traffic.errors else "")


def _what(line: Edge) -> str:
    title, more = line.categories[0].title, len(line.categories) - 1
    return (title if len(title) <= LABEL_LIMIT else title[: LABEL_LIMIT - 1] + "…") + (f" +{more}" if more else "")


def _state(line: Edge) -> str:
    return f"{line.evidence}, not approved" if line.undecided else str(line.evidence)


def _room(line: Edge) -> dict[str, str]:
    """Keeps a place of the label's size free beside the line."""
    if not line.evidence:
        return {}
    width = max(len(_what(line)) * 5.6, len(_state(line)) * 5.0) + 8
    table = f'<table border="0" fixedsize="true" width="{width:.0f}" height="{LABEL_HEIGHT:.0f}">'
    return {"label": f"<{table}<tr><td></td></tr></table>>"}


def _words(party: Party, system: str) -> str:
    return KIND_WORDS[party.kind] + (f" · {system}" if system else "")


def _width(party: Party, words: str) -> float:
    letters = max(min(len(party.name), NAME_LIMIT) * 7.2, min(len(words), NAME_LIMIT) * 5.6)
    return max(96.0, letters + (36 if party.kind == "channel" else 24))


def _middle(centre: Point, down: float, size: float) -> dict[str, str | float]:
    return {"x": centre[0], "y": centre[1] + down, "text_anchor": "middle", "font_size": size, "fill": "#0f172a"}


def _spline(position: str, height: float) -> tuple[str, Point, Point]:
    """Graphviz's `e,x,y p0 p1 ...` as a path, and its arrow: the middle of its base and its tip."""
    marked, *rest = position.split()
    sign, tip_position = marked.split(",", 1)
    points = [_at(point, height) for point in rest]
    start, *curve = [f"{number(x)} {number(y)}" for x, y in points]
    return f"M{start}C{' '.join(curve)}", points[0] if sign == "s" else points[-1], _at(tip_position, height)


def _at(position: str, height: float) -> Point:
    x, y = _numbers(position)
    return x, height - y  # Graphviz counts upwards


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _omitted(nodes: int, lines: int, most_parties: int, most_lines: int) -> str:
    if not nodes and not lines:
        return ""
    left_out = f"{count(nodes, 'party', 'parties')} and {count(lines, 'line')}"
    return f"The drawing leaves out {left_out}: its limits are {most_parties} and {most_lines}. audit.json is complete."
