"""The pages for people. Each names its template and who tells what stands in it; nothing is decided here."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.desk import AtDesk
from lineage.model import PartyKind
from reports.site.category_page import category_page
from reports.site.data_page import field_page, store_page, store_rows
from reports.site.explorer import explorer as explored
from reports.site.exposure_page import exposure_page
from reports.site.lists import StateChoice, coverage_page, exposure_list, flow_list
from reports.site.overview import overview as overview_page
from reports.site.pager import paged
from reports.site.party_page import outsider_rows, party_page
from reports.site.service_page import service_page
from reports.site.site import take

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Number = Annotated[int, Query(ge=1, le=10**6)]
Text = Annotated[str, Query(max_length=400)]


@router.get("/")
def overview(desk: AtDesk) -> Response:
    return desk.show("overview", "Overview", lambda: desk.served.answer("overview", lambda: overview_page(desk.site)))


@router.get("/exposures")
def exposures(desk: AtDesk, state: StateChoice = "undecided", page: Number = 1) -> Response:
    return desk.show("exposures", "Exposures", lambda: exposure_list(desk.site, state, page))


@router.get("/exposures/{name:path}")
def exposure(desk: AtDesk, name: str) -> Response:
    return desk.show("exposure", "Exposures", lambda: exposure_page(desk.site, take(desk.site.exposure_by_slug, name)))


@router.get("/categories")
def categories(desk: AtDesk, page: Number = 1) -> Response:
    return desk.show("categories", "Categories", lambda: paged(desk.site.categories, page, "/categories"))


@router.get("/categories/{name:path}")
def category(desk: AtDesk, name: str, page: Number = 1) -> Response:
    return desk.show("category", "Categories", lambda: category_page(desk.site, name, page))


@router.get("/services")
def services(desk: AtDesk, page: Number = 1) -> Response:
    return desk.show("services", "Services", lambda: paged(desk.site.loads, page, "/services"))


@router.get("/services/{name:path}")
def service(desk: AtDesk, name: str) -> Response:
    return desk.show("service", "Services", lambda: service_page(desk.site, take(desk.site.services, name)))


@router.get("/stores")
def stores(desk: AtDesk, page: Number = 1) -> Response:
    return desk.show("stores", "Stores", lambda: paged(store_rows(desk.site), page, "/stores"))


@router.get("/stores/{name:path}")
def store(desk: AtDesk, name: str, page: Number = 1) -> Response:
    return desk.show("store", "Stores", lambda: store_page(desk.site, take(desk.site.stores, name), page))


@router.get("/fields/{name:path}")
def field(desk: AtDesk, name: str) -> Response:
    return desk.show("field", "Stores", lambda: field_page(desk.site, take(desk.site.fields, name)))


@router.get("/outsiders")
def outsiders(desk: AtDesk, page: Number = 1) -> Response:
    return desk.show("outsiders", "Outside", lambda: paged(outsider_rows(desk.site), page, "/outsiders"))


@router.get("/outsiders/{name:path}")
def outsider(desk: AtDesk, name: str) -> Response:
    return _party(desk, "outsider", name)


@router.get("/channels/{name:path}")
def channel(desk: AtDesk, name: str) -> Response:
    return _party(desk, "channel", name)


@router.get("/flows")
def flows(desk: AtDesk, source: Text = "", sink: Text = "", page: Number = 1) -> Response:
    return desk.show("flows", "", lambda: flow_list(desk.site, source, sink, page))


@router.get("/explorer")
def explorer(desk: AtDesk, focus: Text = "", depth: Literal["1", "2", "3"] = "1", category: Text = "") -> Response:
    return desk.show("explorer", "Explorer", lambda: explored(desk.site, focus, int(depth), category))


@router.get("/search")
def search(desk: AtDesk, q: Text = "") -> Response:
    return desk.show("search", "", lambda: desk.served.search.find(q))


@router.get("/coverage")
def coverage(desk: AtDesk, page: Number = 1) -> Response:
    return desk.show("coverage", "Coverage", lambda: coverage_page(desk.site, page))


def _party(desk: AtDesk, kind: PartyKind, name: str) -> Response:
    return desk.show("party", "Outside", lambda: party_page(desk.site, take(desk.site.parties, f"{kind}:{name}")))
