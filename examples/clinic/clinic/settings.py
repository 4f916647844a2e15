"""Where the parts of the clinic find each other. Ports are chosen by the recorder."""

from __future__ import annotations

import os


def setting(name: str) -> str:
    """The setting CLINIC_<NAME>."""
    return os.environ[f"CLINIC_{name.upper()}"]


def database(name: str) -> str:
    """The connection string of one of the two databases. `host` is its name, `hostaddr` where it is today."""
    return f"host={name}-db hostaddr=127.0.0.1 port={setting('database_port')} dbname={name} user=postgres"
