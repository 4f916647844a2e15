"""Commands of stores without SQL: what their stored shapes tell, and that nothing else is claimed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.analyse import analyse
from lineage.sql.dialects import dialect_of
from lineage.sql.facts import StatementFacts
from lineage.sql.non_sql import analyse_command
from lineage.sql.shape import shape


def _facts(system: str, text: str, collection: str | None = None) -> StatementFacts:
    return analyse_command(shape(text, system).text, system, collection)


def _columns(facts: StatementFacts) -> dict[str, str]:
    return {f"{use.table}.{use.column}{'' if use.certain else '?'}": use.role for use in facts.columns}


def test_a_find_filters_sorts_and_projects() -> None:
    facts = _facts(
        "mongodb",
        '{"find": "users", "filter": {"email": "jane@example.org", "$or": [{"home.city": 1}, {"age": {"$gt": 3}}]},'
        ' "projection": {"name": 1}, "sort": {"created": -1}, "$db": "shop"}',
    )
    assert (facts.parse, facts.read, facts.written) == ("not_sql", ("users",), ())
    assert _columns(facts) == {
        "users.email": "filtered",
        "users.home.city": "filtered",
        "users.age": "filtered",
        "users.created": "ordered",
        "users.name?": "projected",
    }
    assert [output.sources for output in facts.outputs] == [("users.name",)]


@pytest.mark.parametrize(
    ("text", "read", "written", "columns"),
    [
        (
            '{"insert": "users", "documents": [{"name": "x", "home": {"city": "y"}}]}',
            (),
            ("users",),
            {"users.name": "written", "users.home.city": "written"},
        ),
        (
            '{"update": "users", "updates": [{"q": {"_id": 1}, "u": {"$set": {"phone": 1}}}]}',
            (),
            ("users",),
            {"users._id": "filtered", "users.phone": "written"},
        ),
        (
            '{"aggregate": "orders", "pipeline": [{"$match": {"who": 1}}, {"$sort": {"at": 1}}]}',
            ("orders",),
            (),
            {"orders.who": "filtered", "orders.at": "ordered"},
        ),
        (
            'db.users.updateOne({"email": "x"}, {"$set": {"name": "y"}})',
            (),
            ("users",),
            {"users.email": "filtered", "users.name": "written"},
        ),
        ('db.users.find({"email": "x"})', ("users",), (), {"users.*?": "projected", "users.email": "filtered"}),
        (
            '{"find": "users", "filter": {"email": "cut o',
            ("users",),
            (),
            {"users.*?": "projected", "users.email": "filtered"},
        ),
        ("find users", (), (), {}),
        ("users 4711", (), (), {}),
    ],
)
def test_mongodb(text: str, read: tuple[str, ...], written: tuple[str, ...], columns: dict[str, str]) -> None:
    facts = _facts("mongodb", text)
    assert (facts.read, facts.written, _columns(facts)) == (read, written, columns)


def test_a_filter_alone_needs_the_spans_collection() -> None:
    assert _facts("mongodb", '{"email": "x"}').read == ()
    facts = _facts("mongodb", '{"email": "x"}', "users")
    assert (facts.read, _columns(facts)) == (("users",), {"users.email?": "filtered"})


@pytest.mark.parametrize(
    ("text", "read", "written", "columns"),
    [
        (
            'GET /users/_search {"query": {"bool": {"must": [{"match": {"email": "x"}}], "filter": {"range": {"age": '
            '{"gte": 3}}}}}, "sort": [{"at": "desc"}], "_source": ["name"]}',
            ("users",),
            (),
            {"users.email": "filtered", "users.age": "filtered", "users.at": "ordered"},
        ),
        ('POST users/_doc/jane {"name": "x"}', (), ("users",), {"users.name": "written"}),
        ("GET /users-20240131/_search", (), (), {}),
        (
            '{"query": {"term": {"email": "x"}}}',
            (),
            (),
            {
                "None.email?": "filtered",
            },
        ),
    ],
)
def test_elasticsearch(text: str, read: tuple[str, ...], written: tuple[str, ...], columns: dict[str, str]) -> None:
    facts = _facts("elasticsearch", text)
    assert (facts.read, facts.written, _columns(facts)) == (read, written, columns)


@pytest.mark.parametrize(
    ("text", "read", "written"),
    [
        ("GET session:4711", ("session:?",), ()),
        ("HSET user:profile:77 email jane@example.org", (), ("user:profile:?",)),
        ("DEL cart:1\nMGET a:1 b:2", ("a:?",), ("cart:?",)),
        ("SET jane 1", (), ()),
        ("AUTH secret:x", (), ()),
    ],
)
def test_redis_gives_the_shape_of_keys(text: str, read: tuple[str, ...], written: tuple[str, ...]) -> None:
    facts = _facts("redis", text)
    assert (facts.read, facts.written) == (read, written)
    assert all(not use.certain for use in facts.columns)


def test_other_languages_give_nothing() -> None:
    assert _facts("neo4j", "MATCH (p:Person {email: $e}) RETURN p.name") == StatementFacts("not_sql")
    assert _facts("influxdb", 'from(bucket: "b")') == StatementFacts("not_sql")


@pytest.mark.parametrize(
    ("system", "text", "read", "written"),
    [
        ("dynamodb", 'SELECT "Name" FROM "Music" WHERE "Artist" = ?', ("Music",), ()),
        ("dynamodb", "INSERT INTO \"Music\" VALUE {'Artist': 'x', 'Title': ?}", (), ("Music",)),
        ("aws.dynamodb", "UPDATE Music SET Award = 1 WHERE Artist = ?", (), ("Music",)),
        ("cassandra", "INSERT INTO users (a, b) VALUES (?, ?) IF NOT EXISTS USING TTL 100", (), ("users",)),
        ("cassandra", "SELECT a FROM ks.users WHERE b = ? PER PARTITION LIMIT 2 ALLOW FILTERING", ("ks.users",), ()),
    ],
)
def test_relatives_of_sql_are_parsed(system: str, text: str, read: tuple[str, ...], written: tuple[str, ...]) -> None:
    stored = shape(text, system).text
    facts = analyse(stored, dialect_of(system, stored))
    assert (facts.parse, facts.read, facts.written) == ("full", read, written)


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet='{}[]():,"$ abfindusersGET/_search?', max_size=60),
    st.sampled_from(["mongodb", "elasticsearch", "redis"]),
)
def test_any_text_is_answered(text: str, system: str) -> None:
    assert analyse_command(text, system).parse == "not_sql"
    assert _facts(system, text).parse == "not_sql"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 150))
def test_no_value_survives_a_cut(cut: int) -> None:
    text = '{"find": "users", "filter": {"email": "secret", "name": {"$in": ["secret", "secret"]}, "age": 31337}}'[:cut]
    assert "secret" not in repr(_facts("mongodb", text))
    assert "31337" not in repr(_facts("mongodb", text))
    assert {use.table for use in _facts("mongodb", text).columns} <= {"users", None}


@pytest.mark.parametrize(
    ("sql", "read", "written", "columns"),
    [
        (
            'SELECT "email", address.city FROM "Users" WHERE "pk" = ?',
            ("Users",),
            (),
            {"Users.email": "projected", "Users.address": "projected", "Users.pk": "filtered"},
        ),
        (
            'SELECT * FROM "Users"."email-index" WHERE email = \'x\'',
            ("Users",),
            (),
            {"Users.*": "projected", "Users.email": "filtered"},
        ),
        (
            'UPDATE "Users" REMOVE ssn SET email = ? SET address.city = ? WHERE pk = ?',
            (),
            ("Users",),
            {
                "Users.ssn": "written",
                "Users.email": "written",
                "Users.address": "written",
                "Users.pk": "filtered",
            },
        ),
        (
            'DELETE FROM "Users" WHERE pk = ? RETURNING ALL OLD *',
            (),
            ("Users",),
            {"Users.pk": "filtered", "Users.*": "projected"},
        ),
        ("INSERT INTO \"Users\" VALUE {'pk': ?, 'email': ?}", (), ("Users",), {"Users.*": "written"}),
    ],
)
def test_partiql_is_sql(sql: str, read: tuple[str, ...], written: tuple[str, ...], columns: dict[str, str]) -> None:
    stored = shape(sql, "dynamodb").text
    facts = analyse(stored, dialect_of("dynamodb", stored))
    assert (facts.parse, facts.read, facts.written) == ("full", read, written)
    assert _columns(facts) == columns


def test_a_document_that_a_key_value_store_is_sent_is_a_value() -> None:
    assert shape('SETEX session:abc 3600 {"jane_doe": "x"}', "redis").text == "SETEX session:? ?"
    assert shape("EVAL \"return redis.call('get', KEYS[1])\" 1 session:abc", "redis").text == "EVAL ? ?"
