"""ClickHouse as the OpenTelemetry Collector fills it: pages of its table of spans, in Arrow. The one place that imports
clickhouse_connect."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from auditor.errors import InputError
from auditor.telemetry.otel_table import NEEDED, TableReader, is_otel_table
from auditor.telemetry.otlp_columns import Learned
from auditor.telemetry.rows import Fault
from auditor.telemetry.spans import SpanBatch
from auditor.telemetry.trace_stores.address import TOKEN, Address
from auditor.telemetry.trace_stores.clickhouse_sql import (
    MARGIN,
    Page,
    Parameters,
    columns_of,
    minutes,
    pages,
    quoted,
    spans,
)
from auditor.telemetry.trace_stores.network import FORBIDDEN, Connections, ForbiddenAddress
from auditor.telemetry.trace_stores.question import Question

_INSTALL = "reading ClickHouse needs one more package: pip install 'privacy-auditor[clickhouse]'"
_ATTEMPTS, _PAUSE = 4, 1.0  # seconds; each pause is twice the one before
_DENIED = f"the server refuses this user or password: put USER:PASSWORD@ into the URL, or a token into {TOKEN}"
_LESS = "than the server allows: ask for less with --from, --to or --service"
# Codes of ClickHouse's errors that asking again does not mend.
_REASONS = {
    **dict.fromkeys((192, 193, 194, 516), _DENIED),
    497: "this user may not read the table",
    60: "there is no such table: name it with ?table=",
    81: "there is no such database",
    47: "the table lacks a column of the Collector's table of spans",
    158: f"it has more rows {_LESS}",
    159: f"a query takes longer {_LESS}",
    241: f"a query takes more memory {_LESS}",
}


class ClickHouseTable:
    """The spans that answer a question. `done` is the share that was answered, 0 to 1; `received` counts bytes."""

    def __init__(
        self, address: Address, question: Question, fault: Fault, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._address, self._question, self._fault, self._sleep = address, question, fault, sleep
        self._table = f"{quoted(address.database)}.{quoted(address.table)}"
        self._connections = Connections(maxsize=2)
        self._learned = Learned()
        self.done, self.received = 0.0, 0

    def __iter__(self) -> Iterator[SpanBatch]:
        """Batches of redacted spans. Raises InputError; what is damaged is told when the page that holds it is read."""
        client = self._asked(self._client)
        described = self._asked(partial(client.query, f"DESCRIBE TABLE {self._table}")).result_rows
        if not is_otel_table([str(name) for name, *_ in described]):
            raise self._problem(
                f"the table has no columns {', '.join(NEEDED)}: it is not the Collector's table of spans"
            )
        columns = columns_of(described)
        for page in self._pages(client):
            query, parameters = spans(self._table, columns, page, self._question)
            batches, faults = self._asked(partial(self._page, client, query, parameters))
            for where, what in faults:
                self._fault(where, what)
            yield from batches
            start, end = self._question.start, self._question.end
            self.done = min(max((page.end - start) / (end - start), 0.0), 1.0)

    def close(self) -> None:
        """Close all connections."""
        self._connections.clear()

    def _pages(self, client: Any) -> Iterator[Page]:
        """The pages of the period, and of a margin around it for the rest of traces that cross its edges."""
        start, end = self._question.start, self._question.end
        for begin, until in ((max(start - MARGIN, 0), start), (start, end), (end, end + MARGIN)):
            if begin == until:
                continue
            query, parameters = minutes(self._table, begin, until)
            counts = self._asked(partial(client.query, query, parameters)).result_rows
            yield from pages(begin, until, counts)

    def _page(self, client: Any, query: str, parameters: Parameters) -> tuple[list[SpanBatch], list[tuple[str, str]]]:
        """A whole page, redacted and so small, or nothing of it: it may be asked for again."""
        try:
            return self._read(client, query, parameters)
        except Exception:
            self._learned = Learned()  # the rows of what was read are lost, and have to be told again
            raise

    def _read(self, client: Any, query: str, parameters: Parameters) -> tuple[list[SpanBatch], list[tuple[str, str]]]:
        faults: list[tuple[str, str]] = []
        reader = TableReader(lambda where, what: faults.append((where, what)), self._learned)
        found = []
        with client.query_arrow_stream(query, parameters=parameters, use_strings=False) as stream:
            for batch in stream:
                batch.validate(full=True)  # what came may be anything
                self.received += batch.nbytes
                read = reader.read(batch, "a page")
                if read is not None:
                    found.append(read)
        return found, faults

    def _client(self) -> Any:
        try:
            import clickhouse_connect
        except ImportError:
            raise self._problem(_INSTALL) from None
        logger = logging.getLogger("clickhouse_connect")  # it would print what servers say
        logger.propagate, logger.handlers = False, [logging.NullHandler()]
        address = self._address
        return clickhouse_connect.get_client(
            interface="https" if address.secure else "http",
            host=address.host,
            port=address.port,
            username=None if address.token else address.user or "default",
            password="" if address.token else address.password or "",
            access_token=address.token,
            database=address.database,
            pool_mgr=self._connections,
            autogenerate_session_id=False,
            client_name="privacy-auditor",
            connect_timeout=10,
            send_receive_timeout=300,
        )

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """The answer; asked again where that may help. Raises InputError in words of our own."""
        pause = _PAUSE
        for left in reversed(range(_ATTEMPTS)):
            try:
                return ask()
            except (InputError, KeyboardInterrupt):
                raise
            except ForbiddenAddress:
                raise self._problem(FORBIDDEN) from None
            except Exception as error:  # of the driver, of the connection, of Arrow: whatever they say may quote
                why = _REASONS.get(getattr(error, "code", None) or 0)
                if why is not None or not left:
                    raise self._problem(why or "the server cannot be reached, or breaks off its answer") from None
            self._sleep(pause)
            pause *= 2
        raise AssertionError

    def _problem(self, why: str) -> InputError:
        return InputError(f"{self._address.shown}: cannot be read: {why}")
