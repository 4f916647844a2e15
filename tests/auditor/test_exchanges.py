"""Bindings and tokens of auditor.toml."""

from __future__ import annotations

import tomllib

from auditor.exchanges import read_bindings, read_tokens
from lineage.contracts import Item
from lineage.endpoints import Binding
from lineage.model import Operation, Party, Seen
from lineage.system import Exchange
from lineage.tokens import carried_by_tokens

BINDINGS = """
[[bindings]]
callee = "billing"
operation = "POST /pay"
request = "Payment"
response = "none"
"""
TOKENS = """
[[tokens]]
name = "session"
carries = ["user.name", "accounts/users.*id"]
from = "web"
to = ["ledger", "pay.*"]
"""
FIELDS = {"accounts/users.accountid": ("user.account",), "accounts/users.ssn": ("user.government_id",)}


def test_bindings() -> None:
    bindings, mistakes = read_bindings(tomllib.loads(BINDINGS), BINDINGS)
    assert mistakes == []
    assert bindings == (Binding("billing", "POST /pay", "Payment", "none", "line 2 [[bindings]]"),)


def test_a_binding_must_say_something() -> None:
    text = '[[bindings]]\ncallee = "billing"\nanswer = "x"\n'
    _, mistakes = read_bindings(tomllib.loads(text), text)
    assert len(mistakes) == 2


def test_tokens_travel_between_those_named_and_carry_fields_and_categories() -> None:
    tokens, mistakes = read_tokens(tomllib.loads(TOKENS), TOKENS, ())
    assert mistakes == []
    calls = [
        Exchange(f"{a}-{b}", Operation(a, "x"), Party("service", b), "y", "http", "call", (), Seen(1))
        for a, b in (("web", "ledger"), ("web", "pay.test"), ("web", "users"), ("ledger", "pay.test"))
    ]
    carried = carried_by_tokens(tokens, calls, FIELDS)
    assert set(carried) == {"web-ledger", "web-pay.test"}
    assert set(carried["web-ledger"]) == {Item("user.name"), Item("user.account", "accounts/users.accountid")}


def test_a_token_that_carries_nothing_known_is_a_mistake() -> None:
    text = '[[tokens]]\nname = "t"\ncarries = ["user.nam"]\n'
    _, mistakes = read_tokens(tomllib.loads(text), text, ())
    assert mistakes == ["line 1 [[tokens]]: 'user.nam' is neither a category nor a field (store/table.column)"]
