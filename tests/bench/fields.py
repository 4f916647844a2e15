"""Our judging of values beside Presidio's, on generated columns: python -m tests.bench.fields [SEED] [--misses]

The columns and the peers come from an environment of their own under build/bench/fields, made on first use. Our rules
were written beside the first set of columns; the other two, further countries and another generator, show how they do
on forms that nobody had in mind.

A column is right when its first label is the kind that was generated (or that kind's parent or child) and, for a column
that is not personal, when nothing is said but that it may hold free content. Ours is judged twice: under the name
`col1`, so that only values count, and under a natural name. Peers see values alone, and may call a date, a URL or a
UUID by its name anywhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifiers.classify import classify
from classifiers.model import Field
from classifiers.taxonomy import is_within

HOME = Path("build/bench/fields")
NEEDS = ("faker", "mimesis", "presidio-analyzer", "presidio-structured")
SOURCES = {
    "faker, 9 locales": ("columns.py",),
    "faker, 17 further locales": ("columns_other.py", "locales"),
    "mimesis, 15 locales": ("columns_other.py", "mimesis"),
}
NO_DATA = {"DATE_TIME", "URL", "UUID"}
MEANS = {
    "EMAIL_ADDRESS": "user.contact.email",
    "PHONE_NUMBER": "user.contact.phone_number",
    "CREDIT_CARD": "user.financial.credit_card",
    "IBAN_CODE": "user.financial.bank_account",
    "US_BANK_NUMBER": "user.financial.bank_account",
    "CRYPTO": "user.financial",
    "IP_ADDRESS": "user.device.ip_address",
    "MAC_ADDRESS": "user.device.device_id",
    "DATE_TIME": "user.demographic.date_of_birth",
    "URL": "user.contact.url",
    "US_SSN": "user.government_id.national_identification_number",
    "US_ITIN": "user.government_id.national_identification_number",
    "UK_NINO": "user.government_id.national_identification_number",
    "UK_NHS": "user.health_and_medical.record_id",
    "US_PASSPORT": "user.government_id.passport_number",
    "UK_PASSPORT": "user.government_id.passport_number",
    "US_DRIVER_LICENSE": "user.government_id.drivers_license_number",
    "US_MBI": "user.health_and_medical.insurance_beneficiary_id",
    "UK_POSTCODE": "user.contact.address.postal_code",
    "UK_VEHICLE_REGISTRATION": "user.government_id.vehicle_registration",
}
Column = dict[str, Any]


def environment() -> str:
    """The Python that has faker and the peers."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *NEEDS], check=True)
    return str(python)


def right(column: Column, said: str | None) -> bool:
    """Whether `said`, a category or nothing, is what was generated."""
    if not column["category"] or not said:
        return not column["category"] and not said
    return any(is_within(said, wanted) or is_within(wanted, said) for wanted in column["category"].split())


def ours(column: Column, name: str) -> str | None:
    """The first category we say of a column; free content counts only where it was generated."""
    labels = classify(Field(name), column["values"])
    return next((label.category for label in labels if column["category"] or label.facet != "content"), None)


def shares(columns: list[Column], said: list[str | None]) -> str:
    """The share of right columns among all, the personal and the others."""
    marks = [(bool(column["category"]), right(column, one)) for column, one in zip(columns, said, strict=True)]
    personal = [good for is_personal, good in marks if is_personal]
    others = [good for is_personal, good in marks if not is_personal]
    parts = ([good for _, good in marks], personal, others)
    return "  ".join(f"{sum(part) / len(part):8.3f}" for part in parts)


def misses(columns: list[Column], said: list[str | None]) -> str:
    """What goes wrong, by kind: the most frequent first."""
    wrong = Counter(
        (column["kind"], one or "nothing") for column, one in zip(columns, said, strict=True) if not right(column, one)
    )
    totals = Counter(column["kind"] for column in columns)
    return "\n".join(f"    {kind}: {count} of {totals[kind]} said {one}" for (kind, one), count in wrong.most_common())


def generated(python: str, script: str, seed: str, *which: str) -> tuple[Path, list[Column]]:
    """A file of columns made by a script, and the columns."""
    path = Path("build/bench") / f"{Path(script).stem}{seed}{''.join(which)}.jsonl"
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}  # faker chooses from sets
    command = [python, str(Path(__file__).parent / script), seed, *which]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True, env=fixed).stdout)
    return path, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def print_ours(columns: list[Column], show: bool) -> None:
    """Two rows of the table."""
    count = sum(bool(value) for column in columns for value in column["values"])
    ways: dict[str, Callable[[Column], str]] = {
        "by values": lambda _: "col1",
        "and name": lambda column: str(column["name"]),
    }
    for way, name in ways.items():
        start = time.process_time()
        said = [ours(column, name(column)) for column in columns]
        rate = count / (time.process_time() - start)
        print(f"{'ours, ' + way:34}{shares(columns, said)}  {rate:9.0f}")
        if show:
            print(misses(columns, said))


def print_peer(python: str, tool: str, path: Path, columns: list[Column]) -> None:
    """A peer's row."""
    done = subprocess.run(
        [python, str(Path(__file__).parent / "fields_peer.py"), tool, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    result = json.loads(done.stdout.splitlines()[-1])
    said = [
        None if entity is None or (entity in NO_DATA and not column["category"]) else MEANS.get(entity, entity)
        for column, entity in zip(columns, result["said"], strict=True)
    ]
    print(f"{tool:34}{shares(columns, said)}  {result['rate']:9.0f}")


def main(seed: str = "1", *flags: str) -> None:
    """Print a table for each source of columns."""
    python = environment()
    for warm_up in ("020 7946 0123", "A1-77777777", "Jane Doe"):  # loads what is loaded on first use
        classify(Field("col1"), [warm_up])
    for source, (script, *which) in SOURCES.items():
        path, columns = generated(python, script, seed, *which)
        personal = [column["kind"] for column in columns if column["category"]]
        others = {column["kind"] for column in columns if not column["category"]}
        print(f"{source}: {len(columns)} columns, {len(personal)} of them personal", end=" ")
        print(f"({len(set(personal))} kinds; {len(others)} kinds of decoys)")
        print(f"{'':34}{'accuracy':>8}  {'personal':>8}  {'decoys':>8}  {'values/s':>9}")
        print_ours(columns, "--misses" in flags)
        for tool in () if "--alone" in flags or which else ("presidio", "presidio-structured"):
            print_peer(python, tool, path, columns)


if __name__ == "__main__":
    main(*sys.argv[1:])
