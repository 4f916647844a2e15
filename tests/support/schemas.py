"""The fixtures of the schema readers, and payloads as short texts."""

from __future__ import annotations

from pathlib import Path

from auditor.schemas.payloads import Payloads, SchemaFile
from lineage.payload import Payload

FIXTURES = Path(__file__).parents[1] / "fixtures" / "schemas"


def files_of(folder: str, service: str | None = None) -> list[SchemaFile]:
    """All fixture files below a folder."""
    root = FIXTURES / folder
    return [
        SchemaFile(path, path.relative_to(root).as_posix(), path.read_bytes(), service)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]


def as_file(text: str | bytes, name: str) -> SchemaFile:
    """A file that lies nowhere."""
    return SchemaFile(Path("/nowhere") / name, name, text.encode() if isinstance(text, str) else text)


def short(payload: Payload | None) -> dict[str, str]:
    """Paths with types; the place is told unless it is the body."""
    assert payload is not None
    return {
        (f"{leaf.place}:" if leaf.place != "body" else "") + ".".join(leaf.path): leaf.type for leaf in payload.fields
    }


def message(found: Payloads, name: str) -> Payload:
    """The one message of that name."""
    (only,) = [payload for payload in found.messages if payload.name == name]
    return only
