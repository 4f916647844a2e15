"""Where audits come from: windows, and audits that are replaced while they are served."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api import routes
from api.app import create_app
from api.examples import EARLIER, EXAMPLE
from api.remembered import Remembered
from api.served import Shelf
from api.source import FolderAudits, NotServed
from auditor.errors import InputError
from auditor.files import write_text
from lineage.audit import Audit
from lineage.questions.changes import changes
from reports.audit_json import dumps


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


class Days:
    """An audit a day: the second of March is EARLIER, any later window EXAMPLE."""

    def version(self) -> str:
        return "1"

    def current(self) -> Audit:
        return EXAMPLE

    def between(self, start: datetime | None, end: datetime | None) -> Audit:
        return EARLIER if end is not None and end <= datetime(2025, 3, 3, tzinfo=UTC) else EXAMPLE


@pytest.fixture(scope="module")
def days() -> TestClient:
    return TestClient(create_app(Days()), raise_server_exceptions=False)


def test_a_newer_audit_takes_the_place_of_the_one_served(tmp_path: Path) -> None:
    write_text(tmp_path / "audit.json", dumps(EARLIER))
    client = TestClient(create_app(tmp_path))
    assert client.get("/api/v1/exposures").json()["total"] == 0
    write_text(tmp_path / "audit.json", dumps(EXAMPLE))
    assert wait_for(lambda: client.get("/api/v1/exposures").json()["total"] == 1)


@pytest.mark.parametrize("text", ["", '{"format": "canary"}', dumps(EXAMPLE)[:-200]])
def test_a_newer_audit_that_cannot_be_read_leaves_the_old_one(tmp_path: Path, text: str) -> None:
    write_text(tmp_path / "audit.json", dumps(EXAMPLE))
    shelf = Shelf(FolderAudits(tmp_path))
    before = shelf.current()
    write_text(tmp_path / "audit.json", text)
    assert wait_for(lambda: shelf.current() is before and shelf.stale)
    write_text(tmp_path / "audit.json", dumps(EARLIER))
    assert wait_for(lambda: shelf.current().audit == EARLIER and not shelf.stale)


def test_an_audit_that_is_gone_is_still_served(tmp_path: Path) -> None:
    write_text(tmp_path / "audit.json", dumps(EXAMPLE))
    shelf = Shelf(FolderAudits(tmp_path))
    (tmp_path / "audit.json").unlink()
    assert wait_for(lambda: shelf.current().audit == EXAMPLE and shelf.stale)


def test_an_audit_that_was_replaced_is_let_go(tmp_path: Path) -> None:
    write_text(tmp_path / "audit.json", dumps(EXAMPLE))
    shelf = Shelf(FolderAudits(tmp_path))
    former = weakref.ref(shelf.current())
    write_text(tmp_path / "audit.json", dumps(EARLIER))
    assert wait_for(lambda: shelf.current().audit == EARLIER)
    assert wait_for(lambda: former() is None)  # by itself: nobody looks for garbage among what is served


def test_a_window_that_cannot_be_told_is_a_problem_without_the_servers_files() -> None:
    class Broken(Days):
        def between(self, start: datetime | None, end: datetime | None) -> Audit:
            raise InputError("/srv/index: damaged")

    answer = TestClient(create_app(Broken()), raise_server_exceptions=False).get("/api/v1/flows?end=2025-01-01")
    assert answer.status_code == 404
    assert "/srv" not in answer.text


def test_requests_do_not_wait_for_a_newer_audit() -> None:
    let_go = threading.Event()

    class Slow(Days):
        number = 1

        def version(self) -> str:
            return str(self.number)

        def current(self) -> Audit:
            if self.number > 1:
                assert let_go.wait(10)
                return EARLIER
            return EXAMPLE

    slow = Slow()
    shelf = Shelf(slow)
    slow.number = 2
    assert shelf.current().audit is EXAMPLE
    assert shelf.current().audit is EXAMPLE
    let_go.set()
    assert wait_for(lambda: shelf.current().audit is EARLIER)


@pytest.mark.parametrize(
    ("window", "status"),
    [
        ("start=2025-03-03", 200),
        ("end=2025-03-04", 200),
        ("start=2025-03-03T09:00:00Z&end=2025-03-03T18:00:01Z", 200),
        ("start=2025-03-03T10:00:00%2B01:00", 200),
        ("start=2025-03-03T09:00:01Z", 404),
        ("end=2025-03-03T18:00:00Z", 404),
        ("end=2025-03-01", 404),
    ],
)
def test_a_folder_has_the_window_of_its_audit(client: TestClient, window: str, status: int) -> None:
    answer = client.get(f"/api/v1/flows?{window}")
    assert answer.status_code == status
    if status == 404:
        assert "2025-03-03T09:00:00Z to 2025-03-03T18:00:00Z" in answer.json()["detail"]


def test_a_folder_whose_audit_tells_no_time_has_no_window(tmp_path: Path) -> None:
    timeless = replace(EXAMPLE, scope=replace(EXAMPLE.scope, first=None, last=None))
    write_text(tmp_path / "audit.json", dumps(timeless))
    with pytest.raises(NotServed, match="unknown time"):
        FolderAudits(tmp_path).between(None, datetime(2030, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "window", ["start=canary", "start=2025-03-04&end=2025-03-03", "start=2025-03-03&end=2025-03-03", "end=99999-01-01"]
)
def test_what_is_no_window_is_refused(client: TestClient, window: str) -> None:
    answer = client.get(f"/api/v1/flows?{window}")
    assert answer.status_code == 422
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    "address", ["flows", "audit", f"flows/{EXAMPLE.flows[1].id}", "ask/holds?service=patients", "ask/coverage"]
)
def test_every_question_can_be_asked_of_a_window(days: TestClient, address: str) -> None:
    joint = "&" if "?" in address else "?"
    window = f"/api/v1/{address}{joint}start=2025-03-02&end=2025-03-03"
    assert days.get(window).text != days.get(f"/api/v1/{address}").text


@pytest.mark.parametrize(
    "window",
    [
        "start=2025-03-03&end=2025-03-04",
        "start=2025-03-03",
        "start=2025-03-10&before_end=2025-03-03",
        "start=2025-03-10&before_start=2025-03-01&before_end=2025-03-03",
        "start=0001-01-01&end=9999-01-01&before_end=2025-03-03",
    ],
)
def test_changes_between_two_windows(days: TestClient, window: str) -> None:
    answer = days.get(f"/api/v1/ask/changes?{window}")
    assert answer.status_code == 200, answer.text
    found = answer.json()["answer"]
    assert (found["before"]["first"], found["after"]["first"]) == (EARLIER.scope.first, EXAMPLE.scope.first)
    assert [one["change"] for one in found["exposures"]] == ["new"]
    assert [one["party"]["name"] for one in found["parties"]] == ["mail.example.com"]


def test_changes_need_a_window(days: TestClient) -> None:
    assert days.get("/api/v1/ask/changes").json()["errors"][0]["where"] == "query.start"


def test_changes_tell_what_came_what_went_and_what_is_otherwise() -> None:
    there, back = changes(EARLIER, EXAMPLE), changes(EXAMPLE, EARLIER)
    assert [(f.change, f.before, f.after) for f in there.flows] == [("new", "not seen", "possible")]
    assert [(f.change, f.before, f.after) for f in back.flows] == [("not seen", "possible", "not seen")]
    same = changes(EXAMPLE, EXAMPLE)
    assert not (same.flows)
    assert not (same.exposures)
    assert not (same.fields)
    assert not (same.parties)
    assert not (same.leaks)
    firmer = replace(EXAMPLE, flows=(EXAMPLE.flows[0], replace(EXAMPLE.flows[1], evidence="observed")), leaks=())
    found = changes(EXAMPLE, firmer)
    assert [(f.change, f.before, f.after) for f in found.flows] == [("changed", "possible", "observed")]
    assert [leak.change for leak in found.leaks] == ["not seen"]
    (field,) = EXAMPLE.fields
    other = replace(field, labels=(replace(field.labels[0], category="user.name"),))
    (changed,) = changes(EXAMPLE, replace(EXAMPLE, fields=(other,))).fields
    assert (changed.change, changed.before) == ("changed", ("user.contact.email",))
    assert changed.after == ("user.contact.email", "user.name")  # the flows still carry the one of before


def test_what_several_ask_for_at_once_is_computed_once() -> None:
    remembered, started, counted = Remembered(2), threading.Barrier(4), list[int]()

    def compute() -> int:
        counted.append(1)
        time.sleep(0.05)
        return len(counted)

    def ask(found: list[int]) -> None:
        started.wait(10)
        found.append(remembered.get("key", compute))

    found: list[int] = []
    threads = [threading.Thread(target=ask, args=(found,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [1, 1, 1, 1]


def test_what_failed_is_tried_again_and_what_is_old_forgotten() -> None:
    remembered = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        remembered.get("a", lambda: 1 // 0)
    assert remembered.get("a", lambda: 1) == 1
    assert [remembered.get(key, lambda key=key: key) for key in "bc"] == ["b", "c"]
    assert remembered.get("a", lambda: 2) == 2


def test_entity_tags(client: TestClient) -> None:
    first = client.get("/api/v1/flows")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get("/api/v1/flows", headers={"if-none-match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["x-content-type-options"] == "nosniff"
        assert "content-length" not in again.headers
    assert client.get("/api/v1/flows?limit=1", headers={"if-none-match": tag}).status_code == 200
    assert "etag" not in client.get("/api/v1/flows?limit=x").headers
    assert client.get("/api/v1/nothing", headers={"if-none-match": "*"}).status_code == 404


def test_large_answers_are_compressed_for_who_takes_that(client: TestClient) -> None:
    plain = client.get("/api/v1/audit", headers={"accept-encoding": "identity"})
    small = client.get("/api/v1/audit", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert "accept-encoding" in small.headers["vary"].lower()
    tag = small.headers["etag"]
    again = client.get("/api/v1/audit", headers={"accept-encoding": "gzip", "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_the_first_addresses_answer_the_same(client: TestClient) -> None:
    for route in routes.router.routes:
        assert isinstance(route, APIRoute)
        if "{" not in route.path and route.path != "/paths":
            old, new = client.get(f"/api{route.path}"), client.get(f"/api/v1{route.path}")
            assert old.status_code == 200
            assert old.content == new.content
