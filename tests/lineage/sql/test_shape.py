"""Shapes: what stays, what goes, and what counts as the same statement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.shape import literals, shape

CANARY = "zqxjwvkz"  # no fragment of four letters of it occurs in SQL


@pytest.mark.parametrize(
    ("sql", "system", "text"),
    [
        (
            "SELECT a, 'x' FROM t WHERE b IN (1,2,3) AND c='it''s'",
            "postgresql",
            "SELECT a, '?' FROM t WHERE b IN (?) AND c='?'",
        ),
        ("SELECT a FROM t ORDER BY 1, 2 DESC LIMIT 10", "postgresql", "SELECT a FROM t ORDER BY 1, 2 DESC LIMIT ?"),
        (
            "SELECT a, count(*) FROM t GROUP BY 1 HAVING count(*) > 5",
            None,
            "SELECT a, count(*) FROM t GROUP BY 1 HAVING count(*) > ?",
        ),
        ("SELECT a FROM t ORDER BY f(7), 12345", None, "SELECT a FROM t ORDER BY f(?), ?"),
        ("SELECT a FROM t WHERE x=-12.5e-3 AND y = 0xFF", None, "SELECT a FROM t WHERE x=? AND y = ?"),
        ("INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s), (%s", "postgresql", "INSERT INTO t (a, b) VALUES (?, ?)"),
        ("SELECT /* app */ a -- note\nFROM t;", "mysql", "SELECT a FROM t"),
        ("SELECT a /* x /* y */ z */ FROM t", "postgresql", "SELECT a FROM t"),
        ("SELECT a FROM t # note", "mysql", "SELECT a FROM t"),
        (
            "SELECT d->>'email', d->'a1b2c3d4', d#>>'{a,b}' FROM t",
            "postgresql",
            "SELECT d->>'email', d->'?', d#>>'{a,b}' FROM t",
        ),
        (
            "SELECT a FROM t WHERE d ? 'k' AND i = $1::uuid",
            "postgresql",
            "SELECT a FROM t WHERE d ? '?' AND i = ?::uuid",
        ),
        ('SELECT "a" FROM "t" WHERE b = "c"', "postgresql", 'SELECT "a" FROM "t" WHERE b = "c"'),
        ('SELECT a FROM t WHERE b = "c"', "mysql", "SELECT a FROM t WHERE b = '?'"),
        ('UPDATE t SET status = "REVOKED" WHERE n = 12', None, "UPDATE t SET status = '?' WHERE n = ?"),
        ('SELECT "x"."b" FROM "x" WHERE "x"."c" = "lit"', None, 'SELECT "x"."b" FROM "x" WHERE "x"."c" = \'?\''),
        ("SELECT [a b] FROM [dbo].[t] WHERE i = @p0", "mssql", "SELECT [a b] FROM [dbo].[t] WHERE i = ?"),
        (
            'SELECT x AS "jane@example.org", y AS "n 555-123-4567" FROM t',
            "postgresql",
            'SELECT x AS "?", y AS "?" FROM t',
        ),
        ('SELECT a FROM "use', "postgresql", 'SELECT a FROM "?'),
        ("SELECT `a`, `us", "mysql", "SELECT `a`, `?"),
        ("SELECT [a], [us", "mssql", "SELECT [a], [?"),
        ('SAVEPOINT "s139638557247168_x1"', "postgresql", 'SAVEPOINT "?"'),
        ("SELECT a FROM t WHERE b = 'cut off", "postgresql", "SELECT a FROM t WHERE b = '?"),
        ('SELECT a FROM t WHERE b = "cut off', "mysql", "SELECT a FROM t WHERE b = '?"),
        ("SELECT a FROM t WHERE b = 'x' AND c IN ('y', 'cut off", "mysql", "SELECT a FROM t WHERE b = '?' AND c IN (?"),
        ("SELECT d->>'cut_of", "postgresql", "SELECT d->>'?"),
        ("SELECT $$x$$, $q$ y $$ $q$, E'a\\'b' FROM t", "postgresql", "SELECT '?', '?', '?' FROM t"),
        ("SELECT q'[it's]' FROM dual", "oracle", "SELECT '?' FROM dual"),
        ("ALTER USER x IDENTIFIED BY secret", "oracle", "ALTER USER x IDENTIFIED BY '?'"),
        ("COPY t (a) FROM stdin;\nsecret\tother\n\\.\n", "postgresql", "COPY t (a) FROM stdin"),
        ("SELECT a FROM t WHERE i = 550e8400-e29b-41d4-a716-446655440000", "cassandra", "SELECT a FROM t WHERE i = ?"),
        (
            "SELECT a FROM t WHERE i IN (#{x}) AND j = :y AND k = %(z)s AND l = [REDACTED]",
            None,
            "SELECT a FROM t WHERE i IN (?) AND j = ? AND k = ? AND l = ?",
        ),
        ("SELECT a FROM t WHERE i IN (__[POSTCOMPILE_i_1])", "postgresql", "SELECT a FROM t WHERE i IN (?)"),
        ("", "postgresql", ""),
        ("GET session:abc", "redis", "GET session:?"),
        ("HSET user:profile:17 name Jane age 3", "redis", "HSET user:profile:? ?"),
        ("AUTH admin:secret", "redis", "AUTH ?"),
        ("set k 0 9 5\nvalue", "memcached", "set ? ?; ?"),
        (
            '{"find": "users", "filter": {"email": "a@b", "n": {"$in": [1, 2]}}}',
            "mongodb",
            "{find: users, filter: {email: ?, n: {$in: [?]}}}",
        ),
        (
            'POST /x/_search {"query": {"match": {"email": "x"}}}',
            "elasticsearch",
            "POST /x/_search {query: {match: {email: ?}}}",
        ),
    ],
)
def test_text(sql: str, system: str | None, text: str) -> None:
    assert shape(sql, system).text == text


@pytest.mark.parametrize(
    "sql",
    [
        "select A from T where b in (1) and c = 'x'",
        "SELECT a FROM t WHERE b IN ($1, $2,$3) AND c=%s",
        "SELECT  a\nFROM t WHERE b IN (?) AND c = :name -- trailing",
        "SELECT a FROM t WHERE b IN ('p', 'q') AND c = -17 /* traceparent='00-ab' */",
    ],
)
def test_same_statement_has_one_id(sql: str) -> None:
    assert shape(sql, "postgresql").id == shape("SELECT a FROM t WHERE b IN (?) AND c = ?", "postgresql").id


def test_different_statements_have_different_ids() -> None:
    texts = ["SELECT a FROM t", "SELECT b FROM t", "SELECT a FROM u", "SELECT a FROM t ORDER BY 1", "DELETE FROM t", ""]
    ids = {shape(text, "postgresql").id for text in texts}
    assert len(ids) == len(texts)
    assert all(id_.startswith("s1-") and len(id_) == 19 for id_ in ids)


@pytest.mark.parametrize("system", ["postgresql", "mysql", None])
def test_a_shape_is_its_own_shape(system: str | None) -> None:
    once = shape("SELECT a FROM t WHERE b = 'x' AND c IN (1, 2) AND d = :e ORDER BY 1 LIMIT 5", system)
    assert shape(once.text, system) == once


def test_literals_are_given_for_judgement() -> None:
    sql = "SELECT 'a@b.c', 12345678, 12 FROM t WHERE x = 'it''s' AND \"jane@example.org\" = '' -- 'no'"
    assert literals(sql, "postgresql") == ("a@b.c", "12345678", "it's", "jane@example.org")
    assert literals('UPDATE t SET a = "x" WHERE b = "it\\"s"', "mysql") == ("x", 'it\\"s')
    assert "Jane" in literals("HSET user:1 name Jane", "redis")
    assert "a@b" in literals('{"find": "users", "filter": {"email": "a@b"}}', "mongodb")


def _doubled(quote: str, prefix: str = "") -> st.SearchStrategy[str]:
    return _content().map(lambda value: f"{prefix}{quote}{value.replace(quote, quote * 2)}{quote}")


def _escaped(quote: str, prefix: str = "") -> st.SearchStrategy[str]:
    def write(value: str) -> str:
        return prefix + quote + value.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote

    return _content().map(write)


def _content() -> st.SearchStrategy[str]:
    bits = st.sampled_from(
        ["'", '"', "`", "\\", "$$", "--", "/*", "*/", ";", " ", "\n", ")", "(", ",", "::", "$1", "?", ".", "="]
    )
    return st.lists(st.one_of(bits, st.just(CANARY)), min_size=1, max_size=6).map(lambda parts: CANARY + "".join(parts))


DOLLAR = _content().filter(lambda value: "$" not in value).map(lambda value: f"$a${value}$a$")
BRACKETED = _content().filter(lambda value: "]'" not in value).map(lambda value: f"q'[{value}]'")
STYLES = {
    "postgresql": st.one_of(_doubled("'"), _doubled("'", "N"), _doubled("'", "U&"), _escaped("'", "E"), DOLLAR),
    "mysql": st.one_of(_escaped("'"), _escaped('"'), _escaped("'", "_utf8mb4 ")),
    "oracle": st.one_of(_doubled("'"), _doubled("'", "n"), BRACKETED),
    "microsoft.sql_server": st.one_of(_doubled("'", "N"), _doubled("'")),
    "sqlite": st.one_of(_doubled("'"), _doubled("'", "x")),
    None: st.one_of(_doubled("'"), _escaped("'"), _escaped('"')),
}
FRAMES = (
    "SELECT a FROM t WHERE b = {} AND c IN ({}, {}) ORDER BY 1",
    "INSERT INTO t (a, b, c) VALUES ({}, {}, now()), ({}, NULL, 1) ON CONFLICT DO NOTHING",
    "UPDATE t SET a = {}, b = lower({}) WHERE c LIKE {} OR c->>'k' = b",
    "CREATE USER u PASSWORD {}; SELECT {} || {}",
)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(sorted(STYLES, key=str)), st.sampled_from(FRAMES), st.floats(0, 1))
def test_no_literal_survives_at_any_cut(data: st.DataObject, system: str | None, frame: str, cut: float) -> None:
    written = [data.draw(STYLES[system]) for _ in range(3)]
    sql = frame.format(*written)
    for text in (sql, sql[: int(len(sql) * cut)]):
        shown = shape(text, system).text.lower()
        assert not any(CANARY[i : i + 4] in shown for i in range(len(CANARY) - 3)), shown


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=200), st.sampled_from([*sorted(STYLES, key=str), "redis", "mongodb", "cassandra", "clickhouse"])
)
def test_any_text_has_a_shape(text: str, system: str | None) -> None:
    assert shape(text, system) == shape(text, system)


@settings(max_examples=100, deadline=None)
@given(_content(), st.sampled_from(["redis", "memcached", "mongodb", "elasticsearch"]), st.floats(0, 1))
def test_no_value_survives_outside_of_sql(value: str, system: str, cut: float) -> None:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for text in (f"SET {quoted} {quoted}", f'{{"find": "t", "filter": {{"a": {quoted}, "b": [{quoted}]}}}}'):
        for part in (text, text[: int(len(text) * cut)]):
            assert CANARY[:4] not in shape(part, system).text


def test_long_and_hostile_texts_are_quick_enough() -> None:
    for text in (
        "(" * 60_000,
        "SELECT '" + "\\" * 60_000,
        "a" * 60_000,
        "'" * 60_001,
        "IN (1," * 10_000,
        "/*" * 30_000,
    ):
        for system in ("postgresql", "mysql", None):
            assert len(shape(text, system).id) == 19
