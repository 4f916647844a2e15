"""A disk that is full or fails under a running receiver: 503, nothing acknowledged, and it goes on by itself."""

from __future__ import annotations

import http.client
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from google.rpc.status_pb2 import Status

from tests.bench.crash import HEADERS, SPANS, body_of
from tests.support.receiving import Receiver, running, spans_in

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def post(receiver: Receiver, number: int) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.http, timeout=20)
    connection.request("POST", "/v1/traces", body_of(number), HEADERS)
    response = connection.getresponse()
    response.body = response.read()  # type: ignore[attr-defined]
    connection.close()
    return response


def until_refused(receiver: Receiver, acknowledged: set[int]) -> http.client.HTTPResponse:
    for number in range(1, 2000):
        response = post(receiver, number)
        if response.status != 200:
            return response
        acknowledged.add(number)
    raise AssertionError("it was never refused")


def until_accepted(receiver: Receiver, number: int) -> None:
    end = time.monotonic() + 15
    while post(receiver, number).status != 200:
        assert time.monotonic() < end, "it did not go on"
        time.sleep(0.2)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 2 MiB; only root can make one."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(file: Path) -> None:
    with file.open("wb", 0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))


def check_refusal(receiver: Receiver, refused: http.client.HTTPResponse) -> None:
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert Status.FromString(refused.body).message == "the auditor cannot store anything now"  # type: ignore[attr-defined]
    assert receiver.process.poll() is None


def check_journal(folder: Path, acknowledged: set[int]) -> None:
    found = [int(own, 16) for _, own in spans_in(folder)]
    assert len(found) == len(set(found))
    assert {number * SPANS + index for number in acknowledged for index in range(SPANS)} <= set(found)


def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        acknowledged: set[int] = set()
        with running(disk / "intake", "free_bytes=0") as receiver:
            assert post(receiver, 5000).status == 200
            fill(disk / "ballast")
            check_refusal(receiver, until_refused(receiver, acknowledged))
            (disk / "ballast").unlink()
            until_accepted(receiver, 5001)
        check_journal(disk / "intake", acknowledged | {5000, 5001})


def test_a_disk_that_fails(tmp_path: Path) -> None:
    acknowledged: set[int] = set()
    with running(tmp_path / "intake") as receiver:
        assert post(receiver, 5000).status == 200
        size = (tmp_path / "intake" / "journal.sqlite-wal").stat().st_size
        resource.prlimit(receiver.pid, resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))
        check_refusal(receiver, until_refused(receiver, acknowledged))
        resource.prlimit(receiver.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        until_accepted(receiver, 5001)
    check_journal(tmp_path / "intake", acknowledged | {5000, 5001})
