"""What the auditor cannot go on with: words for a person, never a quote of an input's content."""

from __future__ import annotations

import traceback
from pathlib import Path


class AuditorError(Exception):
    """Anything that ends a command with one clear line: what, where, and what to do next."""


class InputError(AuditorError):
    """An input that is missing, unreadable or of no known format."""


class ConfigError(AuditorError):
    """A configuration file that cannot be read or says something unknown."""


class UsageProblem(AuditorError):
    """A command line that cannot be carried out as given."""


def places_of(error: BaseException) -> str:
    """Where an error went through, innermost first: files, lines and names of functions, nothing that it says."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
