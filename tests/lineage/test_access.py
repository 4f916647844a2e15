"""Statements to fields in roles, with what could not be read as gaps."""

from __future__ import annotations

from lineage.access import accesses, read_statements
from lineage.catalog import Catalog, Declared
from lineage.model import Operation, Seen
from lineage.system import StatementUse, StoreSeen
from lineage.tables import Column, Table

HOME = Operation("web", "GET /home")
USERS = Table("public.users", (Column("id"), Column("Email"), Column("ssn")), source="a.sql")


def use(shape: str | None, id_: str = "s1", calls: int = 2, system: str = "postgresql", **words: str) -> StatementUse:
    return StatementUse(id_, HOME, "shop", system, shape, words.get("verb"), words.get("collection"), Seen(calls))


def catalog(*tables: Table) -> Catalog:
    return Catalog([Declared(table) for table in tables], [StoreSeen("shop", "postgresql", "shop", ())])


def test_roles_add_up_per_operation_and_field() -> None:
    uses = [
        use("SELECT email FROM users WHERE ssn = ?", "s1", 2),
        use("SELECT u.id FROM users u ORDER BY u.email", "s2", 3),
    ]
    read = read_statements(uses, catalog(USERS))
    found = {a.field: a for a in accesses(read.touches)}
    assert found["shop/users.Email"].roles == ("projected", "ordered")
    assert found["shop/users.Email"].calls == 5
    assert found["shop/users.Email"].statements == ("s1", "s2")
    assert found["shop/users.ssn"].roles == ("filtered",)
    assert (read.calls, read.calls_parsed, read.gaps) == (5, 5, ())


def test_only_parameters_are_bound() -> None:
    uses = [
        use("INSERT INTO users (email) VALUES (?)", "s1"),
        use("INSERT INTO users (ssn) SELECT o.ssn FROM old o", "s2"),
        use("SELECT id FROM users WHERE id = ?", "s3"),
    ]
    touches = read_statements(uses, catalog(USERS)).touches
    bound = {(t.field, t.role): t.bound for t in touches}
    assert bound["shop/users.Email", "written"]
    assert not bound["shop/users.ssn", "written"]
    assert bound["shop/users.id", "filtered"]
    assert not bound["shop/users.id", "projected"]


def test_only_what_comes_back_is_returned() -> None:
    uses = [
        use("SELECT max(u.ssn) FROM users u JOIN (SELECT id, email FROM users) x ON x.id = u.id", "s1"),
        use("INSERT INTO archive (email) SELECT email FROM users RETURNING archive.email", "s2"),
    ]
    touches = read_statements(uses, catalog(USERS)).touches
    returned = {(t.use.id, t.field) for t in touches if t.returned}
    assert returned == {("s1", "shop/users.ssn"), ("s2", "shop/archive.email")}


def test_without_ddl_columns_are_learned() -> None:
    known = catalog()
    read = read_statements([use("SELECT c.email FROM carts c")], known)
    assert [t.field for t in read.touches] == ["shop/carts.email"]
    assert [c.name for c in known.table("shop", "carts").columns] == ["email"]


def test_a_star_without_ddl_and_a_deletion_touch_whole_rows() -> None:
    read = read_statements(
        [use("SELECT * FROM carts", "s1"), use("DELETE FROM users WHERE id = ?", "s2")], catalog(USERS)
    )
    assert {(t.field, t.role) for t in read.touches} == {
        ("shop/carts.*", "projected"),
        ("shop/users.*", "written"),
        ("shop/users.id", "filtered"),
    }


def test_the_session_is_no_access() -> None:
    read = read_statements([use("SAVEPOINT s"), use("SHOW transaction_isolation", "s2")], catalog(USERS))
    assert (read.touches, read.calls, read.gaps) == ((), 0, ())


def test_what_cannot_be_read_is_a_gap_with_its_share() -> None:
    uses = [
        use("SELECT FROM WHERE ((", "s1", 1),
        use("SELECT email FROM users", "s2", 3),
        use("GET ?", "s3", 4, system="redis"),
    ]
    gaps = {gap.kind: (gap.count, gap.share) for gap in read_statements(uses, catalog(USERS)).gaps}
    assert gaps["not_sql"] == (4, 0.5)
    assert sum(count for kind, (count, _) in gaps.items() if kind != "not_sql") == 1


def test_without_text_the_table_is_all_that_is_known() -> None:
    uses = [use(None, "n1", verb="SELECT", collection="users"), use(None, "n2", verb="UPDATE", collection="users")]
    read = read_statements(uses, catalog(USERS))
    assert {(t.field, t.role, t.certain) for t in read.touches} == {
        ("shop/users.*", "projected", False),
        ("shop/users.*", "written", False),
    }
    assert [(gap.kind, gap.count) for gap in read.gaps] == [("name_only", 4)]
