"""A TOML file of settings or of the state folder: read, with one clear line when it cannot be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from auditor.errors import ConfigError


def read_toml(file: Path) -> tuple[str, dict[str, Any]] | None:
    """The text of a file and what it says; None when there is no such file. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{file}: is nested too deeply") from None
