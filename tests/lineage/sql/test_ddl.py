"""DDL: tables, columns, comments, databases and lines; and what one bad statement costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.sql.ddl import Ddl, dialect_of_ddl, parse_ddl

PG_DUMP = """\
-- ===== database: shop (host db)
--
-- PostgreSQL database dump
--
\\restrict abc

SET statement_timeout = 0;

CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE no (a int); END; $$;

CREATE TABLE public.users (
    id bigint NOT NULL,
    email character varying(64) DEFAULT 'a;b'::character varying, -- where to write
    "Full Name" text,
    tags text[],
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT c CHECK ((id > 0))
);

ALTER TABLE public.users OWNER TO postgres;
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
COMMENT ON TABLE public.users IS 'People; who buy';
COMMENT ON COLUMN public.users.email IS 'contact''s address';

COPY public.users (id, email) FROM stdin;
1\tCREATE TABLE fake (a int);
\\.

CREATE VIEW public.mails AS
 SELECT users.id, lower((users.email)::text) AS mail, users.email AS raw
   FROM public.users;

ALTER TABLE public.users ADD COLUMN phone text, ADD COLUMN fax text;
\\connect other
CREATE TABLE public.users (id int);
\\unrestrict abc
"""


def _columns(ddl: Ddl, position: int = 0) -> list[str]:
    return [column.name for column in ddl.tables[position].columns]


def test_a_postgres_dump() -> None:
    ddl = parse_ddl(PG_DUMP, "shop.sql")
    users, mails, others = ddl.tables
    assert (users.name, users.database, users.comment, users.source) == (
        "public.users",
        "shop",
        "People; who buy",
        "shop.sql",
    )
    assert _columns(ddl) == ["id", "email", "Full Name", "tags", "created_at", "phone", "fax"]
    types = [column.type for column in users.columns]
    assert types == ["bigint", "character varying(64)", "text", "text[]", "timestamp with time zone", "text", "text"]
    assert users.columns[1].comment == "contact's address"
    lines = PG_DUMP.splitlines()
    assert all(column.name in lines[column.line - 1] for column in users.columns)
    assert (mails.name, _columns(ddl, 1)) == ("public.mails", ["id", "mail", "raw"])
    assert mails.columns[2].type == "character varying(64)"
    assert (others.name, others.database, _columns(ddl, 2)) == ("public.users", "other", ["id"])
    assert ddl.problems == ()


MYSQL_DUMP = """\
-- MySQL dump 10.13
-- Current Database: `clinic`
/*!40101 SET NAMES utf8 */;
USE `clinic`;
DROP TABLE IF EXISTS `patient`;
CREATE TABLE `patient` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `sex` enum('f','m') DEFAULT NULL COMMENT 'as on the card; never guessed',
  `note` varchar(20) DEFAULT 'it\\'s',
  PRIMARY KEY (`id`), KEY `n` (`note`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='people in care';
INSERT INTO `patient` VALUES (1,'f','CREATE TABLE x (a int);');
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON patient FOR EACH ROW BEGIN SET @a = 1; CREATE TABLE y (a int); END ;;
DELIMITER ;
/*!50001 CREATE VIEW `v` AS SELECT `patient`.`id` AS `id`, 1 AS `one` FROM `patient`*/;
"""


def test_a_mysql_dump() -> None:
    ddl = parse_ddl(MYSQL_DUMP)
    assert [(table.name, table.database) for table in ddl.tables] == [("patient", "clinic"), ("v", "clinic")]
    id_, sex, note = ddl.tables[0].columns
    assert (id_.type, sex.type, note.type) == ("int unsigned", "enum", "varchar(20)")
    assert sex.comment == "as on the card; never guessed"
    assert ddl.tables[0].comment == "people in care"
    assert _columns(ddl, 1) == ["id", "one"]
    assert ddl.problems == ()


@pytest.mark.parametrize(
    ("text", "dialect", "table", "columns"),
    [
        (
            "CREATE TABLE [dbo].[T] ([Id] INT IDENTITY(1,1), [Name] NVARCHAR(MAX) NULL)\nGO\n",
            "tsql",
            "dbo.T",
            ["Id", "Name"],
        ),
        ("CREATE TABLE t (id NUMBER(10), name VARCHAR2(20 CHAR)) TABLESPACE x;\n/\n", "oracle", "t", ["id", "name"]),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name)", "sqlite", "t", ["id", "name"]),
        (
            "CREATE TABLE k.t (id uuid, tags set<text>, PRIMARY KEY ((id))) WITH CLUSTERING ORDER BY (tags DESC);",
            "cql",
            "k.t",
            ["id", "tags"],
        ),
        ("CREATE TABLE IF NOT EXISTS t (id int, b varchar(255));", "", "t", ["id", "b"]),
        ("CREATE UNLOGGED TABLE t (id serial) PARTITION BY RANGE (id)", "postgres", "t", ["id"]),
        ("CREATE TABLE a (x jsonb); CREATE TABLE b (LIKE a INCLUDING ALL, y int)", "postgres", "b", ["x", "y"]),
        (
            "CREATE TABLE a (x bigserial); CREATE TABLE p PARTITION OF a FOR VALUES FROM (1) TO (2)",
            "postgres",
            "p",
            ["x"],
        ),
        ("CREATE TABLE a (x jsonb); CREATE TABLE b AS SELECT x, 1 AS y FROM a", "postgres", "b", ["x", "y"]),
        (
            "CREATE TABLE a (x jsonb, y int); ALTER TABLE a DROP COLUMN x; ALTER TABLE a RENAME COLUMN y TO z",
            "postgres",
            "a",
            ["z"],
        ),
        (
            "CREATE TABLE a (x jsonb); CREATE MATERIALIZED VIEW v (w) AS SELECT * FROM a WITH NO DATA",
            "postgres",
            "v",
            ["w"],
        ),
    ],
)
def test_dialects(text: str, dialect: str, table: str, columns: list[str]) -> None:
    assert dialect_of_ddl(text) == dialect
    ddl = parse_ddl(text)
    assert ddl.problems == ()
    assert {found.name: [column.name for column in found.columns] for found in ddl.tables}[table] == columns


def test_one_bad_statement_costs_itself() -> None:
    ddl = parse_ddl("CREATE TABLE a (id int);\n\nCREATE TABLE b (id int frob 'secret' (;\n;\nCREATE TABLE c (id int);")
    assert [table.name for table in ddl.tables] == ["a", "c"]
    assert [problem.line for problem in ddl.problems] == [3]
    assert "secret" not in str(ddl.problems)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(PG_DUMP)), st.text(max_size=30), st.sampled_from([None, "mysql", "tsql", "", "cql"]))
def test_damaged_files_are_answered(cut: int, noise: str, dialect: str | None) -> None:
    ddl = parse_ddl(PG_DUMP[:cut] + noise + PG_DUMP[cut:], dialect=dialect)
    assert all(problem.line >= 1 for problem in ddl.problems)


def test_large_and_hostile_files_are_answered() -> None:
    assert (
        len(parse_ddl("CREATE TABLE t (" + ", ".join(f"c{i} int" for i in range(1500)) + ")").tables[0].columns) == 1500
    )
    assert parse_ddl("CREATE TABLE t (a int DEFAULT " + "(" * 5_000 + ")" * 5_000 + ")").tables == ()
    assert parse_ddl("'" * 50_001).tables == ()
    assert parse_ddl("\0\ufeff").tables == ()


def test_a_view_tells_what_its_columns_are_made_from() -> None:
    ddl = parse_ddl(
        "CREATE TABLE users (id int, email text, phone text);\n"
        "CREATE VIEW contacts (who, mail) AS SELECT id, lower(email) FROM users;\n"
        "CREATE MATERIALIZED VIEW hashes AS SELECT md5(c.mail) AS h, u.* FROM contacts c JOIN users u ON id = who;\n",
        dialect="postgres",
    )
    fills = {fill.target: (fill.direct, fill.sources, fill.kept) for fill in ddl.fills}
    assert fills == {
        "contacts.who": (True, ("users.id",), ("whole",)),
        "contacts.mail": (False, ("users.email",), ("whole",)),
        "hashes.h": (False, ("contacts.mail",), ("mask",)),
        "hashes.id": (True, ("users.id",), ("whole",)),
        "hashes.email": (True, ("users.email",), ("whole",)),
        "hashes.phone": (True, ("users.phone",), ("whole",)),
    }
