"""Labels follow column lineage, and stop at anonymising steps."""

from __future__ import annotations

from classifiers.model import Label
from lineage.access import read_statements
from lineage.audit import AuditField
from lineage.catalog import Catalog
from lineage.derived import Fill, inherit
from lineage.model import Operation, Seen
from lineage.system import StatementUse, StoreSeen

SSN = Label("user.government_id", "personal", 0.9, ("by name",))


def field(column: str, *labels: Label) -> AuditField:
    table, _, name = column.rpartition(".")
    return AuditField(f"s/{column}", "s", table, name, None, labels)


def labels(fields: tuple[AuditField, ...]) -> dict[str, list[tuple[str, float]]]:
    return {f.id: [(label.category, label.confidence) for label in f.labels] for f in fields}


def test_a_copy_inherits_with_its_reason_and_a_copy_of_a_copy_too() -> None:
    fields = (field("users.ssn", SSN), field("a.x"), field("b.y"), field("c.z"))
    fills = [Fill("s/b.y", "s/a.x", "whole", "statement 2"), Fill("s/a.x", "s/users.ssn", "whole", "statement 1")]
    found = inherit(fields, fills)
    assert labels(found)["s/a.x"] == [("user.government_id", 0.855)]
    assert labels(found)["s/b.y"] == [("user.government_id", 0.812)]
    assert labels(found)["s/c.z"] == []
    assert found[1].labels[0].evidence == ("the column is filled from s/users.ssn (statement 1)",)


def test_a_part_weakens_a_digest_and_a_count_end() -> None:
    fields = (field("users.ssn", SSN), field("a.part"), field("a.mask"), field("a.n"))
    fills = [
        Fill("s/a.part", "s/users.ssn", "part", "statement"),
        Fill("s/a.mask", "s/users.ssn", "mask", "statement"),
        Fill("s/a.n", "s/users.ssn", "nothing", "statement"),
    ]
    found = labels(inherit(fields, fills))
    assert found["s/a.part"] == [("user.government_id", 0.54)]
    assert found["s/a.mask"] == found["s/a.n"] == []


def test_own_labels_stay_and_circles_end() -> None:
    own = Label("user.name", "personal", 0.5)
    fields = (field("users.ssn", SSN), field("a.x", own), field("b.y"), field("b.z"))
    fills = [
        Fill("s/a.x", "s/users.ssn", "whole", "s"),
        Fill("s/b.y", "s/b.z", "whole", "s"),
        Fill("s/b.z", "s/b.y", "whole", "s"),
    ]
    assert inherit(fields, fills) == fields


def test_statements_tell_what_fills_what() -> None:
    shape = "INSERT INTO copy (a, b, c, d) SELECT u.ssn, md5(u.email), left(u.phone, 4), count(u.id) FROM users u"
    use = StatementUse("s1", Operation("web", "job"), "s", "postgresql", shape, None, None, Seen(1))
    fills = read_statements([use], Catalog([], [StoreSeen("s", "postgresql", "s")])).fills
    assert {(fill.target, fill.source, fill.kept) for fill in fills} == {
        ("s/copy.a", "s/users.ssn", "whole"),
        ("s/copy.b", "s/users.email", "mask"),
        ("s/copy.c", "s/users.phone", "part"),
        ("s/copy.d", "s/users.id", "nothing"),
    }


def test_a_table_made_by_one_statement_carries_labels_to_those_after_it() -> None:
    def use(shape: str, id_: str) -> StatementUse:
        return StatementUse(id_, Operation("web", "job"), "s", "postgresql", shape, None, None, Seen(1))

    catalog = Catalog([], [StoreSeen("s", "postgresql", "s")])
    made = use("CREATE TABLE due AS SELECT u.ssn AS who FROM users u", "s1")
    read = read_statements([made, use("SELECT d.who FROM due d", "s2")], catalog)
    fields = inherit((field("users.ssn", SSN), field("due.who")), read.fills)
    assert labels(fields)["s/due.who"] == [("user.government_id", 0.855)]
    assert any(touch.returned and touch.field == "s/due.who" for touch in read.touches)
