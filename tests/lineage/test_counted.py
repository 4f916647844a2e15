"""What databases counted beside what traces show."""

from __future__ import annotations

from lineage.audit import Coverage
from lineage.catalog import Catalog, Declared
from lineage.counted import OWN_MARK, Counted, CountedStatement, compare, untraced_gaps
from lineage.model import Operation, Seen
from lineage.sql.analyse import analyse
from lineage.sql.shape import shape
from lineage.system import StatementUse, StoreSeen
from lineage.tables import Column, Table

USERS = Declared(Table("users", (Column("id"), Column("email"), Column("ssn")), database="shop", source="s.sql"))
CATEGORIES = {"shop/users.email": ("user.contact.email",), "shop/users.ssn": ("user.government_id.national_id",)}
LONG = "SELECT " + ", ".join(f"users.column_number_{n}" for n in range(12)) + " FROM users WHERE users.id = "


def counted(text: str, calls: int, database: str | None = "shop", **values: object) -> CountedStatement:
    found = shape(text, "postgresql")
    return CountedStatement("postgresql", database, found.id, found.text, calls, **values)  # type: ignore[arg-type]


def traced(text: str, calls: int, store: str = "shop", service: str = "web") -> StatementUse:
    found = shape(text, "postgresql")
    use = Operation(service, "GET /")
    return StatementUse(found.id, use, store, "postgresql", found.text, None, None, Seen(calls))


def run(statements: list[CountedStatement], uses: list[StatementUse], *more: str) -> Counted:
    stores = [StoreSeen(name, "postgresql", name.rpartition("/")[2]) for name in ("shop", *more)]
    return compare(statements, uses, stores, Catalog([USERS], stores), analyse)


def test_calls_are_compared_by_statement() -> None:
    found = run(
        [counted("SELECT email FROM users WHERE id = $1", 10), counted("DELETE FROM users WHERE id = $1", 5)],
        [
            traced("SELECT email FROM users WHERE id = 7", 4),
            traced("select email from users where id = %s", 3, service="jobs"),
            traced("DELETE FROM users WHERE id = %s", 99),
        ],
    )
    assert found.coverage == (Coverage("shop", 15, 12, 2, 2),)
    assert [(gap.kind, gap.where, gap.count, gap.share) for gap in found.gaps] == [("untraced_calls", "shop", 3, 0.2)]
    assert not untraced_gaps(found, CATEGORIES)


def test_a_statement_without_traces_is_a_gap_with_its_categories() -> None:
    found = run([counted("SELECT email, ssn FROM users WHERE id = 12345678", 8)], [])
    (gap,) = untraced_gaps(found, CATEGORIES)
    assert (gap.kind, gap.where, gap.count, gap.share) == ("untraced_statement", "shop/users", 8, 1.0)
    assert "email (user.contact.email); ssn (user.government_id.national_id)" in gap.what_it_hides
    assert "12345678" not in repr(found)


def test_housekeeping_and_the_auditor_itself_do_not_count() -> None:
    texts = [
        "BEGIN",
        "COMMIT",
        "SET statement_timeout = 5",
        "SELECT version()",
        "SELECT relname FROM pg_catalog.pg_class",
        "SELECT calls FROM pg_stat_statements",
        "CREATE TABLE users (id int)",
        'SELECT $2 FROM ONLY "public"."users" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x',
        f"SELECT {OWN_MARK}.email FROM users AS {OWN_MARK} LIMIT $1",
    ]
    found = run([counted(text, 3) for text in texts], [])
    assert found.coverage == (Coverage("shop", 0, 0, 0, 0),)
    assert not untraced_gaps(found, CATEGORIES)
    assert not found.gaps


def test_statements_of_functions_are_no_calls_of_a_client() -> None:
    found = run([counted("SELECT ssn FROM users", 3, inner=True)], [])
    assert found.coverage[0].counted_calls == 0
    (gap,) = untraced_gaps(found, CATEGORIES)
    assert gap.what_it_hides.startswith("statements inside the database's own functions")


def test_texts_that_were_cut_off_are_joined_by_their_beginning() -> None:
    whole, cut = LONG + "$1", (LONG + "%s")[:220]
    assert run([counted(whole, 4)], [traced(cut, 3)]).coverage == (Coverage("shop", 4, 3, 1, 1),)
    shortened = CountedStatement("mysql", "shop", "s1-x", LONG[:200] + "...", 4)
    assert run([shortened], [traced(whole, 3)]).coverage == (Coverage("shop", 4, 3, 1, 1),)
    more = run([counted(whole + " AND users.ssn = $2", 4)], [traced(whole, 3)])
    assert more.coverage == (Coverage("shop", 4, 0, 1, 0),)  # a whole statement is no beginning of another


def test_which_store_a_database_is() -> None:
    select = "SELECT email FROM users"
    one = [counted(select, 2, database="crm")]
    assert [c.store for c in run(one, [], "host/crm").coverage] == ["host/crm"]
    assert [c.store for c in run(one, [traced(select, 1, "b/crm")], "a/crm", "b/crm").coverage] == ["b/crm"]
    assert [c.store for c in run([counted(select, 2, database=None)], [traced(select, 1)]).coverage] == ["shop"]
    assert [c.store for c in run([counted(select, 2, database="x", store="mine")], []).coverage] == ["mine"]
    lost = run([counted(select, 2, database="elsewhere")], [traced(select, 1)])
    assert not lost.coverage
    assert [(gap.kind, gap.where) for gap in lost.gaps] == [("unplaced_statements", "elsewhere")]
    assert not run([counted("BEGIN", 2, database="elsewhere")], [traced(select, 1)]).gaps
