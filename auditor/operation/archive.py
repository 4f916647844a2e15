"""A backup: a copy of a folder with a list of its files and digests, under another name until it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.errors import AuditorError, InputError, UsageProblem
from auditor.operation.snapshot import copy_folder, sync
from reports.text import count

LIST, FORMAT = "backup.json", "auditor-backup/1"


def make(source: Path, to: Path) -> int:
    """Back up a folder, which others may be writing; how many files. Raises UsageProblem, AuditorError."""
    if not source.is_dir():
        raise UsageProblem(f"{source}: is no folder")
    with _new_folder(to, source) as target:
        files = copy_folder(source, target)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        entries = [{"path": file.as_posix(), "sha256": _digest(target / file)} for file in files]
        (target / LIST).write_text(json.dumps({"format": FORMAT, "made": made, "files": entries}, indent=1))
        sync(target / LIST)
    return len(files)


def bring_back(source: Path, to: Path) -> int:
    """Copy a backup that is as its list says; how many files. Raises InputError, UsageProblem, AuditorError."""
    files = checked(source)
    with _new_folder(to, source) as target:
        for file in files:
            (target / file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(source / file, target / file)
            (target / file).chmod(0o600)
            sync(target / file)
    return len(files)


def checked(folder: Path) -> list[str]:
    """The files of a backup, each as its list says. Raises InputError naming what is not."""
    try:
        found: Any = json.loads((folder / LIST).read_bytes())
        entries = [(str(entry["path"]), str(entry["sha256"])) for entry in found["files"]]
        if found["format"] != FORMAT or any(
            Path(path).is_absolute() or ".." in Path(path).parts for path, _ in entries
        ):
            raise ValueError
    except OSError as error:
        raise InputError(f"{folder / LIST}: cannot be read ({error.strerror}); is this a backup?") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{folder / LIST}: is not the list of a backup") from None
    wrong = [path for path, digest in entries if not (folder / path).is_file() or _digest(folder / path) != digest]
    if wrong:
        raise InputError(f"{folder}: {count(len(wrong), 'file')} missing or changed, the first is {wrong[0]}")
    return [path for path, _ in entries]


@contextmanager
def _new_folder(target: Path, source: Path) -> Iterator[Path]:
    """A folder that has its name only when it is whole and on disk. Raises UsageProblem, AuditorError."""
    if target.exists():
        raise UsageProblem(f"--to: {target} is there already; name a folder that is not")
    if source.resolve() in target.resolve().parents:
        raise UsageProblem(f"--to: {target} lies inside {source}; name a folder outside")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            yield unfinished
            for place, _, _ in os.walk(unfinished):
                sync(Path(place))
            unfinished.rename(target)
            sync(target.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise AuditorError(f"{target}: cannot be written ({error.strerror}); choose another folder") from None


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
