"""The configuration that stops telemetry leaks."""

from __future__ import annotations

from dataclasses import replace

import yaml

from lineage.audit import Audit
from lineage.model import Leak
from reports.collector import collector_config


def _groups(sample: Audit, *leaks: Leak) -> dict[tuple[str, str], list[str]]:
    text = collector_config(replace(sample, leaks=leaks))
    groups = yaml.safe_load(text)["processors"]["transform/privacy"]["trace_statements"]
    return {(group["conditions"][0], group["context"]): group["statements"] for group in groups}


def _leak(attribute: str, service: str = "web") -> Leak:
    return Leak(service, attribute, "user.contact.email", 3)


WEB = 'resource.attributes["service.name"] == "web"'


def test_a_query_key_is_overwritten_and_the_rest_of_the_url_kept(sample: Audit) -> None:
    [statement] = _groups(sample, _leak("http.url?e-mail"))[WEB, "span"]
    assert statement == 'replace_pattern(attributes["http.url"], "([?&]e\\\\-mail=)[^&#]*", "$${1}REDACTED")'


def test_urls_with_values_in_their_path_become_the_route(sample: Audit) -> None:
    first, second = _groups(sample, _leak("http.target"))[WEB, "span"]
    assert first.startswith('set(attributes["http.target"], attributes["http.route"])')
    assert second.startswith('delete_key(attributes, "http.target")')


def test_attributes_events_and_resources_each_in_their_context(sample: Audit) -> None:
    groups = _groups(sample, _leak("user.email"), _leak("exception.message"), _leak("process.command_line"))
    assert groups == {
        (WEB, "span"): ['delete_key(attributes, "user.email")'],
        (WEB, "spanevent"): ['delete_key(attributes, "exception.message")'],
        (WEB, "resource"): ['delete_key(attributes, "process.command_line")'],
    }


def test_literals_of_statements_are_masked(sample: Audit) -> None:
    [statement] = _groups(sample, _leak("db.statement"))[WEB, "span"]
    assert statement.startswith('replace_pattern(attributes["db.statement"], "\'')


def test_hostile_names_stay_text(sample: Audit) -> None:
    groups = _groups(sample, _leak('a"b\n- c$d', 'x" or true'))
    assert list(groups) == [('resource.attributes["service.name"] == "x\\" or true"', "span")]
    assert list(groups.values()) == [['delete_key(attributes, "a\\"b\\\\u000a- c$$d")']]


def test_nothing_to_stop(sample: Audit) -> None:
    assert yaml.safe_load(collector_config(replace(sample, leaks=()))) is None
