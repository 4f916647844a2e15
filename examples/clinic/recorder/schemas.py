"""The payload schemas of a recording, each as its service hands it out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx
from clinic.outside import HOSTS
from clinic.records import schema as records

_SPEAK_OPENAPI = ("portal", "billing", "triage", "doctor")


def write(folder: Path, ports: dict[str, int]) -> None:
    """Write them all: OpenAPI of services and outsiders, GraphQL, protobuf, Avro, AsyncAPI. The file store has none."""
    documents = {n: httpx.get(f"http://127.0.0.1:{ports[n]}/openapi.json").json() for n in _SPEAK_OPENAPI}
    documents |= {app.title: app.openapi() for app in HOSTS.values() if app.openapi_url}
    for name, document in documents.items():
        text = json.dumps(document, indent=1, sort_keys=True) + "\n"
        (folder / f"openapi.{name}.json").write_text(text, encoding="utf-8")
    (folder / "schema.graphql").write_text(records.as_str() + "\n", encoding="utf-8")
    for contract in ("proto/clinic.proto", "schema/reminder.avsc", "schema/asyncapi.yaml"):
        shutil.copy(contract, folder)
