"""Who the hosts outside are."""

from __future__ import annotations

import tomllib

from auditor.engine.gaps import gaps_of
from auditor.outsiders import Known, described, read_outsiders, well_known, who_is, with_insiders, without_spans
from lineage.audit import AuditService, Outsider
from lineage.model import Operation, Party, Seen
from lineage.system import Exchange, ServiceSeen, SystemModel

TEXT = """
[[outsiders]]
match = "api.stripe.com"
region = "US"

[[outsiders]]
match = "*.corp.example"
internal = true
"""


def _read(text: str) -> tuple[tuple[Known, ...], list[str]]:
    return read_outsiders(tomllib.loads(text), text)


def test_well_known_hosts_are_named_by_pattern() -> None:
    for host, provider in (
        ("api.stripe.com:443", "Stripe"),
        ("bedrock-runtime.eu-west-1.amazonaws.com", "Amazon Bedrock"),
        ("bucket.s3.eu-central-1.amazonaws.com", "Amazon S3"),
        ("my-team.openai.azure.com", "Azure OpenAI"),
    ):
        known = who_is(host, ())
        assert known is not None
        assert known.provider == provider
    assert who_is("stripe.com.evil.example", ()) is None
    assert who_is("notstripe.com", ()) is None


def test_the_list_names_each_host_once_and_in_lower_case() -> None:
    hosts = [known.match for known in well_known()]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower() for host in hosts)


def test_configuration_adds_to_the_list() -> None:
    known, mistakes = _read(TEXT)
    assert mistakes == []
    [outsider] = described([Outsider("api.stripe.com", ("http",))], known)
    assert (outsider.provider, outsider.purpose, outsider.region) == ("Stripe", "payments", "US")
    [unknown] = described([Outsider("pay.test", ("http",))], known)
    assert (unknown.provider, unknown.region) == (None, None)


def test_mistakes_are_told_with_their_line() -> None:
    _, mistakes = _read('[[outsiders]]\nmatch = ""\ninternal = "yes"\ncountry = "US"\n')
    assert len(mistakes) == 3
    assert all("line 1" in mistake for mistake in mistakes)


def test_a_host_of_the_house_is_a_service_without_spans() -> None:
    known, _ = _read(TEXT)
    caller = Operation("web", "GET /")
    calls = tuple(
        Exchange(host, caller, Party("outsider", host), "POST /print", "http", "call", (), Seen(3))
        for host in ("print.corp.example", "pay.test")
    )
    model = with_insiders(SystemModel(services=(ServiceSeen("web", 6),), exchanges=calls), known)
    assert [exchange.callee.kind for exchange in model.exchanges] == ["service", "outsider"]
    assert [(gap.kind, gap.where, gap.count) for gap in gaps_of(model)] == [
        ("uninstrumented_service", "print.corp.example", 3)
    ]
    assert without_spans(model) == (AuditService("print.corp.example", ("POST /print",), 0),)
