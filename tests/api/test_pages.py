"""The pages for people: complete without scripts, safe with any name, linked, and of a size that does not grow."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.examples import EARLIER, EXAMPLE
from auditor.files import write_text
from auditor.proposals.book import Proposals
from auditor.proposals.drafts import Files
from classifiers.taxonomy import Category
from lineage.audit import Audit
from reports.audit_json import dumps, loads
from reports.formats import FORMATS
from reports.html import site_policy
from reports.repository import Repository
from reports.site.downloads import DOWNLOADS
from reports.site.links import slug
from tests.bench.graph import made_up
from tests.reports.conftest import HERE, poisoned
from tests.reports.test_html import EMPTY, PAYLOADS, Elements

SAMPLE = loads((HERE / "sample_audit.json").read_bytes())
SHORT = [payload for payload in PAYLOADS if len(payload) < 1000]  # the browser looks at the longest
HOSTILE = poisoned(SAMPLE, Audit, "".join(SHORT) + "\u202e\u2066 right to left", {"format"})
TAGS = set(
    "html head meta title style body a header p nav form label input button select option datalist main h1 h2 h3 "
    "section ul ol li dl dt dd div table thead tbody tr th td code pre b small span br footer "
    "svg g path rect ellipse polygon text".split()
)
CSV_AND_SUCH = ("/downloads/", "/report", "/openapi.json", "/api/")


class Audits:
    """One audit, or another one before the third of March 2025."""

    def __init__(self, audit: Audit, earlier: Audit | None = None) -> None:
        self.audit, self.earlier = audit, earlier or audit

    def version(self) -> str:
        return "1"

    def current(self) -> Audit:
        return self.audit

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        return self.earlier if end is not None and end <= datetime(2025, 3, 3, tzinfo=UTC) else self.audit


def client_of(audit: Audit, **more: object) -> TestClient:
    return TestClient(create_app(Audits(audit), **more), raise_server_exceptions=False)  # type: ignore[arg-type]


def crawl(client: TestClient) -> Iterator[tuple[str, str]]:
    """Every page that links lead to from the first one: its address and text."""
    known, todo = {"/"}, ["/"]
    while todo:
        address = todo.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-security-policy"] == site_policy()
        yield address, answer.text
        links = {link.partition("#")[0] for link in Elements(answer.text).values("href")}
        new = {link for link in links if link and not link.startswith(CSV_AND_SUCH)} - known
        known |= new
        todo += sorted(new)


@pytest.fixture(scope="module")
def sample() -> TestClient:
    return client_of(SAMPLE)


@pytest.fixture(scope="module")
def pages(sample: TestClient) -> dict[str, str]:
    """All pages of the sample."""
    return dict(crawl(sample))


@pytest.fixture
def proposing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client of a server that takes proposals."""
    monkeypatch.chdir(tmp_path)
    return client_of(EXAMPLE, proposals=Proposals(tmp_path / "log", Files()))


def test_there_is_a_page_for_everything(pages: dict[str, str]) -> None:
    wanted = {f"/exposures/{one.id}" for one in SAMPLE.exposures}
    wanted |= {f"/services/{one.name}" for one in SAMPLE.services} | {f"/stores/{one.name}" for one in SAMPLE.stores}
    wanted |= {
        f"/outsiders/{one.name}" for one in SAMPLE.outsiders if any(f.sink.name == one.name for f in SAMPLE.flows)
    }
    wanted |= {f"/fields/{flow.field}" for flow in SAMPLE.flows if flow.field}
    wanted |= {f"/categories/{flow.category}" for flow in SAMPLE.flows}
    assert wanted <= set(pages)


@pytest.mark.parametrize("audit", [SAMPLE, HOSTILE, EXAMPLE, EMPTY], ids=["sample", "hostile", "example", "empty"])
def test_no_name_acts_and_every_link_leads_somewhere(audit: Audit) -> None:
    for address, text in crawl(client_of(audit)):
        page = Elements(text)
        assert {tag for tag, _ in page.found} <= TAGS, address
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in page.values("href")), address
        assert not [name for _, attrs in page.found for name, _ in attrs if name.startswith("on") or name == "style"]
        assert not page.values("src")
        ids = page.values("id")
        assert len(ids) == len(set(ids)), address
        assert "\u202e" not in text
        for link in page.values("href"):
            if link.startswith("#"):
                assert link[1:] in ids, address


def test_names_are_there_as_text() -> None:
    text = client_of(poisoned(SAMPLE, Audit, "<b>&", {"format", "id", "flows"})).get("/services").text
    assert "mailer&lt;b&gt;&amp;" in text


