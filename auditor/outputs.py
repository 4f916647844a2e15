"""`--format` of the commands: which formats were asked for, where they go, and the repository that they point into."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import UsageProblem
from auditor.files import write_text
from auditor.schemas.database import divide
from auditor.schemas.read import split_argument
from lineage.audit import Audit
from reports.formats import FORMATS, MIXABLE
from reports.repository import LOCK, Repository

_ID = re.compile(r'"id": ?"([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class Output:
    """A format, and the file it goes to; None is standard output."""

    format: str
    path: Path | None = None


def read_outputs(arguments: Sequence[str]) -> list[Output]:
    """`FORMAT` or `FORMAT=PATH`, several behind commas. Raises UsageProblem for what cannot be carried out."""
    outputs = [_output(word) for argument in arguments for word in argument.split(",") if word]
    printed = [output.format for output in outputs if output.path is None]
    if len(printed) > 1 and not MIXABLE.issuperset(printed):
        raise UsageProblem(f"only one of {', '.join(printed)} can be printed: give the others a file, as FORMAT=PATH")
    paths = [output.path for output in outputs if output.path is not None]
    if len(set(paths)) < len(paths):
        raise UsageProblem("--format: two formats go to the same file")
    return outputs


def _output(word: str) -> Output:
    name, separator, path = word.partition("=")
    if name not in FORMATS:
        raise UsageProblem(f"--format must be FORMAT or FORMAT=PATH, with FORMAT one of: {', '.join(FORMATS)}")
    if separator and not path:
        raise UsageProblem(f"--format {name}=: say the file that it goes to")
    return Output(name, Path(path) if separator and path != "-" else None)


def write_outputs(audit: Audit, outputs: Sequence[Output], repository: Repository) -> None:
    """Render each format and put it where it goes. Raises AuditorError when a file cannot be written."""
    for output in outputs:
        text = FORMATS[output.format](audit, repository)
        if output.path is None:
            sys.stdout.write(text)
        else:
            write_text(output.path, text)


def repository_of(audit: Audit, lock: str, schemas: Sequence[str], category: str = "") -> Repository:
    """The repository around the current folder: its lock, and those of the `--schema` arguments that lie in it.

    A name that two files share points at neither.
    """
    root = _root()
    names = {field.place.file for field in audit.fields if field.place}
    names |= {place.file for flow in audit.flows for place in flow.places}
    found: dict[str, set[str]] = defaultdict(set)
    for name, path in _files(schemas, names):
        inside = _inside(root, path)
        if inside is not None:
            found[name].add(inside)
    known = {name: next(iter(paths)) for name, paths in found.items() if len(paths) == 1}
    return Repository(_inside(root, Path(lock)) or LOCK, _lock_lines(Path(lock)), known, category)


def in_repository(path: Path) -> str | None:
    """The path from the root of the repository around the current folder, with `/`; None outside of it."""
    return _inside(_root(), path)


def _files(schemas: Sequence[str], names: set[str]) -> Iterator[tuple[str, Path]]:
    """Names that the audit gives to schema files, and the files that may be meant."""
    _, paths = divide(list(schemas))
    for argument in paths:
        _, path = split_argument(argument)
        if path.is_dir():
            yield from ((name, path / name) for name in names if (path / name).is_file())
        else:
            yield path.name, path


def _root() -> Path:
    """The folder with `.git` in or above the current one, else the current one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _inside(root: Path, path: Path) -> str | None:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError):
        return None


def _lock_lines(lock: Path) -> dict[str, int]:
    try:
        lines = lock.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found = ((_ID.search(line), number) for number, line in enumerate(lines, start=1))
    return {match.group(1): number for match, number in found if match}
