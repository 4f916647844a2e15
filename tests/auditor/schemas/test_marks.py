"""What extensions and options say of a field."""

from __future__ import annotations

import pytest

from auditor.schemas.marks import Marks, read_marks


@pytest.mark.parametrize(
    ("pairs", "marks"),
    [
        ([], Marks()),
        ([("x-data-category", "user.contact.email")], Marks(("user.contact.email",))),
        ([("x-anything", "user.contact.email")], Marks(("user.contact.email",))),
        ([("(privacy.category)", "USER_CONTACT_EMAIL")], Marks(("user.contact.email",))),
        ([("x-fides-category", "user"), ("x-fides-category", "user.name")], Marks(("user", "user.name"))),
        ([("x-role", "user"), ("x-go-name", "user.name")], Marks()),  # words that mean something else here
        ([("x-data-category", "user.name")], Marks(("user.name",))),
        ([("(tags.user_contact_email)", "true")], Marks(("user.contact.email",))),
        ([("(tags.user_contact_email)", "false")], Marks()),
        ([("x-pii", "True")], Marks(None, True)),
        ([("x-pii", "false")], Marks(())),
        ([("x-sensitive", "true")], Marks(None, True)),
        ([("debug_redact", "true")], Marks(None, True)),
        ([("debug_redact", "false")], Marks()),
        ([("confluent:tags", "PII")], Marks(None, True)),
        ([("x-classification", "confidential")], Marks(None, True)),
        ([("x-order", "1"), ("deprecated", "true")], Marks()),
    ],
)
def test_marks(pairs: list[tuple[str, str]], marks: Marks) -> None:
    assert read_marks(pairs) == marks
