"""Personal data inside telemetry itself: judged while a span is read, then forgotten; place and category remain."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.telemetry import judge
from auditor.telemetry.database import statement_literals, without_comments
from auditor.telemetry.keys import body_keys, place_of
from auditor.telemetry.memory import remembered
from auditor.telemetry.raw import Attributes, RawSpan, Value
from auditor.telemetry.redact import attribute_name, is_public_address, key_name
from auditor.telemetry.route import masked_path, parameter_values
from auditor.telemetry.semconv import CALLER_ADDRESS, DB_TEXT, URL_QUERY
from auditor.telemetry.url import Url, split_url

Found = tuple[tuple[str, str], ...]  # (attribute, category)

# Attributes that say who someone is, whatever they hold.
PERSONAL = {
    "user.email": "user.contact.email",
    "user.name": "user.account.username",
    "user.full_name": "user.name",
    "user.id": "user.unique_id",
    "user.uuid": "user.unique_id",
    "enduser.id": "user.unique_id",
    "enduser.pseudo.id": "user.unique_id.pseudonymous",
    "url.username": "user.account.username",
    "url.password": "user.authorization.password",
}
_CALLERS_IP = "user.device.ip_address"
# Attributes that hold words of programs, not of people: never judged.
_SAFE = re.compile(
    r"(?:telemetry|otel|code|thread|process\.(?!command)|os|host\.(?!name)|container|k8s|cloud|deployment|sampler|"
    r"net\.host|net\.transport|net\.protocol|network|faas|jvm|dotnet|nodejs|webengine|jinja2|internal\.span|system|"
    r"http\.(?:flavor|scheme|method|request\.method|status_code|response\.status_code|server_name|host|route|"
    r"user_agent|request_content_length|response_content_length|request\.size|response\.size|request\.resend_count)|"
    r"url\.(?:scheme|template|domain|port)|user_agent|server|error\.type|exception\.(?:type|escaped)|"
    r"db\.(?:system|name|namespace|operation|collection|sql\.table|query\.summary|response)|"
    r"service|rpc\.(?!request\.metadata|response\.metadata|grpc\.re|connect_rpc\.re|.*body|.*payload)|"
    r"messaging\.(?:system|operation|batch|client|consumer|kafka\.(?!message)|destination\.(?:temporary|anonymous))|"
    r"component|span\.kind|az|cassandra\.(?!query)|zipkin)(?:\..*|$)"
)
# Whole namespaces with defined meanings: their keys are not judged by name, only their values.
_DEFINED = re.compile(
    r"(?:aws|az|azure|browser|client|db|enduser|event|exception|feature_flag|file|gcp|gen_ai|graphql|http|log|messaging|"
    r"net|otel|peer|process|rpc|session|sql|status|url|user|user_agent)\."
)


def leaks_of(raw: RawSpan, system: str | None, route: str | None) -> list[tuple[str, str]]:
    """Every (attribute, category) of personal data in a span's attributes, events, status and name; sorted."""
    found = set(resource_leaks(raw.resource))
    is_server = raw.kind == "server"
    for key, value in raw.attributes.items():
        found.update(attribute_leaks(key, value, system, is_server))
    if route is not None and "{" in route:
        found.update(_route_values(raw.attributes, route))
    for event in raw.events:
        found.update(text_leaks("event.name", event.name))
        for key, value in event.attributes.items():
            found.update(attribute_leaks(key, value, None, False))
    if raw.status_message:
        found.update(text_leaks("status.message", raw.status_message))
    found.update(text_leaks("span.name", raw.name))
    return sorted(found)


def resource_leaks(resource: Attributes) -> set[tuple[str, str]]:
    """The leaks that every span of a resource carries."""
    return {leak for key, value in resource.items() for leak in attribute_leaks(key, value, None, False)}


def attribute_leaks(key: str, value: Value, system: str | None, is_server: bool) -> Found:
    """The leaks of one attribute: `system` is the database's, `is_server` says whether its span is a server's."""
    if is_safe(key):
        return ()
    if isinstance(value, str):
        if not value:
            return ()
        return _judge(value, key, system, is_server)
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, (int, float)):
        return _judge(str(value), key, None, False) if abs(value) >= 10**9 or key in PERSONAL else ()
    if isinstance(value, list):
        return tuple({leak for item in value[:100] for leak in attribute_leaks(key, item, system, is_server)})
    if isinstance(value, dict):
        inside = {leak for name, item in value.items() for leak in attribute_leaks(f"{key}.{name}", item, None, False)}
        return tuple(inside)
    return ()


@remembered
def is_safe(key: str) -> bool:
    """Whether no value of this key is ever judged."""
    return key not in CALLER_ADDRESS and place_of(key) is None and _SAFE.fullmatch(key) is not None


@remembered
def _judge(text: str, key: str, system: str | None, is_server: bool) -> Found:
    shown = attribute_name(key)
    if key in DB_TEXT:
        if "\\" not in text and not judge.may_show(text):  # nor does any literal of it
            return ()
        statement, comments = without_comments(text)
        return _named(shown, judge.of_texts((*statement_literals(statement, system), comments)))
    if key in CALLER_ADDRESS:
        return ((shown, _CALLERS_IP),) if is_server and is_public_address(text) else ()
    if key in PERSONAL:
        return () if judge.is_blank(text) else ((shown, PERSONAL[key]),)
    place = place_of(key)
    if place == "query":
        return _url(shown, split_url(text, key in URL_QUERY))
    found = set(judge.of_text(text))
    if place in ("header", "response_header", "metadata", "parameter"):
        found.update(judge.of_key(key.rpartition(".")[2], text))
    elif place is not None:
        found.update(category for path in body_keys(text) for category in judge.of_key(path, "present"))
    elif _DEFINED.match(key) is None and (name := key_name(key)) is not None:
        found.update(judge.of_own_key(name, text))
    return _named(shown, found)


def _url(shown: str, url: Url) -> Found:
    """The leaks of a URL: keys of its query by name and value, segments of its path by value, its user info."""
    found = set(_named(shown, judge.of_texts(url.path.split("/"))))
    words = [word for word in masked_path(url.path).split("/") if word and word != "{}"]
    for key, value in url.query:
        categories = judge.of_key(key, value, words[-1] if words else None) | judge.of_text(value)
        found.update(_named(f"{shown}?{key_name(key) or '{}'}", categories))
    if not judge.is_blank(url.password):
        found.add((shown, "user.authorization.password"))
    return tuple(found)


def _route_values(attributes: Attributes, route: str) -> set[tuple[str, str]]:
    """Path segments that the route names as something personal, such as `/users/{email}`."""
    found: set[tuple[str, str]] = set()
    for key, value in attributes.items():
        if place_of(key) == "query" and key not in URL_QUERY and isinstance(value, str):
            for name, segment in parameter_values(route, split_url(value).path):
                found.update(_named(key, judge.of_key(name, segment)))
    return found


def text_leaks(shown: str, text: str) -> Found:
    """The leaks of a text that stands at a place of its own: a name, a message."""
    return _named(shown, judge.of_text(text)) if text else ()


def _named(shown: str, categories: Iterable[str]) -> Found:
    return tuple((shown, category) for category in categories)
