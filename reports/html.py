"""Audit -> one HTML page that needs nothing else: no script, no asset, no network. The only file that knows Jinja2."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from classifiers.taxonomy import read_as
from lineage.model import Audit
from reports import words
from reports.documents.cells import MARKS, MOST
from reports.documents.sectors import card_flows
from reports.drawing import draw
from reports.edges import part
from reports.flow_view import pair_anchor
from reports.text import anchor, count, share, visible
from reports.view import build


def render(audit: Audit) -> str:
    """The report as text. The same audit gives the same bytes. Nothing in the audit can become markup."""
    with read_as(audit.readings):
        return _render(audit)


def _render(audit: Audit) -> str:
    drawing = draw(audit)
    page = _environment().get_template("report.html.j2")
    # the drawing and the style sheet are the only markup that does not come from a template
    return page.render(
        view=build(audit),
        drawing=drawing,
        svg=Markup(drawing.svg),  # noqa: S704  every name in it was escaped by reports.svg
        pictures=_pictures(audit),
        style=Markup(_style()),  # noqa: S704  our own file
        policy=content_security_policy(),
    )


def _pictures(audit: Audit) -> dict[str, dict[str, str]]:
    """Diagrams of documents, by the document's id."""
    cards = card_flows(audit)
    if not cards:
        return {}
    drawing = draw(part(audit, cards))
    return {"pci": {"svg": Markup(drawing.svg), "omitted": drawing.omitted}}  # noqa: S704  as above


@cache
def content_security_policy() -> str:
    """The page's policy: its own style sheet, and nothing else from anywhere."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,  # for every file: the usual by-suffix choice would leave *.html.j2 unescaped
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        anchor=anchor, count=count, share=share, pair_anchor=pair_anchor, gap_title=words.gap_title
    )
    environment.globals.update(
        kinds=words.KIND_WORDS, states=words.STATE_WORDS, glossary=words.GLOSSARY, marks=MARKS, most=MOST
    )
    return environment


@cache
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "report.css")
    return source


def _finalize(value: Any) -> Any:
    """Applied to all that a template prints: characters that hide or act become visible codes."""
    return value if isinstance(value, Markup) else visible(str(value))
