from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.audit import Audit, Call, Flow, Scope
from lineage.model import Gap, Leak
from reports.audit_json import dumps, loads

finite = st.floats(allow_nan=False, allow_infinity=False)
audits = st.builds(
    Audit,
    scope=st.from_type(Scope),
    calls=st.lists(st.builds(Call, amplification=finite), max_size=2).map(tuple),
    flows=st.lists(st.builds(Flow, likelihood=finite), max_size=2).map(tuple),
    leaks=st.lists(st.from_type(Leak), max_size=2).map(tuple),
    gaps=st.lists(st.builds(Gap, share=finite), max_size=2).map(tuple),
    format=st.just("privacy-audit/1"),
    **{name: st.just(()) for name in ("services", "stores", "outsiders", "channels", "fields", "statements")},
    **{name: st.just(()) for name in ("accesses", "exposures", "not_seen")},
)


def test_the_sample_file_is_what_is_written(sample: Audit, sample_file: Path) -> None:
    assert dumps(sample) == sample_file.read_text()


def test_order_does_not_matter(sample: Audit, shuffled: Audit) -> None:
    assert shuffled != sample
    assert dumps(shuffled) == dumps(sample)


def test_one_element_a_line(sample: Audit) -> None:
    lines = dumps(sample).splitlines()
    assert sum(line.startswith('  {"id": "f1-') for line in lines) == len(sample.flows)


def test_a_party_is_kind_and_name(sample: Audit) -> None:
    flow = json.loads(dumps(sample))["flows"][0]
    assert flow["source"].keys() == {"kind", "name"}


@given(audits)
@settings(max_examples=40, deadline=None)
def test_round_trip(audit: Audit) -> None:
    text = dumps(audit)
    assert text.isascii()
    assert dumps(loads(text)) == text
    assert set(loads(text).flows) == set(audit.flows)


def test_keys_of_a_later_version_are_ignored(sample: Audit) -> None:
    document = json.loads(dumps(sample)) | {"novelty": 1}
    document["flows"][0]["novelty"] = {}
    assert loads(json.dumps(document)) == sample


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "privacy-audit/2"}, "format privacy-audit/2"),
        ({"format": "secret-value"}, "not an audit"),
        ({"format": None}, "not an audit"),
        ({"scope": None}, "scope: expected an object"),
        ({"flows": [{}]}, r"flows\[0\]\.id: expected a value, but the key is missing"),
        ({"flows": {"secret-value": 1}}, "flows: expected a list"),
        ({"services": [{"name": 3, "operations": [], "spans": 1}]}, r"services\[0\]\.name: expected text"),
        ({"services": [{"name": "a", "operations": [], "spans": True}]}, "expected a whole number"),
        ({"verdict": {"state": "secret-value"}}, r"verdict\.state: expected one of pass, not_approved"),
        ({"gaps": [{"kind": "a", "where": "b", "count": 1, "share": "secret-value"}]}, r"gaps\[0\]\.what_it_hides"),
        (
            {"gaps": [{"kind": "a", "where": "b", "count": 1, "share": "secret-value", "what_it_hides": "c"}]},
            r"gaps\[0\]\.share: expected a number",
        ),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(sample: Audit, change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        loads(json.dumps(json.loads(dumps(sample)) | change))
    assert "secret-value" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", b"\xff\xfe\x00", "[" * 100_000, '{"a": NaN}', "1" * 5000])
def test_what_is_no_audit_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="not "):
        loads(text)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damage_never_raises_anything_else(data: st.DataObject) -> None:
    text = dumps(Audit(scope=Scope("1", (), (), 0, 0, None, None, 0, 0, "none")))
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 5)) :]
    try:
        loads(damaged)
    except ValueError:
        return


def test_not_a_number_is_refused(sample: Audit) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps(replace(sample, gaps=(Gap("a", "b", 1, float("nan"), "c"),)))