def test_the_policy_allows_the_style_and_forms_of_its_own(sample: TestClient) -> None:
    answer = sample.get("/")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_what_confines_a_page_is_said_again_when_it_is_not_sent_again(sample: TestClient) -> None:
    first = sample.get("/")
    again = sample.get("/", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    for name in ("content-security-policy", "referrer-policy", "x-content-type-options", "cache-control"):
        assert again.headers[name] == first.headers[name]


def test_forms_come_with_an_origin(sample: TestClient) -> None:
    assert sample.get("/").headers["referrer-policy"] == "same-origin"  # with no-referrer browsers say "null"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ["5 exposures of personal data are not approved", "To decide on", "What hides the most"]),
        ("/exposures?state=decided", ["approved"]),
        ("/services/checkout", ["POST /orders", "What it holds", "A break-in reaches"]),
        ("/stores/shopdb", ["Fields with personal data", "customers.birth_date"]),
        ("/explorer?focus=checkout", ["Around checkout", "<svg", "Personal data between them"]),
        ("/explorer", ["What one request sets off more than once", "/flows?source=service%3A"]),
        ("/coverage", ["What could not be seen", "Personal data inside telemetry"]),
        ("/search?q=birth", ["Date of birth", "birth_date"]),
        ("/search?q=nothing-like-it", ["Nothing has this in its name"]),
        ("/changes?start=2025-03-03&end=2025-03-04", ["What is not seen any more may still be there"]),
    ],
)
def test_pages_tell_what_they_are_for(sample: TestClient, address: str, words: list[str]) -> None:
    text = sample.get(address).text
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(
    "address",
    ["/services/canary", "/exposures/canary", "/fields/a/b.canary", "/outsiders/canary", "/channels/canary",
     "/stores/canary", "/categories/canary", "/flows?source=service:canary", "/explorer?category=canary",
     "/downloads/canary", "/proposals", "/proposals/7", "/services/..%2f..%2fcanary", "/fields/%ff%00canary"],
)  # fmt: skip
def test_what_is_not_there_is_said_without_repeating_it(sample: TestClient, address: str) -> None:
    answer = sample.get(address)
    assert answer.status_code == 404
    assert "canary" not in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "address", ["/exposures?state=canary", "/services?page=0", "/explorer?depth=9", "/search?q=" + "x" * 500]
)
def test_wrong_parameters_are_problems(sample: TestClient, address: str) -> None:
    answer = sample.get(address)
    assert answer.status_code == 422
    assert "canary" not in answer.text


def test_an_unknown_party_is_no_error_in_the_explorer(sample: TestClient) -> None:
    answer = sample.get("/explorer?focus=canary")
    assert answer.status_code == 200
    assert "No service, store, outside party or channel has this name" in answer.text


