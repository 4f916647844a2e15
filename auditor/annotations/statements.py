"""Statements of DDL that say of a column how sensitive it is, beside its definition.

PostgreSQL's SECURITY LABEL, with a key as in a comment or in the words of the masking extensions
(https://www.postgresql.org/docs/current/sql-security-label.html, https://postgresql-anonymizer.readthedocs.io);
SQL Server's ADD SENSITIVITY CLASSIFICATION (https://learn.microsoft.com/sql/t-sql/statements); and comments that
MySQL's ALTER TABLE gives later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.annotations.notes import Annotation, said_in
from classifiers.model import Field
from classifiers.names import name_labels
from lineage.sql.ddl import dialect_of_ddl
from lineage.sql.script import statements

_ANYTHING_SAID = re.compile(r"\b(?:SECURITY\s+LABEL|SENSITIVITY\s+CLASSIFICATION|MODIFY|CHANGE)\b", re.IGNORECASE)
_NAME = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$])+"
_NAMES = rf"(?P<name>{_NAME}(?:\.{_NAME})+)"
_LABEL = re.compile(
    rf"SECURITY\s+LABEL\s+(?:FOR\s+\S+\s+)?ON\s+COLUMN\s+{_NAMES}\s+IS\s+E?'(?P<text>(?:[^']|'')*)'", re.IGNORECASE
)
_CLASSIFIED = re.compile(
    rf"ADD\s+SENSITIVITY\s+CLASSIFICATION\s+TO\s+(?P<names>{_NAME}(?:\s*[.,]\s*{_NAME})+)\s+WITH\s*\((?P<with>.*)\)",
    re.IGNORECASE | re.DOTALL,
)
_TYPE = re.compile(r"INFORMATION_TYPE\s*=\s*N?'(?P<type>[^']*)'", re.IGNORECASE)
_ALTERED = re.compile(rf"ALTER\s+TABLE\s+(?P<table>{_NAME}(?:\.{_NAME})*)\s", re.IGNORECASE)
_COMMENTED = re.compile(
    rf"\b(?:MODIFY\s+(?:COLUMN\s+)?|CHANGE\s+(?:COLUMN\s+)?{_NAME}\s+)(?P<column>{_NAME})\s"
    r"(?:[^',()]|\([^()]*\)|DEFAULT\s+'[^']*')*?\bCOMMENT\s+'(?P<text>(?:[^'\\]|''|\\.)*)'",
    re.IGNORECASE,
)
_MASKED = re.compile(r"\s*MASKED\s+WITH\s+(?:FUNCTION\s+(?:\w+\.)?(?P<function>\w+)|VALUE)", re.IGNORECASE)
_MAKERS = re.compile(r"^(?:fake|dummy|random|partial|pseudo|hash|lorem|generalize|noise)_", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\s*(?:(?:direct|indirect|quasi)[ _-]identifier|pii|phi|(?:sensitive[ _-])?personal(?:[ _-]data)?)\s*",
    re.IGNORECASE,
)
_USER = ("user",)
# The information types that SQL Server's tools offer.
_TYPES = {
    "contact info": "user.contact",
    "credentials": "user.authorization.credentials",
    "credit card": "user.financial.credit_card",
    "banking": "user.financial.bank_account",
    "financial": "user.financial",
    "name": "user.name",
    "national id": "user.government_id.national_identification_number",
    "ssn": "user.government_id.national_identification_number",
    "health": "user.health_and_medical",
    "date of birth": "user.demographic.date_of_birth",
    "networking": "user.device.ip_address",
}


def statement_annotations(text: str, file: str, store: str | None = None) -> Iterator[Annotation]:
    """The annotations in a DDL text called `file`; `store` binds it to one store. Other labels are passed over."""
    if not _ANYTHING_SAID.search(text):
        return
    for statement in statements(text.replace("\0", " "), dialect_of_ddl(text)):
        for names, categories, form in (
            *_labels(statement.text),
            *_classified(statement.text),
            *_altered(statement.text),
        ):
            table, _, column = names.rpartition(".")
            yield Annotation(table, column, categories, file, statement.line, form, store)


_Said = Iterator[tuple[str, tuple[str, ...], str]]  # table.column, categories, how it is written


def _labels(statement: str) -> _Said:
    found = _LABEL.match(statement)
    if found and (categories := _meant(found["text"].replace("''", "'"))) is not None:
        yield _bare(found["name"]), categories, "a security label"


def _meant(label: str) -> tuple[str, ...] | None:
    said = said_in(label)
    if said is not None:
        return said
    if masked := _MASKED.match(label):
        name = _MAKERS.sub("", masked["function"] or "")
        return tuple(found.category for found in name_labels(Field(name))[:1]) or _USER
    return _USER if _PERSONAL.fullmatch(label) else None


def _classified(statement: str) -> _Said:
    found = _CLASSIFIED.match(statement)
    if found and (kind := _TYPE.search(found["with"])):
        category = _TYPES.get(kind["type"].lower(), "user")
        for names in found["names"].split(","):
            yield _bare(names), (category,), "a sensitivity classification"


def _altered(statement: str) -> _Said:
    table = _ALTERED.match(statement)
    for column in _COMMENTED.finditer(statement) if table else ():
        categories = said_in(column["text"])
        if table and categories is not None:
            yield _bare(f"{table['table']}.{column['column']}"), categories, "the column's comment"


def _bare(names: str) -> str:
    return re.sub(r"[\"`\[\]\s]", "", names)
