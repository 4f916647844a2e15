"""Identity: golden ids, so that a change of the recipe cannot pass unnoticed (it would undo every approval)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage.diff import exposure_id, flow_id
from lineage.model import Party

DB, WEB = Party("store", "db"), Party("service", "web")


def test_golden_ids() -> None:
    assert flow_id("user.contact.email", "db/users.email", DB, WEB, "read") == "f1-e4ecb7d9f8f90be7"
    assert exposure_id("user.contact.email", WEB) == "e1-c60933fb8e27350d"


@given(st.lists(st.text(), min_size=6, max_size=6), st.integers(0, 5), st.text())
def test_each_part_counts(parts: list[str], changed: int, other: str) -> None:
    def make(p: list[str]) -> str:
        return flow_id(p[0], p[1], Party("service", p[2]), Party("service", p[3]), p[4] + "\0" + p[5])

    changed_parts = [*parts[:changed], other, *parts[changed + 1 :]]
    assert (make(parts) == make(changed_parts)) == (parts[changed] == other)
