"""SVG elements as text. Escaping happens here and nowhere else, so no caller can forget it."""

from __future__ import annotations

from html import escape

from lineage.model import PartyKind
from reports.text import visible

Point = tuple[float, float]


def element(tag: str, *children: str, **attributes: str | float) -> str:
    """An element; `children` are elements or `text()`. `class_` is class, other underscores are hyphens."""
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(v)}"' for key, v in attributes.items())
    return f"<{tag}{pairs}>{''.join(children)}</{tag}>"


def text(content: str, limit: int = 200) -> str:
    """Text content, escaped, shortened, with hidden characters shown."""
    return escape(visible(content, limit))


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0", value > -0.05)


def outline(kind: PartyKind, centre: Point, width: float, height: float) -> str:
    """The shape that tells a party's kind: box, cylinder, dashed box, pill. Fill and stroke hold without CSS."""
    x, y = centre[0] - width / 2, centre[1] - height / 2
    paint: dict[str, str | float] = {"class_": "shape", "fill": "#ffffff", "stroke": "#334155"}
    if kind == "store":
        return element("path", d=_cylinder(x, y, width, height), **paint)
    if kind == "outsider":
        paint["stroke_dasharray"] = "5 3"
    radius = height / 2 if kind == "channel" else 2 if kind == "outsider" else 7
    return element("rect", x=x, y=y, width=width, height=height, rx=radius, **paint)


def ellipse(centre: Point, width: float, height: float) -> str:
    """The shape of those whom nothing tells apart: neither system nor party."""
    x, y = centre
    return element("ellipse", cx=x, cy=y, rx=width / 2, ry=height / 2, class_="shape", fill="#ffffff", stroke="#334155")


def arrow_head(base: Point, tip: Point, half_width: float = 3.5) -> str:
    """The corners of a triangle from the middle of its base to its tip."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    nx, ny = -dy / length * half_width, dx / length * half_width
    corners = (tip, (base[0] + nx, base[1] + ny), (base[0] - nx, base[1] - ny))
    return " ".join(f"{number(px)},{number(py)}" for px, py in corners)


def _cylinder(x: float, y: float, width: float, height: float, lid: float = 4.0) -> str:
    left, right, top, bottom, radius = (
        number(x),
        number(x + width),
        number(y + lid),
        number(y + height - lid),
        width / 2,
    )
    arc = f"{number(radius)} {number(lid)} 0 0"
    return f"M{left} {top}A{arc} 1 {right} {top}V{bottom}A{arc} 1 {left} {bottom}ZM{left} {top}A{arc} 0 {right} {top}"


def _value(value: str | float) -> str:
    return escape(visible(value), quote=True) if isinstance(value, str) else number(value)
