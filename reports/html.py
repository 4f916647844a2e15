"""HTML that needs nothing else: no script, no asset, no network. With `compiled` all that knows Jinja2."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from classifiers.taxonomy import read_as, title
from lineage.audit import Audit
from reports import words
from reports.bundles import REST
from reports.compiled import CompiledTemplates
from reports.documents.cells import MARKS, MOST
from reports.drawing import Drawing
from reports.limits import names
from reports.load_words import counted, duration, reason, waits
from reports.pictures import pictures
from reports.site import links
from reports.text import anchor, count, share, visible
from reports.view import build

REPORT = ("report.css",)
SITE = (*REPORT, "site/site.css")
_HERE = Path(__file__).parent


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
        style=Markup(_style(REPORT)),  # noqa: S704  our own file
        policy=content_security_policy(),
    )


def site_page(name: str, **content: Any) -> str:
    """A page of the live service, from the template of this name in the folder `site`."""
    page = _environment().get_template(f"site/{name}.html.j2")
    return page.render(style=Markup(_style(SITE)), **content)  # noqa: S704  our own files


def prepare() -> None:
    """Compile all templates now, so that no reader waits for it."""
    environment = _environment()
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)


@cache
def content_security_policy() -> str:
    """The report's policy: its own style sheet, and nothing else from anywhere."""
    return f"default-src 'none'; {_style_source(REPORT)}; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def site_policy() -> str:
    """The policy of the live service's pages: as the report's, but that their forms may be sent back."""
    return (
        f"default-src 'none'; {_style_source(SITE)}; img-src data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


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
        optimized=False,  # what filters make of constants would be kept compiled, whatever becomes of the filters
        bytecode_cache=CompiledTemplates(_HERE / "templates", (_HERE / "html.py", _HERE / "text.py")),
    )
    environment.filters["category_title"] = title
    environment.globals.update(anchor=anchor, count=count, share=share, names=names, gap_title=words.gap_title)
    environment.globals.update(kinds=words.KIND_WORDS, states=words.STATE_WORDS, glossary=words.GLOSSARY)
    environment.globals.update(marks=MARKS, most=MOST, svg=_svg)
    environment.globals.update({name: getattr(links, name) for name in dir(links) if name.startswith("to_")})
    environment.globals.update(counted=counted, duration=duration, reason=reason, waits=waits)
    return environment


@cache
def _style(sheets: tuple[str, ...]) -> str:
    environment = _environment()
    assert environment.loader is not None
    return "".join(environment.loader.get_source(environment, sheet)[0] for sheet in sheets)


def _style_source(sheets: tuple[str, ...]) -> str:
    digest = base64.b64encode(hashlib.sha256(_style(sheets).encode()).digest()).decode()
    return f"style-src 'sha256-{digest}'"


def _svg(drawing: Drawing) -> Markup:
    return Markup(drawing.svg)  # noqa: S704  every name in it was escaped by reports.svg


def _finalize(value: Any) -> Any:
    """Applied to all that a template prints: characters that hide or act become visible codes."""
    return value if isinstance(value, Markup) else visible(str(value))
