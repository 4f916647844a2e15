from __future__ import annotations

from dataclasses import replace

from classifiers.model import Label
from lineage.audit import Access, Audit, AuditField
from reports.field_view import field_views

LABEL = Label("user.contact.email", "personal", 0.9)
EMAIL = AuditField("shop/users.email", "shop", "users", "email", "text", (LABEL,))
NAMED = Access("web", "login", EMAIL.id, ("projected",), 3, ("s1",))
ROWS = Access("export", "nightly", "shop/users.*", ("projected",), 2, ("s2",))


def touched(sample: Audit, *accesses: Access) -> list[tuple[str, int]]:
    [view] = field_views(replace(sample, fields=(EMAIL,), accesses=accesses))
    return [(touch.service, touch.calls) for touch in view.touches]


def test_who_takes_whole_rows_touches_every_field_of_the_table(sample: Audit) -> None:
    assert touched(sample, ROWS) == [("export", 2)]
    assert touched(sample, NAMED, ROWS) == [("export", 2), ("web", 3)]


def test_a_statement_that_names_the_field_and_takes_the_row_counts_once(sample: Audit) -> None:
    assert touched(sample, NAMED, replace(NAMED, field="shop/users.*")) == [("web", 3)]


def test_rows_of_another_table_are_not_its_own(sample: Audit) -> None:
    assert touched(sample, replace(ROWS, field="shop/orders.*")) == []
