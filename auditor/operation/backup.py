"""`auditor backup` and `auditor restore`: a folder of the service, whole, with a list of its files to check it by."""

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
from typing import Annotated, Any

import typer

from auditor.console import say
from auditor.errors import AuditorError, InputError, UsageProblem
from auditor.operation.snapshot import copy_folder, sync
from reports.text import count

LIST, FORMAT = "backup.json", "auditor-backup/1"
app = typer.Typer(rich_markup_mode=None)
ToOption = Annotated[str, typer.Option("--to", metavar="DIR", help="A folder that is not there yet.")]


@app.command("backup", epilog="Example: auditor backup /var/lib/auditor --to /backup/auditor-2026-03-01")
def backup(folder: Annotated[str, typer.Argument(metavar="DIR", help="The service's folder.")], to: ToOption) -> int:
    """Copy a folder of the live service while it runs, as of one moment, and list what is in the copy."""
    source = Path(folder)
    if not source.is_dir():
        raise UsageProblem(f"{folder}: is no folder")
    with _new_folder(Path(to), source) as target:
        files = copy_folder(source, target)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        entries = [{"path": file.as_posix(), "sha256": _digest(target / file)} for file in files]
        (target / LIST).write_text(json.dumps({"format": FORMAT, "made": made, "files": entries}, indent=1))
        sync(target / LIST)
    say([f"{to}: {count(len(files), 'file')} of {folder}. To use it: auditor restore {to} --to DIR"])
    return 0


@app.command("restore", epilog="Example: auditor restore /backup/auditor-2026-03-01 --to /var/lib/auditor")
def restore(folder: Annotated[str, typer.Argument(metavar="BACKUP", help="A backup's folder.")], to: ToOption) -> int:
    """Check a backup against its list, and copy it to where the service is to find it."""
    source = Path(folder)
    files = checked(source)
    with _new_folder(Path(to), source) as target:
        for file in files:
            (target / file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(source / file, target / file)
            (target / file).chmod(0o600)
            sync(target / file)
    say([f"{to}: {count(len(files), 'file')} of {folder}, all as they were copied."])
    return 0


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
