"""Statements per second of another SQL lineage tool: runs in that tool's own environment, needs nothing of ours."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any


def datahub() -> Callable[[str], Any]:
    from datahub.sql_parsing.schema_resolver import SchemaResolver
    from datahub.sql_parsing.sqlglot_lineage import sqlglot_lineage

    resolver = SchemaResolver(platform="postgres", env="PROD")
    return lambda sql: sqlglot_lineage(sql, schema_resolver=resolver, default_db="shop", default_schema="public")


def datahub_parse() -> Callable[[str], Any]:
    import sqlglot

    return lambda sql: sqlglot.parse(sql, read="postgres")


def sqllineage() -> Callable[[str], Any]:
    from sqllineage.runner import LineageRunner

    return lambda sql: LineageRunner(sql, dialect="postgres").get_column_lineage()


def openlineage() -> Callable[[str], Any]:
    from openlineage_sql import parse

    return lambda sql: parse([sql], dialect="postgres")


TOOLS = {"datahub": datahub, "datahub-parse": datahub_parse, "sqllineage": sqllineage, "openlineage": openlineage}


def main(tool: str, path: str, most: str) -> None:
    """Print {"statements": n, "rate": statements/s of CPU time, "failed": n}."""
    logging.disable(logging.CRITICAL)
    with open(path) as file:
        texts = [json.loads(line)["sql"] for line in file][: int(most)]
    call = {"datahub": datahub, "datahub-parse": datahub_parse, "sqllineage": sqllineage, "openlineage": openlineage}[
        tool
    ]()
    call("SELECT a FROM t")
    failed = 0
    start = time.process_time()
    for text in texts:
        try:
            call(text)
        except Exception:
            failed += 1
    seconds = time.process_time() - start
    print(json.dumps({"statements": len(texts), "rate": len(texts) / seconds, "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