def test_pages_do_not_grow_with_the_system() -> None:
    audit = made_up(400, 8_000, columns=20)
    client = client_of(audit)
    outsider, service = audit.outsiders[0].name, audit.accesses[0].service
    for address in ("/", "/exposures", "/categories", "/services", f"/services/{service}", "/stores", "/outsiders",
                    f"/outsiders/{outsider}", f"/stores/{audit.stores[0].name}", f"/fields/{audit.fields[0].id}",
                    f"/categories/{audit.flows[0].category}", "/flows", f"/explorer?focus={service}&depth=2",
                    "/explorer", "/search?q=e", "/coverage", "/changes?start=2026-01-02"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(answer.content) < 300_000, address
    assert "too large to be drawn" in client.get("/explorer").text


def test_lists_are_paged() -> None:
    client = client_of(made_up(400, 1000))
    names = re.findall(r'<th scope="row"><a href="/services/([^"]+)', "".join(
        client.get(f"/services?page={number}").text for number in range(1, 9)
    ))  # fmt: skip
    assert len(names) == len(set(names)) == 400
    assert 'rel="next"' not in client.get("/services?page=8").text
    assert client.get("/services?page=99").text == client.get("/services?page=8").text


def test_changes_between_windows() -> None:
    client = TestClient(create_app(Audits(EXAMPLE, EARLIER)))
    text = client.get("/changes?start=2025-03-03&end=2025-03-04").text
    assert "mail.example.com" in text
    assert text.count("<b>new</b>") == 1
    for wrong in ("start=canary", "start=2025-03-04&end=2025-03-03"):
        text = client.get(f"/changes?{wrong}").text
        assert "Two days are needed" in text
        assert "canary" not in text


def test_a_window_that_there_is_not_is_said(client: TestClient) -> None:
    assert "a single audit" in client.get("/changes?start=2025-01-01").text


def test_a_team_reads_categories_in_its_own_words() -> None:
    own = Category("user.contact.email", "Post address of a person", "critical", ())
    assert "Post address of a person" in client_of(replace(EXAMPLE, readings=(own,))).get("/categories").text


def test_every_format_can_be_taken_away(sample: TestClient) -> None:
    assert set(DOWNLOADS) == set(FORMATS)
    listed = sample.get("/downloads").text
    for name, kind in DOWNLOADS.items():
        assert f'href="/downloads/{name}"' in listed
        answer = sample.get(f"/downloads/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == kind.media_type
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="privacy-audit-{name}.')
    assert sample.get("/downloads/csv").text == FORMATS["csv"](SAMPLE, Repository())


def test_an_audit_that_could_not_be_read_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "audit.json", dumps(EXAMPLE))
    client = TestClient(create_app(tmp_path))
    assert "could not be read" not in client.get("/").text
    write_text(tmp_path / "audit.json", "{")
    assert any("could not be read" in client.get("/").text for _ in range(200))


def test_a_decision_is_proposed_on_the_page_of_an_exposure(proposing: TestClient) -> None:
    (exposure,) = EXAMPLE.exposures
    page = proposing.get(f"/exposures/{exposure.id}").text
    assert page.count('<form method="post" action="/proposals">') == 2
    sent = {"action": "approve", "id": exposure.id, "by": "ann <b>", "reason": "it is wanted & fine", "purpose": ""}
    answer = proposing.post("/proposals", data=sent, headers={"origin": "http://testserver"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/proposals/1")
    shown = proposing.get("/proposals/1").text
    assert "ann &lt;b&gt;" in shown
    assert "flows.lock.json" in shown
    assert "it is wanted &amp; fine" in proposing.get("/proposals").text
    assert proposing.get(f"/exposures/{exposure.id}").text == page  # nothing is approved


def test_a_correction_is_proposed_on_the_page_of_a_field(proposing: TestClient) -> None:
    (field,) = EXAMPLE.fields
    assert 'name="category"' in proposing.get(f"/fields/{field.id}").text
    sent = {"action": "correct", "match": field.id, "category": "none", "by": "ann", "reason": "a test column"}
    answer = proposing.post("/proposals", data=sent, headers={"origin": "http://testserver"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "category = &#34;none&#34;" in proposing.get("/proposals/1").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver"}, 303),
        ({}, 422),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver", "content-type": "text/plain"}, 422),
        ({"origin": "http://testserver", "content-type": "multipart/form-data"}, 422),
    ],
)
def test_only_forms_of_our_own_are_taken(
    proposing: TestClient, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    body = f"action=approve&id={EXAMPLE.exposures[0].id}&by=ann&reason=because"
    sent = {"content-type": "application/x-www-form-urlencoded"} | headers
    answer = proposing.post("/proposals", content=body, headers=sent, follow_redirects=False)
    assert answer.status_code == status
    assert (tmp_path / "log").exists() == (status == 303)


@pytest.mark.parametrize(
    "body",
    [
        "action=approve&id=canary&by=ann&reason=because",
        f"action=approve&id={EXAMPLE.exposures[0].id}&by=&reason=because",
        f"action=approve&id={EXAMPLE.exposures[0].id}&by=ann&reason=because&canary=1",
        "action=canary&by=ann&reason=because",
        "action=correct&match=canary&category=user.name&by=ann&reason=because",
    ],
)
def test_a_form_that_was_not_filled_in_is_refused(proposing: TestClient, tmp_path: Path, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    answer = proposing.post("/proposals", content=body, headers=headers)
    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", b"&" * 100 + b"a=1", b"by=" + b"x" * 70_000, b""])
def test_what_is_no_form_is_refused(proposing: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    assert proposing.post("/proposals", content=body, headers=headers).status_code in (413, 422)


def test_nothing_can_be_proposed_where_nothing_is_kept(sample: TestClient) -> None:
    assert "<form method" not in sample.get(f"/exposures/{SAMPLE.exposures[0].id}").text
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
    answer = sample.post("/proposals", content="action=approve", headers=headers)
    assert answer.status_code == 404
    assert "--proposals" in answer.text


@given(st.text(max_size=200) | st.sampled_from(["..", ".", "a/../b", "a//b", "/a", "a/", "~", "a b", "\ud800", ""]))
def test_a_slug_is_safe_in_an_address_and_the_names_own(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"~?[A-Za-z0-9_.:/-]+", made)
    assert unquote(made) == made
    assert not made.startswith("/")
    assert not set(made.split("/")) & {"", ".", ".."}
    assert made == name or made.startswith("~")
