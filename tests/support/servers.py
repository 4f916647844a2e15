"""Real database servers for tests, of whatever is installed; a test says that it skips when there is none."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_PLACES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin"), Path("/usr/sbin")]


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is of the administrator, without a database name; `run` executes a script as him."""

    url: str
    client: tuple[str, ...]

    def run(self, script: str, database: str = "") -> None:
        subprocess.run([*self.client, *([database] if database else [])], input=script, text=True, check=True)


@contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL with pg_stat_statements."""
    initdb, server, client = _program("initdb"), _program("postgres"), _program("psql")
    with _folder("postgres") as (folder, user):
        _call([initdb, "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync"], user)
        port = _free_port()
        options = ["-k", folder, "-p", str(port), "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]
        options += ["-c", "shared_preload_libraries=pg_stat_statements"]
        with _running([server, "-D", f"{folder}/data", *options], user, port):
            at = (client, "-qAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-d")
            yield Server(f"postgresql://postgres:unused@127.0.0.1:{port}", at)


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB with its performance schema."""
    install, server, client = _program("mariadb-install-db"), _program("mariadbd"), _program("mariadb")
    with _folder("mysql") as (folder, user):
        name = user or getpass.getuser()
        own = [f"--datadir={folder}/data", f"--user={name}"]
        _call([install, "--no-defaults", *own, "--auth-root-authentication-method=normal", "--skip-test-db"], user)
        port = _free_port()
        options = [
            *own,
            f"--socket={folder}/s",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--performance-schema=ON",
        ]
        with _running([server, "--no-defaults", *options, f"--pid-file={folder}/pid"], user, port):
            yield Server(f"mysql://root@127.0.0.1:{port}", (client, "--no-defaults", f"--socket={folder}/s", "-uroot"))


def _program(name: str) -> str:
    found = shutil.which(name) or next((str(place / name) for place in _PLACES if (place / name).exists()), None)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


@contextmanager
def _folder(owner: str) -> Iterator[tuple[str, str | None]]:
    """A folder of its own; servers refuse to run as root, so that then the system's user for them does."""
    with tempfile.TemporaryDirectory(prefix="db-", ignore_cleanup_errors=True) as folder:
        user = owner if os.geteuid() == 0 else None
        if user:
            try:
                shutil.chown(folder, user)
            except LookupError:
                pytest.skip(f"root cannot start this server, and there is no user {user}")
        yield folder, user


def _call(command: list[str], user: str | None) -> None:
    subprocess.run(command, user=user, check=True, capture_output=True, cwd="/")


@contextmanager
def _running(command: list[str], user: str | None, port: int) -> Iterator[None]:
    log = subprocess.DEVNULL
    process = subprocess.Popen(command, user=user, stdout=log, stderr=log, stdin=log, cwd="/")
    try:
        for _ in range(300):
            if process.poll() is not None:
                pytest.skip("the database server did not start")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(0.3)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
