"""A connection to a live database that can only read: what may be said of its URL, and how it is opened.

The password goes to the driver and nowhere else. What drivers and servers say is never repeated, for it quotes.
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

TIMEOUT = 30  # seconds for one statement, and for reaching the server
_SCHEME = re.compile(r"(?P<system>postgres(?:ql)?|mysql|mariadb|sqlite)(?:\+\w+)?://", re.IGNORECASE)
_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
_INSTALL = "reading a live database needs more packages: pip install 'privacy-auditor[db]'"
_READ_ONLY = {
    "postgresql": (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        f"SET statement_timeout = {TIMEOUT * 1000}",
        f"SET lock_timeout = {TIMEOUT * 1000}",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", f"SET SESSION max_execution_time = {TIMEOUT * 1000}"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", f"SET SESSION max_statement_time = {TIMEOUT}"),
    "sqlite": ("PRAGMA query_only = ON",),
}
_REASONS = (
    (r"password|authentication|access denied|role .* does not exist", "the server refuses this user or password"),
    (r"unknown database|database .* does not exist", "the server has no such database"),
    (r"name or service|nodename|resolve|getaddrinfo", "there is no such host"),
    (r"refused|unreachable|can't connect|timeout|timed out|no such file", "the server cannot be reached"),
    (r"not a database|malformed|unable to open", "it is no database that can be opened"),
    (r"permission|denied|privilege", "this user may not read it"),
    (r"shared_preload_libraries|does not exist|doesn't exist|no such table", "what is looked for is not there"),
)


def is_database_url(text: str) -> bool:
    """Whether a text is the URL of a database that can be read live."""
    return bool(_SCHEME.match(text))


def bound(argument: str) -> tuple[str | None, str]:
    """`[STORE=]URL` as (store, URL)."""
    store, separator, url = argument.partition("=")
    if separator and "://" not in store and is_database_url(url):
        return store, url
    return None, argument


def shown_name(url: str) -> str:
    """The URL as it may be shown: scheme, host, port and database (a file without its folders), never user, password
    or options.

    Raises InputError, quoting nothing, where it is not clear which part is the password.
    """
    match = _SCHEME.match(url)
    if match is None or url.count("@") > 1:
        raise InputError("a database URL is SCHEME://USER:PASSWORD@HOST/DATABASE, with @ written %40 in its parts")
    rest = url[match.end() :].rpartition("@")[2].partition("?")[0].partition("#")[0]
    system = _system(match)
    return f"sqlite:///{rest.rpartition('/')[2]}" if system == "sqlite" else f"{system}://{rest}"


def system_of(url: str) -> str:
    """`postgresql`, `mysql`, `mariadb` or `sqlite`."""
    match = _SCHEME.match(url)
    return _system(match) if match else ""


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection within which nothing can be written and no statement takes longer than TIMEOUT.

    Raises InputError for a missing driver and for whatever goes wrong with the database within the block.
    """
    name = shown_name(url)
    try:
        import sqlalchemy
        from sqlalchemy import exc
    except ImportError:
        raise InputError(f"{name}: {_INSTALL}") from None
    try:
        engine = _engine(sqlalchemy, url, name)
    except (ModuleNotFoundError, exc.NoSuchModuleError):
        raise InputError(f"{name}: {_INSTALL}") from None
    except (exc.ArgumentError, ValueError):
        raise InputError(f"{name}: not a database URL that can be read; SCHEME://USER:PASSWORD@HOST/DATABASE") from None
    try:
        with warnings.catch_warnings(), engine.connect() as connection:
            warnings.simplefilter("ignore")  # about types that it does not know: it would quote
            for statement in _READ_ONLY[_spoken(connection)]:
                connection.exec_driver_sql(statement)
            connection.commit()  # what was set holds from the next transaction on
            yield connection
    except (exc.SQLAlchemyError, OSError, sqlite3.Error) as error:
        raise InputError(f"{name}: cannot be read: {reason(error)}") from None
    finally:
        engine.dispose()


def reason(error: BaseException) -> str:
    """Why a database failed, in words of our own."""
    said = str(error).lower()
    return next((words for pattern, words in _REASONS if re.search(pattern, said)), "the database reports an error")


def _engine(sqlalchemy: Any, url: str, name: str) -> Engine:
    system = system_of(url)
    parsed = sqlalchemy.make_url(re.sub(r"^postgres(?=[:+])", "postgresql", url, flags=re.IGNORECASE))
    if system == "sqlite":
        file = Path(parsed.database or "")
        if not file.is_file():
            raise InputError(f"{file}: no such file; an absolute path takes four slashes: sqlite:////data/app.db")
        place = f"{file.resolve().as_uri()}?mode=ro"
        return sqlalchemy.create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True, timeout=TIMEOUT))  # type: ignore[no-any-return]
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=f"{system}+{_DRIVERS[system]}")
    options = {"connect_timeout": TIMEOUT} if parsed.drivername.endswith(("psycopg", "psycopg2", "pymysql")) else {}
    return sqlalchemy.create_engine(parsed, connect_args=options, poolclass=sqlalchemy.pool.NullPool)  # type: ignore[no-any-return]


def _spoken(connection: Connection) -> str:
    """The system that answers: MariaDB is often reached as MySQL."""
    return "mariadb" if getattr(connection.dialect, "is_mariadb", False) else connection.dialect.name


def _system(match: re.Match[str]) -> str:
    system = match["system"].lower()
    return "postgresql" if system == "postgres" else system
