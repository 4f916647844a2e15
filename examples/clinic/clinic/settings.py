"""Where the parts of the clinic find each other. Ports are chosen by the recorder."""

from __future__ import annotations

import os


def setting(name: str) -> str:
    """The setting CLINIC_<NAME>."""
    return os.environ[f"CLINIC_{name.upper()}"]
