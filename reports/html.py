"""Audit -> one HTML page that needs nothing else: no script, no asset, no network. The only file that knows Jinja2."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from classifiers.taxonomy import read_as, title
from lineage.audit import Audit
from reports import words
from reports.bundles import REST
from reports.documents.cells import MARKS, MOST
from reports.limits import names
from reports.load_words import counted, duration, reason, waits
from reports.pictures import pictures
from reports.text import anchor, count, share, visible
from reports.view import build


def render(audit: Audit) -> str:
    """The report as text. The same audit gives the same bytes. Nothing in the audit can become markup."""
    with read_as(audit.readings):
        return _render(audit)


def _render(audit: Audit) -> str:
    view = build(audit)
    drawn = pictures(audit, lambda source, sink: view.flows.pair_links.get((source, sink), REST))
    page = _environment().get_template("report.html.j2")
    # the drawings and the style sheet are the only markup that does not come from a template
    return page.render(
        view=view,
        pictures=drawn,
        svg=lambda drawing: Markup(drawing.svg),  # noqa: S704  every name in it was escaped by reports.svg
        style=Markup(_style()),  # noqa: S704  our own file
        policy=content_security_policy(),
    )


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
    environment.filters["category_title"] = title
    environment.globals.update(anchor=anchor, count=count, share=share, names=names, gap_title=words.gap_title)
    environment.globals.update(kinds=words.KIND_WORDS, states=words.STATE_WORDS, glossary=words.GLOSSARY)
    environment.globals.update(marks=MARKS, most=MOST)
    environment.globals.update(counted=counted, duration=duration, reason=reason, waits=waits)
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
