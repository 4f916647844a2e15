"""What auditor.toml declares of the processing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import load_config
from auditor.declarations import read_declarations, unused_declarations
from auditor.errors import ConfigError
from lineage.audit import Audit, AuditService, AuditStore, Outsider, Scope
from lineage.declarations import Declarations, Processing, Transfer, approvals_of
from lineage.lock import Approval, Lock

TEXT = """
[organisation]
controller = "Example Ltd"
dpo = "Ada"

[[processing]]
name = "Orders"
services = ["web", "check*"]
stores = "shop*"
purpose = "to sell"
data_subjects = ["customers", "guests"]

[[transfers]]
to = "*.Pay.example"
safeguard = "clauses"
"""


def read(text: str) -> tuple[Declarations, list[str]]:
    return read_declarations(tomllib.loads(text), text)


def test_declarations() -> None:
    said, mistakes = read(TEXT)
    assert mistakes == []
    assert (said.organisation.controller, said.organisation.contact) == ("Example Ltd", "")
    (orders,) = said.processing
    assert (orders.services, orders.stores, orders.data_subjects) == (
        ("web", "check*"),
        ("shop*",),
        ("customers", "guests"),
    )
    assert orders.has_service("checkout")
    assert orders.has_store("shopdb")
    assert not orders.has_service("shop")
    (sent,) = said.transfers
    assert sent.covers("eu.pay.example:443")
    assert not sent.covers("pay.example")


def test_nothing_is_declared_by_default() -> None:
    assert read("") == (Declarations(), [])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[organisation]\nname = "x"\n', "line 1 [organisation]: unknown setting 'name'"),
        ("organisation = 3\n", "'organisation' must be written as a [organisation] table"),
        ('[[processing]]\nname = "a"\n', "line 1 [[processing]]: say 'services', 'stores' or both"),
        ('[[processing]]\nservices = "a"\n', "line 1 [[processing]]: 'name' must be a text"),
        ('[[processing]]\nname = "a"\nservices = [1]\n', "line 1 [[processing]]: 'services' must be a list"),
        ('[[processing]]\nname = "a"\nservices = "a"\npurpose = 3\n', "'purpose' must be a text"),
        ('[[processing]]\nname = "a"\nservices = "a"\nlaw = "x"\n', "unknown setting 'law'"),
        (
            '[[processing]]\nname="a"\nservices="a"\n[[processing]]\nname="a"\nservices="b"\n',
            "line 4 [[processing]]: the same name as line 1",
        ),
        ('[[transfers]]\nsafeguard = "x"\n', "line 1 [[transfers]]: 'to' must be a text"),
        ("processing = 1\n", "'processing' must be written as [[processing]] entries"),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, wrong: str) -> None:
    _, mistakes = read(text)
    assert any(wrong in mistake for mistake in mistakes), mistakes


def test_all_mistakes_of_a_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "auditor.toml"
    file.write_text('[organisation]\nname = "x"\n[[transfers]]\nto = ""\n')
    with pytest.raises(ConfigError) as caught:
        load_config(str(file))
    assert "line 1" in str(caught.value)
    assert "line 3" in str(caught.value)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda v: st.lists(v, max_size=3)
)
rows = st.dictionaries(st.sampled_from(["name", "to", "services", "stores", "purpose", "dpo", "x"]), values, max_size=4)


@given(
    st.fixed_dictionaries(
        {}, optional={"organisation": rows | values, "processing": st.lists(rows) | values, "transfers": st.lists(rows)}
    )
)
def test_whatever_stands_there_is_read_or_told(data: dict[str, object]) -> None:
    said, mistakes = read_declarations(data, "")
    assert isinstance(said, Declarations)
    assert all(isinstance(mistake, str) for mistake in mistakes)


def test_a_pattern_that_fits_nothing_is_a_gap() -> None:
    said = Declarations(
        processing=(Processing("Orders", ("web", "gone"), ("shopdb", "lost*")),),
        transfers=(Transfer("pay.test"), Transfer("nobody.test")),
    )
    audit = Audit(
        Scope("0", (), (), 0, 0, None, None, 0, 0, ""),
        services=(AuditService("web", (), 1),),
        stores=(AuditStore("shopdb", "mysql", ()),),
        outsiders=(Outsider("pay.test", ()),),
        declarations=said,
    )
    gaps = unused_declarations(audit)
    assert [gap.where for gap in gaps] == [
        "[[processing]] Orders: gone",
        "[[processing]] Orders: lost*",
        "[[transfers]] nobody.test",
    ]
    assert {(gap.kind, gap.share) for gap in gaps} == {("unused_declaration", round(1 / 6, 4))}


def test_the_lock_is_a_log_in_order_of_time() -> None:
    late = Approval("e1-a", "user.name", "service", "web", "observed", "ann", "2026-02-01", "why")
    early = Approval("e1-b", "user.name", "service", "web", "observed", "bob", "2026-01-01", "")
    assert [entry.id for entry in approvals_of(Lock((late, early)))] == ["e1-b", "e1-a"]
    assert approvals_of(None) == ()
