"""Exchanges and the endpoints that declare them."""

from __future__ import annotations

from lineage.endpoints import Binding, match_endpoints
from lineage.model import Operation, Party, Seen
from lineage.payload import Endpoint, EndpointKind, Payload
from lineage.system import Exchange, Key

WEB = Operation("web", "GET /home")


def _call(callee: str, operation: str, protocol: str = "http", *keys: Key, outsider: bool = False) -> Exchange:
    party = Party("outsider" if outsider else "service", callee)
    return Exchange(f"{callee} {operation}", WEB, party, operation, protocol, "call", keys, Seen(1))


def _publish(channel: str) -> Exchange:
    return Exchange(channel, WEB, Party("channel", channel), f"publish {channel}", "kafka", "publish", (), Seen(1))


def _endpoint(kind: EndpointKind, name: str, source: str = "api.yaml", **more: object) -> Endpoint:
    payload = Payload(f"{name} body", ())
    return Endpoint(kind, name, payload, payload, source=source, **more)  # type: ignore[arg-type]


def _matched(exchanges: list[Exchange], endpoints: list[Endpoint], *bindings: Binding) -> dict[str, list[str]]:
    found = match_endpoints(exchanges, endpoints, (), bindings)
    return {id_: [e.name for e in these] for id_, these in found.by_exchange.items()}


def test_rpc_by_full_name_whatever_the_file() -> None:
    endpoints = [_endpoint("rpc", "clinic.v1.Patients/Get"), _endpoint("rpc", "clinic.v1.Patients/List")]
    assert _matched([_call("patients", "clinic.v1.Patients/Get", "grpc")], endpoints) == {
        "patients clinic.v1.Patients/Get": ["clinic.v1.Patients/Get"]
    }


def test_rpc_without_its_package_or_with_the_method_alone_when_only_one_fits() -> None:
    one = [_endpoint("rpc", "clinic.v1.Patients/Get")]
    two = [*one, _endpoint("rpc", "shop.v1.Patients/Get")]
    for name in ("Patients/Get", "Get"):
        exchange = _call("patients", name, "grpc")
        assert _matched([exchange], one) == {exchange.id: ["clinic.v1.Patients/Get"]}
        assert _matched([exchange], two) == {}


def test_routes_of_the_file_that_declares_most_of_what_a_callee_was_asked() -> None:
    users, login = _call("users", "POST /login"), _call("users", "GET /users/{id}")
    other = _call("front", "POST /login")
    extra = _call("front", "GET /home")
    more = _call("front", "GET /cart")
    endpoints = [_endpoint("http", "POST /login"), _endpoint("http", "GET /users/{userId}")]
    assert set(_matched([users, login, other, extra, more], endpoints)) == {users.id, login.id}


def test_a_file_that_two_callees_fit_equally_is_taken_for_neither() -> None:
    one, two = _call("users", "POST /login"), _call("front", "POST /login")
    assert _matched([one, two], [_endpoint("http", "POST /login")]) == {}


def test_a_file_named_after_a_callee_is_about_it() -> None:
    one, two = _call("user-service", "POST /login"), _call("front", "POST /login")
    for source in ("user-service.yaml", "openapi.userservice.yaml"):
        exchange = one if "-" in source else _call("userservice", "POST /login")
        assert list(_matched([exchange, two], [_endpoint("http", "POST /login", source)])) == [exchange.id]


def test_a_file_that_names_the_host_is_about_it() -> None:
    pay, other = _call("pay.test", "POST /charges", outsider=True), _call("front", "POST /charges")
    endpoint = _endpoint("http", "POST /charges", hosts=("pay.test",))
    assert list(_matched([pay, other], [endpoint])) == [pay.id]


def test_a_bound_file_is_about_its_service_alone() -> None:
    one, two = _call("users", "POST /login"), _call("front", "POST /login")
    assert list(_matched([one, two], [_endpoint("http", "POST /login", service="front")])) == [two.id]


def test_the_most_literal_route_wins() -> None:
    exchange = _call("users", "GET /users/me")
    endpoints = [_endpoint("http", "GET /users/{id}"), _endpoint("http", "GET /users/me")]
    assert _matched([exchange], endpoints) == {exchange.id: ["GET /users/me"]}


def test_channels_by_name_template_and_named_message_type() -> None:
    assert _matched([_publish("orders")], [_endpoint("message", "orders"), _endpoint("message", "bills")]) == {
        "orders": ["orders"]
    }
    assert _matched([_publish("orders.eu.new")], [_endpoint("message", "orders.{region}.new")])
    typed = [_endpoint("message", "", message_type="shop.v1.OrderPlaced")]
    assert _matched([_publish("order-placed")], typed) == {"order-placed": [""]}
    assert _matched([_publish("orders")], typed) == {}


def test_several_types_may_share_a_channel() -> None:
    endpoints = [_endpoint("message", "orders", message_type=name) for name in ("Placed", "Cancelled")]
    assert _matched([_publish("orders")], endpoints) == {"orders": ["orders", "orders"]}


def test_graphql_by_the_root_fields_that_a_document_selects() -> None:
    endpoints = [_endpoint("graphql", "query patient"), _endpoint("graphql", "query doctor")]
    exchange = _call("edge", "query Overview", "graphql", Key("graphql", "patient.firstName"))
    assert _matched([exchange], endpoints) == {exchange.id: ["query patient"]}


def test_bindings_come_first_and_idle_ones_are_told() -> None:
    exchange = _call("users", "POST /login")
    login = _endpoint("http", "POST /login")
    bound = Binding("users", "POST *", request="POST /login body", response="none", place="auditor.toml")
    wrong = Binding("users", request="no such payload")
    found = match_endpoints([exchange], [login], (), [bound, wrong])
    [endpoint] = found.by_exchange[exchange.id]
    assert endpoint.request is login.request
    assert endpoint.response is None
    assert found.idle == (wrong,)


def test_endpoints_that_nothing_used_are_told() -> None:
    endpoints = [_endpoint("rpc", "a.B/C"), _endpoint("rpc", "a.B/D")]
    found = match_endpoints([_call("b", "a.B/C", "grpc")], endpoints)
    assert [endpoint.name for endpoint in found.unused] == ["a.B/D"]
