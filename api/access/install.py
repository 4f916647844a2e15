"""Puts the door before an application."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fastapi import FastAPI

from api.access.door import Door, Refusal
from auditor.access.setup import Access, doorman_of
from auditor.operation.settings import Serve


def install(app: FastAPI, settings: Serve, refusals: Mapping[str, Refusal] | None = None) -> Access:
    """Add the door as a middleware. Raises ConfigError when tokens cannot be read.

    What it returns holds the doorman, for doors that are not HTTP, and the checks of what he goes by.
    """
    access = doorman_of(settings, os.environ)
    app.add_middleware(Door, doorman=access.doorman, refusals=refusals)
    return access
