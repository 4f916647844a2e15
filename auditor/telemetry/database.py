"""What a database span tells: which database, which statement (as its shape only), which table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from auditor.telemetry import semconv
from auditor.telemetry.memory import ENTRIES
from auditor.telemetry.raw import Attributes
from auditor.telemetry.redact import MASK, mask_name
from lineage.sql.shape import Shape, literals, shape

_MAX_STATEMENT = 1 << 18
_MAX_LITERALS, _MAX_NAME = 200, 300
_SQL_VERBS = frozenset(
    "SELECT INSERT UPDATE DELETE MERGE REPLACE CALL EXECUTE EXEC TRUNCATE CREATE ALTER DROP UPSERT COPY".split()
)
_SESSION_WORDS = frozenset("CONNECT BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE CLOSE PING".split())
_TARGET = re.compile(r"[^\W\d][\w$.\-]*")
_OPERATION = re.compile(r"[^\W\d][\w.\-]{0,59}")


@dataclass(frozen=True, slots=True)
class Database:
    """The database columns of a span row. `operation` of a span that only opens a connection is CONNECT."""

    system: str | None
    namespace: str | None
    statement: str | None
    statement_id: str | None
    operation: str | None
    collection: str | None


def is_database(attributes: Attributes) -> bool:
    """Whether any attribute speaks of a database: that makes the span one, whatever its kind."""
    return any(key.startswith("db.") for key in attributes) or any(
        key.startswith(semconv.DB_FOREIGN_PREFIXES) for key in attributes
    )


def read_database(attributes: Attributes, name: str) -> Database:
    """The facts of a database span, from its attributes, else its summary, else (without a text) its name."""
    system = system_of(attributes)
    namespace = _namespace(semconv.first_text(attributes, semconv.DB_NAMESPACE), system)
    text = semconv.first_text(attributes, semconv.DB_TEXT)
    own_words = (
        semconv.first_text(attributes, keys)
        for keys in (semconv.DB_OPERATION, semconv.DB_SUMMARY, semconv.DB_NAMESPACE)
    )
    verb, target = _named(text is not None, name[:_MAX_NAME], *(word and word[:_MAX_NAME] for word in own_words))
    collection = semconv.first_text(attributes, semconv.DB_COLLECTION)
    found = statement_shape(without_comments(text)[0], system) if text is not None else None
    return Database(
        system,
        namespace,
        found.text if found else None,
        found.id if found else None,
        verb,
        mask_name(collection) if collection else target,
    )


def without_comments(text: str) -> tuple[str, str]:
    """(statement, comments) with the `/* */` comments at both ends split off: they often differ on every call.

    Taking off what ends in `*/` never lays a literal open: at worst it cuts one that was cut off already.
    """
    comments: list[str] = []
    text = text[:_MAX_STATEMENT].strip()
    while text.startswith("/*") and (end := text.find("*/")) >= 0:
        comments.append(text[2:end])
        text = text[end + 2 :].lstrip()
    while (bare := text.rstrip("; \t\r\n")).endswith("*/") and (start := bare.rfind("/*")) >= 0:
        comments.append(bare[start + 2 : -2])
        text = bare[:start].rstrip()
    return text, " ".join(comments)


def statement_literals(text: str, system: str | None) -> tuple[str, ...]:
    """The literals of a statement that may be personal data, to be judged and forgotten."""
    return literals(text, system)[:_MAX_LITERALS]


def statement_shape(text: str, system: str | None) -> Shape:
    """The shape of a statement, made once per distinct text."""
    return shape(text, system)


def system_of(attributes: Attributes) -> str | None:
    """The database's system by its present name, masked; None when nothing tells."""
    name = semconv.first_text(attributes, semconv.DB_SYSTEM)
    if name is None:
        return "cassandra" if "cassandra.query" in attributes else None
    name = name.strip().lower()
    return mask_name("other_sql" if name == "sql" else semconv.new_db_system(name))


def _namespace(name: str | None, system: str | None) -> str | None:
    """The database's name; new conventions may write `database|schema`, for SQL Server `instance|database`."""
    if name is None or "|" not in name:
        return mask_name(name) if name else None
    parts = [part for part in name.split("|") if part]
    if len(parts) == 2:
        name = parts[1] if system == "microsoft.sql_server" else parts[0]
    return mask_name(name)


@lru_cache(ENTRIES)
def _named(
    has_text: bool, name: str, operation: str | None, summary: str | None, namespace: str | None
) -> tuple[str | None, str | None]:
    """(verb, table) in the instrumentation's own words. With a text at hand only the verb is worth having."""
    sources = [operation, summary]
    if not has_text and (name.upper() in _SESSION_WORDS or name.partition(" ")[0].upper() in _SQL_VERBS):
        sources.append(name)
    verb = target = None
    for source in filter(None, sources):
        words = source.removeprefix("BATCH ").split()
        if not words:
            continue
        if verb is None and _OPERATION.fullmatch(words[0]):
            verb = mask_name(words[0].upper() if words[0].upper() in _SQL_VERBS | _SESSION_WORDS else words[0])
        if target is None and not has_text and len(words) > 1:
            target = _table(words[1], namespace)
    return verb, target


def _table(word: str, namespace: str | None) -> str | None:
    """A table's name from `database.table` or `table`; a word that is just the database's name tells of no table."""
    if namespace is not None:
        if word == namespace:
            return None
        word = word.removeprefix(namespace + ".")
    masked = mask_name(word) if _TARGET.fullmatch(word) else None
    return None if masked is None or MASK in masked else masked
