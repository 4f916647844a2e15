"""Which declared table belongs to which store."""

from __future__ import annotations

from lineage.catalog import Catalog, Declared
from lineage.names import short_name
from lineage.system import StoreSeen
from lineage.tables import Column, Table

USERS = Table("public.users", (Column("id"), Column("email")), source="a.sql")
ORDERS = Table("orders", (Column("id"),), source="a.sql")


def stores(*names: str) -> list[StoreSeen]:
    return [StoreSeen(name, "postgresql", name.rpartition("/")[2], ()) for name in names]


def placed(catalog: Catalog) -> set[tuple[str, str]]:
    return {(table.store, table.name) for table in catalog.tables()}


def test_short_names() -> None:
    assert short_name('"public"."users"') == "users"
    assert short_name("sales.users") == "sales.users"
    assert short_name("db.dbo.users") == "users"
    assert short_name("`users`") == "users"


def test_lookup_ignores_case_and_missing_qualification() -> None:
    sales = Table("Sales.Customer", (Column("Email"),), source="a.sql")
    catalog = Catalog([Declared(USERS), Declared(sales)], stores("shop"))
    assert catalog.table("shop", "USERS").columns == USERS.columns
    assert catalog.table("shop", "customer").name == "Sales.Customer"
    assert catalog.table("shop", "public.users").name == "users"
    assert catalog.schema("shop")["users"] == ["id", "email"]


def test_a_used_table_stands_where_it_was_used_and_takes_its_file_along() -> None:
    catalog = Catalog([Declared(USERS), Declared(ORDERS)], stores("one", "two"))
    catalog.table("two", "users")
    assert placed(catalog) == {("two", "users"), ("two", "orders")}


def test_a_file_that_names_its_database_declares_only_that() -> None:
    accounts = Table("users", (Column("ssn"),), database="accounts", source="a.sql")
    ledger = Table("users", (Column("amount"),), database="ledger", source="a.sql")
    catalog = Catalog([Declared(accounts), Declared(ledger)], stores("h1/accounts", "h2/ledger"))
    assert catalog.table("h1/accounts", "users").columns == accounts.columns
    assert catalog.table("h2/ledger", "users").columns == ledger.columns


def test_a_file_bound_to_a_store_declares_only_that() -> None:
    catalog = Catalog([Declared(USERS, "one")], stores("one", "two"))
    assert catalog.schema("two") == {}
    assert placed(catalog) == {("one", "users")}


def test_declared_tables_that_nobody_used_are_kept() -> None:
    assert placed(Catalog([Declared(USERS)], [])) == {("a", "users")}
    assert placed(Catalog([Declared(USERS, "billing")], stores("shop"))) == {("billing", "users")}


def test_columns_are_learned_where_nothing_is_declared() -> None:
    catalog = Catalog([Declared(USERS)], stores("shop"))
    catalog.learn("shop", "carts", "email")
    catalog.learn("shop", "carts", "EMAIL")
    catalog.learn("shop", "users", "drifted")
    assert [c.name for c in catalog.table("shop", "carts").columns] == ["email"]
    assert catalog.table("shop", "users").columns == USERS.columns
    assert not catalog.table("shop", "carts").declared
