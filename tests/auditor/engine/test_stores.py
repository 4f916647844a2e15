"""What a database is called."""

from __future__ import annotations

from auditor.engine.stores import names_of
from lineage.system import StoreWay


def name(system: str | None, host: str | None, namespace: str | None, *others: StoreWay) -> str:
    way = StoreWay("web", system, host, 5432, namespace)
    return names_of([way, *others])[way]


def test_host_and_namespace_name_a_store() -> None:
    assert name("postgresql", "ledger-db", "postgres") == "ledger-db/postgres"
    assert name("postgresql", "Ledger-DB", "postgres") == "ledger-db/postgres"


def test_a_host_that_says_nothing_is_left_out() -> None:
    assert name("postgresql", "accounts", "accounts") == "accounts"
    assert name("postgresql", "10.0.0.7", "shop") == "shop"
    assert name("postgresql", "localhost", "shop") == "shop"
    assert name("postgresql", None, "shop") == "shop"


def test_without_a_namespace() -> None:
    assert name("redis", "cache", None) == "cache"
    assert name("redis", "10.0.0.7", None) == "redis@10.0.0.7"
    assert name("redis", None, None) == "redis@web"
    assert name(None, None, None) == "sql@web"


def test_an_address_and_one_name_of_the_same_database_are_one_store() -> None:
    named = StoreWay("api", "mysql", "db.internal", 3306, "shop")
    assert name("mysql", "10.0.0.7", "shop", named) == "db.internal/shop"
    other = StoreWay("api", "mysql", "db2.internal", 3306, "shop")
    assert name("mysql", "10.0.0.7", "shop", named, other) == "shop"


def test_aliases() -> None:
    way = StoreWay("web", "postgresql", "db-1", 5432, "app")
    assert names_of([way], {"db-1/app": "orders"}) == {way: "orders"}
