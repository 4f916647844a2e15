"""CSV of spans through the command line: mapped columns, and no value that survives."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import auditor

T = 1_700_000_000_000
COLUMNS = "trace_id=T,span_id=S,parent_id=P,pod=Who,operation=What,start_ms=When,db.statement=Query,url.full=Address"
HEADER = "T,S,P,Who,What,When,Query,Address,Note"
ADDRESS = "/people?mail=planted@example.com"
QUERY = "SELECT email FROM people WHERE name = 'Wanda Planted'"
ROWS = [
    f"ab,1,root,web-7d97b69596-gfnbr,GET {ADDRESS},{T},,https://h{ADDRESS},n0te-planted",
    f'ab,2,1,people-f5756978c-6sb8t,query,{T},"{QUERY}",,n0te-planted',
    f"ab,3,1,planted@example.com,planted {T * 77},soon-planted,,,n0te-planted",
    "planted,row",
]


def test_mapped_columns_and_no_value_that_survives(tmp_path: Path) -> None:
    (tmp_path / "spans.csv").write_text("\n".join([HEADER, *ROWS]))
    ran = auditor("scan", "spans.csv", "--columns", COLUMNS, folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    written = [(tmp_path / "out" / name).read_text() for name in ("audit.json", "report.html")]
    everything = "\n".join([ran.stdout, *written]).lower()
    assert "planted" not in everything
    assert str(T * 77) not in everything
    audit = json.loads(written[0])
    assert [service["name"] for service in audit["services"]] == ["people", "web"]
    assert {access["field"].rpartition("/")[2] for access in audit["accesses"]} == {"people.email", "people.name"}
    assert [gap["count"] for gap in audit["gaps"] if gap["kind"] == "bad_record"] == [2]
    assert "url.full?mail" in {leak["attribute"] for leak in audit["leaks"]}


def test_the_mapping_in_auditor_toml(tmp_path: Path) -> None:
    (tmp_path / "spans.csv").write_text("\n".join([HEADER, *ROWS]))
    pairs = [pair.split("=") for pair in COLUMNS.split(",")]
    (tmp_path / "auditor.toml").write_text("[columns]\n" + "\n".join(f'"{key}" = "{name}"' for key, name in pairs))
    assert auditor("scan", "spans.csv", folder=tmp_path).returncode == 0
    (tmp_path / "auditor.toml").write_text('[columns]\ntracee = "T"\nstart_hours = "When"\n')
    ran = auditor("scan", "spans.csv", folder=tmp_path)
    assert ran.returncode == 2
    assert "[columns]: 'tracee'" in ran.stderr


def test_a_wrong_mapping_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "spans.csv").write_text("\n".join([HEADER, *ROWS]))
    for columns, words in {"nonsense": "'nonsense' is neither", "trace_id=X": "nor has it the columns"}.items():
        ran = auditor("scan", "spans.csv", "--columns", columns, folder=tmp_path)
        assert (ran.returncode, words in ran.stderr) == (2, True), ran.stderr
