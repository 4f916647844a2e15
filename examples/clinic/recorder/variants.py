"""The clinic before and after a change: each change is a patch of its source, kept beside its recording."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_LLM, _COLUMN = Path("changes/llm/change.patch"), Path("changes/more-columns/change.patch")

# The version that services tell of themselves. None is the clinic as it stands, which asks a language model already.
VERSIONS = {None: "1.1.0", "baseline": "1.0.0", "more-columns": "1.1.0", "llm": "1.1.0"}


def lay_out(folder: Path, variant: str | None) -> Path:
    """Copy the clinic's source to `folder` and make the variant of it. CalledProcessError when a patch does not fit."""
    shutil.copytree("clinic", folder / "clinic", ignore=shutil.ignore_patterns("__pycache__"))
    if variant in ("baseline", "more-columns"):
        _apply(_LLM, folder, "--reverse")
    if variant == "more-columns":
        _apply(_COLUMN, folder)
    return folder


def _apply(patch: Path, folder: Path, *options: str) -> None:
    subprocess.run(["git", "apply", *options, str(patch.resolve())], cwd=folder, check=True)
