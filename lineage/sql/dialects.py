"""Which SQL a database speaks, from its OpenTelemetry name (`db.system.name`, or the older `db.system`)."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """A set written as words in a text."""
    return frozenset(text.split())


CQL = "cql"  # Cassandra's language: no parser of its own, read as base SQL after its clauses are taken off

PARTIQL = "partiql"  # DynamoDB's: read as Trino, which knows paths into documents
PARSED_AS = {CQL: "", PARTIQL: "trino"}

_BY_DIALECT = {
    "postgres": "postgresql postgres cockroachdb edb netezza greenplum vertica yugabytedb timescaledb enterprisedb",
    "redshift": "redshift aws.redshift",
    "mysql": "mysql mariadb tidb aurora-mysql",
    "tsql": "microsoft.sql_server mssql sqlserver sybase mssqlcompact",
    "oracle": "oracle.db oracle",
    "bigquery": "spanner gcp.spanner cloudspanner bigquery gcp.bigquery",
    "trino": "trino athena",
    CQL: "cassandra scylladb cosmosdb-cassandra",
    "": "db2 ibm.db2 h2 h2database hsqldb derby firebird firebirdsql sap.hana sap.maxdb saphana hanadb maxdb adabas "
    "softwareag.adabas intersystems_cache intersystems.cache informix ibm.informix other_sql ingres actian.ingres "
    "filemaker interbase instantdb pointbase pervasive progress cache firstsql edb_base sql jdbc",
    **{name: name for name in words("sqlite clickhouse hive teradata snowflake databricks presto spark duckdb doris")},
    "singlestore": "singlestore memsql",
}
_DIALECTS = {system: dialect for dialect, systems in _BY_DIALECT.items() for system in systems.split()}

_NOT_SQL = words(
    "redis valkey memcached mongodb elasticsearch opensearch neo4j couchdb couchbase hbase influxdb geode "
    "azure.cosmosdb cosmosdb dynamodb aws.dynamodb solr arangodb rethinkdb etcd graphdb"
)
_DYNAMODB = ("dynamodb", "aws.dynamodb")
_SQL_VERB = re.compile(
    r"[\s(;]*(?:select|sel|insert|update|delete|merge|replace|with|create|alter|drop|truncate|values|call|exec(?:ute)?|"
    r"begin|start|commit|rollback|savepoint|release|set|show|use|explain|declare|copy|grant|revoke|lock|listen|"
    r"notify|vacuum|analyze|prepare|table|do|upsert|pragma|describe|desc|fetch|move|open|close|discard|unlisten|reset|"
    r"deallocate|if|while|print|dbcc|raiserror|waitfor|return|declare|unload|refresh|optimize|attach|detach|kill|load|"
    r"rename|comment|abort|end|checkpoint|cluster|reindex|flush|xa|apply|from|unlock|handler|import|export|use|bulk)\b"
    r"|\s*\{\s*(?:\?\s*=\s*)?call\b",
    re.IGNORECASE,
)
_HINTS = (
    ("postgres", re.compile(r"\$\d|::|\bILIKE\b|\bRETURNING\b", re.IGNORECASE)),
    ("mysql", re.compile(r"`")),
    ("tsql", re.compile(r"\[[A-Za-z_][\w ]*\]\s*(?:\.|,|=|$|FROM\b)|\bSELECT\s+TOP\b", re.IGNORECASE)),
)


def starts_like_sql(text: str) -> bool:
    """Whether the first word after comments is one that SQL statements begin with."""
    return _SQL_VERB.match(text) is not None or _SQL_VERB.match(_without_comments(text)) is not None


def dialect_of(system: str | None, text: str = "") -> str | None:
    """The dialect to read `text` in: a sqlglot name, "" for standard SQL, "cql", or None: never parse as SQL.

    `system` is a value of `db.system.name` or `db.system`. Unknown and missing systems are judged by the text.
    """
    name = (system or "").strip().lower()
    if name in _DIALECTS:
        return _DIALECTS[name]
    if not may_be_sql(system, text):
        return None
    if name in _DYNAMODB:
        return PARTIQL
    return next((dialect for dialect, hint in _HINTS if hint.search(text)), "")


def may_be_sql(system: str | None, text: str) -> bool:
    """Whether `text` is to be parsed as SQL, sent to a system of that name."""
    name = (system or "").strip().lower()
    if name in _DIALECTS:
        return True
    if name in _NOT_SQL and not (name in _DYNAMODB and _SQL_VERB.match(text)):
        return False
    return not text or starts_like_sql(text)


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|--[^\n]*", " ", text[:4096], flags=re.DOTALL)
