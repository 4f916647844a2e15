from __future__ import annotations

import base64
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lineage.audit import Audit, Exposure, Scope, Verdict
from lineage.model import Party
from reports.flow_view import exposure_views
from reports.html import content_security_policy, render
from reports.limits import COLUMNS
from reports.matrix import matrix

GOLDEN = Path(__file__).parent / "golden" / "report.html"
EMPTY = Audit(scope=Scope("0.1", (), (), 0, 0, None, None, 0, 0, "not stated"))
IDS_AND_LINKS = ("id", "via", "statements", "flows")
PAYLOADS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</details></section></main><script>alert(1)</script>",
    "</svg><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    " onmouseover=alert(1) ",
    "javascript:alert(1)",
    '" href="javascript:alert(1)',
    '" style="background:url(//example.test)',
    "=cmd()|' /C calc'!A0",
    "x" * 10_000 + "<b>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\x00<script>",
    "<scr\x00ipt>",
    "\u202e<script>\u2066",
    "\ud800<b>",
    "{{ 7 * 7 }}{% raw %}",
    "{# comment #}",
    '<<TABLE HREF="javascript:alert(1)"><TR><TD>x</TD></TR></TABLE>>',
    "\\N\\G\\T\\E|{<a>x}",
    "<meta http-equiv=refresh content=0>",
    "<base href=//example.test>",
    "\r\n<iframe src=//example.test>",
)


class Elements(HTMLParser):
    """The page's elements, as a browser's parser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(attrs)))

    def skeleton(self) -> Counter[Any]:
        return Counter((tag, tuple(name for name, _ in attrs)) for tag, attrs in self.found)

    def values(self, attribute: str) -> list[str]:
        return [value or "" for _, attrs in self.found for name, value in attrs if name == attribute]


def without_drawing(page: str) -> str:
    """The picture's coordinates belong to Graphviz's version, not to us."""
    return re.sub(r'<svg class="graph[ "].*?</svg>', "<!-- drawing -->", page, flags=re.DOTALL)


def test_golden(sample: Audit) -> None:
    page = without_drawing(render(sample))
    if os.environ.get("REFRESH_GOLDEN"):
        GOLDEN.write_text(page)
    assert page == GOLDEN.read_text()


def test_the_same_audit_gives_the_same_bytes(sample: Audit, shuffled: Audit) -> None:
    assert render(sample) == render(shuffled)


@pytest.fixture(scope="session")
def skeleton(sample: Audit, poison: Any) -> Callable[..., Counter[Any]]:
    """The page's elements when every name got harmless text appended."""
    return cache(lambda text, spare: Elements(render(poison(sample, text, spare))).skeleton())


@pytest.mark.parametrize("spare", [(), IDS_AND_LINKS], ids=["everything", "all but ids"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_name_becomes_markup(
    sample: Audit, poison: Any, skeleton: Callable[..., Counter[Any]], payload: str, spare: tuple[str, ...]
) -> None:
    harmless = " plain" if re.search(r"[\s,;]", payload) else "plain"  # a blank ends a statement's id
    hostile = Elements(render(poison(sample, payload, spare)))
    assert hostile.skeleton() == skeleton(harmless, spare)
    assert all(link.startswith("#") for link in hostile.values("href"))


def test_names_are_there_as_text(sample: Audit, poison: Any) -> None:
    page = render(poison(sample, "<b>&\u202e", IDS_AND_LINKS))
    assert "mailer&lt;b&gt;&amp;\\u202e" in page


def test_every_link_leads_somewhere_and_ids_are_unique(sample: Audit) -> None:
    page = Elements(render(sample))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.values("href")} <= set(ids)


def test_each_flow_and_exposure_has_its_anchor(sample: Audit) -> None:
    ids = set(Elements(render(sample)).values("id"))
    assert {f"flow-{flow.id}" for flow in sample.flows} <= ids
    assert {f"exposure-{exposure.id}" for exposure in sample.exposures} <= ids


def test_the_page_needs_nothing_else(sample: Audit) -> None:
    page = Elements(render(sample))
    tags = {tag for tag, _ in page.found}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not page.values("src")
    assert not page.values("style")
    assert not [name for _, attrs in page.found for name, _ in attrs if name.startswith("on")]


def test_the_policy_allows_the_style_and_nothing_else(sample: Audit) -> None:
    page = render(sample)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in content_security_policy()
    assert content_security_policy().startswith("default-src 'none'")
    assert Elements(page).values("content")[0] == content_security_policy()


def test_an_empty_audit_still_says_what_it_is() -> None:
    page = render(EMPTY)
    assert "too thin for a verdict" in page
    assert "No personal data was seen reaching any party." in page
    assert "to be declared" in page


def test_an_exposure_without_flows_or_with_unknown_ones_is_shown(sample: Audit) -> None:
    lonely: Exposure = replace(sample.exposures[0], flows=("f1-missing",), paths=(), state="new")
    assert "This audit holds no flow for it." in render(replace(EMPTY, exposures=(lonely,)))


def test_a_matrix_is_cut_to_what_fits_beside_each_other(sample: Audit) -> None:
    seen = replace(sample.exposures[0], flows=(), paths=())
    sinks = [seen.sink, Party("service", "web")]
    many = tuple(
        replace(seen, id=f"e{n}", category=f"user.name.kind{n:02}", sink=sinks[n % 2]) for n in range(2 * COLUMNS + 1)
    )
    blocks = matrix(exposure_views(replace(sample, exposures=many), {})).blocks
    assert [len(block.categories) for block in blocks] == [COLUMNS, COLUMNS, 1]
    assert [len(block.rows) for block in blocks] == [2, 2, 1]
    assert sum(cell is not None for block in blocks for row in block.rows for cell in row.cells) == len(many)


@pytest.mark.parametrize("state", ["pass", "not_approved", "inconclusive"])
def test_it_never_says_compliant(sample: Audit, state: Any) -> None:
    assert "complian" not in render(replace(sample, verdict=Verdict(state))).lower()


def test_new_exposures_say_how_to_approve_them(sample: Audit) -> None:
    page = render(sample)
    for exposure in sample.exposures:
        assert (f"auditor approve … {exposure.id}" in page) == (exposure.state == "new")


def test_evidence_is_a_word_in_every_cell(sample: Audit) -> None:
    matrix = "".join(re.findall(r'<table class="matrix">.*?</table>', render(sample), re.DOTALL))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", matrix, re.DOTALL)
    assert cells
    assert all(re.search("observed|declared|possible|not seen", cell) for cell in cells)
