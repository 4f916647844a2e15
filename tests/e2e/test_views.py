"""A view's columns are what they are made from, whatever they are called."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import auditor


def test_columns_of_a_view_inherit_labels(tmp_path: Path) -> None:
    ddl = """
        CREATE TABLE people (id int, social_security_number text, email text);
        CREATE VIEW v AS SELECT p.social_security_number AS x, md5(p.email) AS h, left(p.email, 3) AS i FROM people p;
        CREATE VIEW w AS SELECT v.x AS y FROM v;
    """
    (tmp_path / "schema.sql").write_text(ddl)
    (tmp_path / "spans.json").write_text('{"resourceSpans": []}')
    assert auditor("scan", "spans.json", "--schema", "schema.sql", folder=tmp_path).returncode == 0
    audit = json.loads((tmp_path / "out" / "audit.json").read_text())
    labels = {f["id"]: [(x["category"], x["evidence"]) for x in f["labels"]] for f in audit["fields"]}
    category = "user.government_id.national_identification_number"
    [(found, why)] = labels["schema/v.x"]
    assert found == category
    assert why == ["the column is filled from schema/people.social_security_number (view v)"]
    assert [c for c, _ in labels["schema/w.y"]] == [category]
    assert labels["schema/v.h"] == []
    assert [c for c, _ in labels["schema/v.i"]] == ["user.contact.email"]
