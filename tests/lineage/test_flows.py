"""Who is said to send what to whom, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lineage.access import Touch
from lineage.flows import find_flows
from lineage.model import Exchange, Flow, Key, Operation, Party, Role, Seen, StatementUse, Succession, SystemModel

HOME, LOGIN, PAY = Operation("web", "GET /home"), Operation("users", "GET /login"), Operation("billing", "POST /pay")
EMAIL, PASSWORD = "user.contact.email", "user.authorization.password"
FIELDS = {"db/users.email": (EMAIL,), "db/users.hash": (PASSWORD,), "db/orders.email": (EMAIL,)}


@dataclass
class World:
    """A small system model with its touches, put together call by call."""

    exchanges: list[Exchange] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    order: list[Succession] = field(default_factory=list)
    keys: dict[tuple[str, Key], tuple[str, ...]] = field(default_factory=dict)

    def call(self, caller: Operation | None, callee: Operation | str, **key_categories: str) -> str:
        party = Party("service", callee.service) if isinstance(callee, Operation) else Party("outsider", callee)
        name = callee.name if isinstance(callee, Operation) else "POST /"
        keys = tuple(Key("query", key) for key in key_categories)
        id_ = f"x{len(self.exchanges)}"
        self.exchanges.append(Exchange(id_, caller, party, name, "http", "call", keys, Seen(2, traces=("t",))))
        self.keys |= {(id_, Key("query", key)): (category,) for key, category in key_categories.items()}
        return id_

    def touch(self, operation: Operation, field_: str, role: Role, *, bound: bool = False) -> str:
        id_ = f"s{len(self.touches)}"
        use = StatementUse(id_, operation, "db", "postgresql", "", None, None, Seen(3, traces=("t",)))
        self.touches.append(Touch(use, field_, role, True, bound, role == "projected"))
        return id_

    def before(self, operation: Operation, step: str, later: str, count: int = 1) -> None:
        self.order.append(Succession(operation, step, later, count, 1))

    def flows(self) -> dict[tuple[str, str, str, str, str | None], Flow]:
        model = SystemModel(exchanges=tuple(self.exchanges), successions=tuple(self.order))
        flows = find_flows(model, self.touches, FIELDS, self.keys)
        return {(f.direction, f.source.name, f.sink.name, f.category, f.field): f for f in flows}


def test_reading_and_writing_are_observed() -> None:
    world = World()
    world.touch(LOGIN, "db/users.email", "projected")
    world.touch(LOGIN, "db/users.hash", "written", bound=True)
    flows = world.flows()
    assert flows["read", "db", "users", EMAIL, "db/users.email"].evidence == "observed"
    assert flows["write", "users", "db", PASSWORD, "db/users.hash"].evidence == "observed"
    assert len(flows) == 2


def test_filtering_by_a_field_is_no_read() -> None:
    world = World()
    world.touch(LOGIN, "db/users.email", "filtered", bound=True)
    assert world.flows() == {}


def test_a_key_seen_in_a_request_is_observed() -> None:
    world = World()
    world.call(HOME, LOGIN, email=EMAIL)
    [flow] = world.flows().values()
    assert (flow.direction, flow.evidence, flow.field, flow.calls) == ("request", "observed", None, 2)


def test_what_was_read_may_be_answered() -> None:
    world = World()
    world.call(HOME, LOGIN)
    world.touch(LOGIN, "db/users.email", "projected")
    flow = world.flows()["response", "users", "web", EMAIL, "db/users.email"]
    assert flow.evidence == "possible"


def test_an_answer_may_be_passed_on_only_when_it_came_first() -> None:
    for count, expected in ((1, True), (0, False)):
        world = World()
        login = world.call(HOME, LOGIN)
        out = world.call(HOME, "pay.test")
        world.touch(LOGIN, "db/users.email", "projected")
        world.before(HOME, login, out, count)
        assert (("request", "web", "pay.test", EMAIL, "db/users.email") in world.flows()) is expected


def test_what_was_read_after_the_call_was_not_sent_with_it() -> None:
    for count, expected in ((1, True), (0, False)):
        world = World()
        out = world.call(LOGIN, "pay.test")
        read = world.touch(LOGIN, "db/users.email", "projected")
        world.before(LOGIN, read, out, count)
        assert (("request", "users", "pay.test", EMAIL, "db/users.email") in world.flows()) is expected


def test_a_parameter_of_the_callee_probably_came_with_the_request() -> None:
    world = World()
    world.call(None, HOME)
    world.call(HOME, LOGIN)
    world.call(LOGIN, PAY)
    world.touch(PAY, "db/orders.email", "written", bound=True)
    flows = world.flows()
    assert flows["request", "users", "billing", EMAIL, "db/orders.email"].evidence == "possible"
    assert ("request", "web", "users", EMAIL, "db/orders.email") in flows  # it had to come from somewhere


def test_a_caller_that_read_it_itself_need_not_have_been_given_it() -> None:
    world = World()
    world.call(HOME, LOGIN)
    pay = world.call(LOGIN, PAY)
    read = world.touch(LOGIN, "db/users.email", "projected")
    world.touch(PAY, "db/orders.email", "written", bound=True)
    world.before(LOGIN, read, pay)
    flows = world.flows()
    assert ("request", "users", "billing", EMAIL, "db/users.email") in flows
    assert ("request", "web", "users", EMAIL, "db/orders.email") not in flows


def test_a_value_taken_from_other_columns_was_not_a_parameter() -> None:
    world = World()
    world.call(HOME, LOGIN)
    world.touch(LOGIN, "db/orders.email", "written", bound=False)
    assert [key[0] for key in world.flows()] == ["write"]


def test_recursion_between_services_ends() -> None:
    world = World()
    world.call(HOME, LOGIN)
    world.call(LOGIN, HOME)
    world.touch(LOGIN, "db/users.email", "projected")
    flows = world.flows()
    assert ("response", "users", "web", EMAIL, "db/users.email") in flows


def test_one_exchange_with_two_reasons_counts_once() -> None:
    world = World()
    out = world.call(LOGIN, PAY)
    read = world.touch(LOGIN, "db/users.email", "projected")
    world.touch(PAY, "db/users.email", "filtered", bound=True)
    world.before(LOGIN, read, out)
    flow = world.flows()["request", "users", "billing", EMAIL, "db/users.email"]
    assert flow.calls == 2
    assert len(flow.why) == 2


def test_messages_are_published_and_consumed() -> None:
    consume, channel = Operation("mail", "process orders"), Party("channel", "orders")
    key = Key("body", "email")
    model = SystemModel(
        exchanges=(
            Exchange("p", HOME, channel, "publish orders", "kafka", "publish", (key,), Seen(1)),
            Exchange("c", consume, channel, "process orders", "kafka", "consume", (key,), Seen(1)),
        )
    )
    keys = {("p", key): (EMAIL,), ("c", key): (EMAIL,)}
    flows = {(f.direction, f.source, f.sink, f.evidence) for f in find_flows(model, (), {}, keys)}
    assert flows == {
        ("publish", Party("service", "web"), channel, "observed"),
        ("consume", channel, Party("service", "mail"), "observed"),
    }


def test_a_field_that_a_graphql_document_selects_comes_back() -> None:
    world = World()
    id_ = world.call(HOME, LOGIN)
    key = Key("graphql", "patient.email")
    (exchange,) = world.exchanges
    world.exchanges = [replace(exchange, keys=(key,))]
    world.keys[id_, key] = (EMAIL,)
    later = world.call(LOGIN, "mail")
    world.before(LOGIN, id_, later)
    flows = world.flows()
    assert flows["response", "users", "web", EMAIL, None].evidence == "observed"
    assert len(flows) == 1  # it did not come with the request, so that it cannot have gone on
