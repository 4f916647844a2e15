"""A statement that the parser chokes on costs that statement; no process stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor import sqlworker
from auditor.sqlworker import UNREAD, StatementReader
from lineage.sql.analyse import Request, analyse

SCHEMA = {"t": ["a", "b"]}
LONG = "SELECT a FROM t WHERE b IN (?) AND " + " AND ".join(f"c{n} = ?" for n in range(3000))
REQUESTS: list[Request] = [(f"SELECT a, c{n} FROM t WHERE b = ?", "postgres", SCHEMA, ()) for n in range(300)]


def process(reader: StatementReader) -> int:
    assert reader._worker is not None
    return reader._worker.pid


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_answers_are_those_of_the_parser_here_and_in_order() -> None:
    with StatementReader(60) as reader:
        requests = [*REQUESTS, (LONG, None, None, ()), *REQUESTS[:3], ("GET x", None, SCHEMA, ())]
        assert list(reader.read_all(iter(requests))) == [analyse(*request) for request in requests]
        assert reader("SELECT a FROM t", "postgres") == analyse("SELECT a FROM t", "postgres")


def test_every_statement_is_read_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlworker, "analyse", lambda *_: pytest.fail("read here"))
    with StatementReader(60) as reader:
        assert reader("SELECT a FROM t").read == ("t",)


def test_many_schemas_are_told_apart() -> None:
    schemas = [{"t": ["a", f"c{n}"]} for n in range(sqlworker.SCHEMAS + 9)]
    with StatementReader(60) as reader:
        for _ in range(2):
            requests: list[Request] = [("SELECT * FROM t", "postgres", schema, ()) for schema in schemas]
            names = [[out.name for out in facts.outputs] for facts in reader.read_all(requests)]
            assert names == [["a", f"c{n}"] for n in range(len(schemas))]


def test_a_statement_out_of_time_is_unread_and_others_are_not() -> None:
    with StatementReader(0.0) as reader:
        assert reader(LONG).parse == "none"
    with StatementReader(60) as reader:
        assert reader(LONG).parse == "full"


@pytest.mark.parametrize("deed", [signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV])
def test_losing_the_worker_costs_the_statement_that_it_was_at(deed: signal.Signals) -> None:
    def source(reader: StatementReader) -> Iterator[Request]:
        for number, request in enumerate(REQUESTS):
            if number == 200:
                os.kill(process(reader), deed)
            yield request

    with StatementReader(60) as reader:
        assert reader("SELECT 1").parse == "full"
        reader._stream.settimeout(2)  # type: ignore[union-attr]
        first = process(reader)
        start = time.monotonic()
        answers = list(reader.read_all(source(reader)))
        assert time.monotonic() - start < 40
        assert len(answers) == len(REQUESTS)
        assert answers.count(UNREAD) <= 1
        assert process(reader) != first
        assert [a for a in answers if a != UNREAD] == [
            analyse(*request) for request, a in zip(REQUESTS, answers, strict=True) if a != UNREAD
        ]


def test_a_worker_that_died_idle_costs_nothing() -> None:
    with StatementReader(60) as reader:
        assert reader("SELECT 1").parse == "full"
        os.kill(process(reader), signal.SIGKILL)
        os.waitid(os.P_PID, process(reader), os.WEXITED | os.WNOWAIT)
        assert reader("SELECT a FROM t").parse == "full"


def test_large_statements_one_after_the_other_do_not_block() -> None:
    large = "SELECT " + ", ".join(f"column_{n}" for n in range(9_000)) + " FROM t"
    with StatementReader(60) as reader:
        answers = list(reader.read_all([(f"{large} WHERE a{n} = ?", "postgres", None, ()) for n in range(6)]))
    assert {facts.parse for facts in answers} == {"full"}


def test_where_no_process_can_be_started_statements_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with StatementReader(60) as reader:
        assert list(reader.read_all(REQUESTS)) == [analyse(*request) for request in REQUESTS]


def test_the_worker_ends_with_its_reader() -> None:
    with StatementReader(60) as reader:
        reader.start()
        reader("SELECT 1")
        worker = process(reader)
        assert exists(worker)
    assert not exists(worker)


@pytest.mark.parametrize("deed", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_its_parent(tmp_path: Path, deed: signal.Signals) -> None:
    script = tmp_path / "script.py"  # no `if __name__ == "__main__"`: nobody may run it a second time
    script.write_text(
        "import time\nfrom auditor.sqlworker import StatementReader\n"
        "with StatementReader() as reader:\n"
        "    reader('SELECT 1')\n    print(reader._worker.pid, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert exists(worker)
    if deed == signal.SIGINT:  # as Ctrl-C: to the whole group
        os.killpg(parent.pid, deed)
    else:
        parent.kill()
    parent.wait(20)
    parent.stdout.close()
    end = time.monotonic() + 20
    while _runs(worker) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    """Whether a process is there and not just waiting to be noticed by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SCRIPT = str(Path(sys.executable).with_name("auditor"))
IN_PYTHON = "from auditor.cli import run; run(['sql', '--format', 'jsonl', '-'])"


@pytest.mark.parametrize("command", [[SCRIPT, "sql"], [sys.executable, "-c", IN_PYTHON]], ids=["script", "call"])
def test_all_ways_to_start_the_command(command: list[str], tmp_path: Path) -> None:
    rows = "".join(f'{{"id": {n}, "sql": "SELECT a{n} FROM t"}}\n' for n in range(30))
    done = subprocess.run(command, input=rows, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.count('"parse": "full"') == 30
