"""Who is said to send what to whom, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lineage.access import Touch
from lineage.audit import Flow, Place
from lineage.contracts import Carries, Contract, Leaf
from lineage.flows import find_flows
from lineage.model import Operation, Party, Role, Seen
from lineage.system import ChannelLink, Exchange, Key, OperationSeen, StatementUse, Succession, SystemModel

HOME, LOGIN, PAY = Operation("web", "POST /home"), Operation("users", "GET /login"), Operation("billing", "POST /pay")
EMAIL, PASSWORD, ADDRESS = "user.contact.email", "user.authorization.password", "user.contact.address"
FIELDS = {"db/users.email": (EMAIL,), "db/users.hash": (PASSWORD,), "db/orders.email": (EMAIL,)}


@dataclass
class World:
    """A small system model with its touches, put together call by call."""

    exchanges: list[Exchange] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    order: list[Succession] = field(default_factory=list)
    keys: dict[tuple[str, Key], tuple[str, ...]] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    links: list[ChannelLink] = field(default_factory=list)
    operations: list[OperationSeen] = field(default_factory=list)

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

    def message(self, operation: Operation, channel: str, mode: Literal["publish", "consume"]) -> str:
        id_ = f"x{len(self.exchanges)}"
        name = f"{mode} {channel}"
        self.exchanges.append(Exchange(id_, operation, Party("channel", channel), name, "kafka", mode, (), Seen(2)))
        return id_

    def schema(self, exchange: str, request: str | None = None, response: str | None = None) -> None:
        """Each way carries one category, or nothing."""
        ways = [
            Carries((Leaf(c, c.rpartition(".")[2], "api.yaml", 7),)) if c else Carries() for c in (request, response)
        ]
        self.contracts[exchange] = Contract("endpoint", *ways)

    def link(self, published: str, consumed: str) -> None:
        self.links.append(ChannelLink(published, consumed, 1))

    def background(self, operation: Operation) -> None:
        self.operations.append(OperationSeen(operation, "internal", Seen(1)))

    def flows(self) -> dict[tuple[str, str, str, str, str | None], Flow]:
        model = SystemModel(
            operations=tuple(self.operations),
            exchanges=tuple(self.exchanges),
            successions=tuple(self.order),
            channel_links=tuple(self.links),
        )
        flows = find_flows(model, self.touches, FIELDS, self.keys, self.contracts)
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


def test_a_schema_rules_out_what_it_cannot_carry_and_declares_what_it_can() -> None:
    world = World()
    login = world.call(HOME, LOGIN)
    world.touch(LOGIN, "db/users.email", "projected")
    world.touch(LOGIN, "db/users.hash", "projected")
    world.schema(login, response=EMAIL)
    flows = world.flows()
    assert flows["response", "users", "web", EMAIL, "db/users.email"].evidence == "declared"
    assert ("response", "users", "web", PASSWORD, "db/users.hash") not in flows


def test_what_a_schema_ruled_out_is_not_passed_on() -> None:
    world = World()
    login, out = world.call(HOME, LOGIN), world.call(HOME, "pay.test")
    world.touch(LOGIN, "db/users.email", "projected")
    world.before(HOME, login, out)
    world.schema(login)
    assert ("request", "web", "pay.test", EMAIL, "db/users.email") not in world.flows()


def test_a_parameter_of_the_callee_came_with_the_request_if_the_schema_has_it() -> None:
    for category, evidence in ((EMAIL, "declared"), (PASSWORD, None)):
        world = World()
        world.call(None, HOME)
        call = world.call(HOME, PAY)
        world.touch(PAY, "db/orders.email", "written", bound=True)
        world.schema(call, request=category)
        flow = world.flows().get(("request", "web", "billing", EMAIL, "db/orders.email"))
        assert (flow.evidence if flow else None) == evidence


def test_a_flow_knows_which_line_of_a_schema_can_carry_it() -> None:
    world = World()
    login = world.call(HOME, LOGIN)
    world.touch(LOGIN, "db/users.email", "projected")
    world.schema(login, response=EMAIL)
    flows = world.flows()
    assert flows["response", "users", "web", EMAIL, "db/users.email"].places == (Place("api.yaml", 7),)
    assert flows["read", "db", "users", EMAIL, "db/users.email"].places == ()


def test_what_an_unseen_client_may_have_given_is_declared_by_the_schema() -> None:
    world = World()
    world.call(None, HOME)
    call = world.call(HOME, LOGIN)
    world.schema(call, request=EMAIL)
    assert world.flows()["request", "web", "users", EMAIL, None].evidence == "declared"


def test_the_schema_of_the_clients_request_says_what_it_gave() -> None:
    world = World()
    entry = world.call(None, HOME)
    call = world.call(HOME, LOGIN)
    world.schema(entry, request=PASSWORD)
    world.schema(call, request=EMAIL)
    assert world.flows() == {}


def test_a_message_carries_what_was_read_before_it_to_the_consumer_and_on() -> None:
    world = World()
    worker = Operation("worker", "process reminders")
    sent = world.message(LOGIN, "reminders", "publish")
    world.message(worker, "reminders", "consume")
    mail = world.call(worker, "mail.test")
    read = world.touch(LOGIN, "db/users.email", "projected")
    world.before(LOGIN, read, sent)
    flows = world.flows()
    field_ = "db/users.email"
    legs = [("publish", "users", "reminders"), ("consume", "reminders", "worker"), ("request", "worker", "mail.test")]
    assert {flows[*leg, EMAIL, field_].evidence for leg in legs} == {"possible"}
    for exchange in (sent, "x1", mail):
        world.schema(exchange, request=EMAIL)
    assert {world.flows()[*leg, EMAIL, field_].evidence for leg in legs} == {"declared"}


def test_a_service_whose_statements_tell_its_parameters_hands_on_no_more() -> None:
    world = World()
    first, _ = world.call(HOME, LOGIN), world.call(LOGIN, "pay.test")
    read = world.touch(HOME, "db/users.email", "projected")
    world.before(HOME, read, first)
    assert ("request", "users", "pay.test", EMAIL, "db/users.email") in world.flows()  # a mere relay, for all we see
    world.touch(LOGIN, "db/users.hash", "filtered", bound=True)
    assert ("request", "users", "pay.test", EMAIL, "db/users.email") not in world.flows()


def test_a_schema_never_adds_a_possible_flow_to_what_was_held() -> None:
    world = World()
    login = world.call(HOME, LOGIN)
    world.touch(LOGIN, "db/users.email", "projected")
    before = {key for key, flow in world.flows().items() if flow.evidence == "possible"}
    world.schema(login, response=PASSWORD)
    assert {key for key, flow in world.flows().items() if flow.evidence == "possible"} <= before


def test_the_identity_of_who_logged_in_may_go_to_an_outsider_with_a_later_request() -> None:
    world = World()
    enter, consent = Operation("web", "POST /login"), Operation("web", "POST /consent")
    world.call(None, enter)
    world.call(None, consent)
    world.call(enter, LOGIN)
    out = world.call(consent, "partner.test")
    world.touch(LOGIN, "db/users.email", "projected")
    assert ("request", "web", "partner.test", EMAIL, "db/users.email") not in world.flows()
    world.touch(LOGIN, "db/users.hash", "projected")
    assert world.flows()["request", "web", "partner.test", EMAIL, "db/users.email"].evidence == "possible"
    world.schema(out)
    assert ("request", "web", "partner.test", EMAIL, "db/users.email") not in world.flows()


def test_what_an_answer_showed_is_in_hand_after_it_and_was_not_asked_with() -> None:
    world = World()
    login, out = world.call(HOME, LOGIN), world.call(HOME, "pay.test")
    deeper = world.call(LOGIN, "other.test")
    key = Key("response_body", "email")
    first = world.exchanges[0]
    world.exchanges[0] = Exchange(
        first.id, first.caller, first.callee, first.operation, "http", "call", (key,), first.seen
    )
    world.keys[login, key] = (EMAIL,)
    world.before(HOME, login, out)
    world.before(LOGIN, "nothing", deeper)
    flows = world.flows()
    assert flows["response", "users", "web", EMAIL, None].evidence == "observed"
    assert flows["request", "web", "pay.test", EMAIL, None].evidence == "possible"
    assert ("request", "users", "other.test", EMAIL, None) not in flows


def test_a_queue_gets_what_the_exchange_of_the_broker_that_it_is_bound_to_got() -> None:
    world = World()
    worker = Operation("worker", "process mailer")
    sent = world.message(LOGIN, "events", "publish")
    world.message(worker, "mailer", "consume")
    read = world.touch(LOGIN, "db/users.email", "projected")
    world.before(LOGIN, read, sent)
    leg = ("consume", "mailer", "worker", EMAIL, "db/users.email")
    assert leg not in world.flows()
    world.link("events", "mailer")
    assert world.flows()[leg].evidence == "possible"


def test_the_background_work_of_a_service_handles_what_it_only_received() -> None:
    world = World()
    receive, work = Operation("worker", "receive orders"), Operation("worker", "(background work)")
    sent = world.message(LOGIN, "orders", "publish")
    world.message(receive, "orders", "consume")
    world.call(work, "mail.test")
    world.background(work)
    read = world.touch(LOGIN, "db/users.email", "projected")
    world.before(LOGIN, read, sent)
    leg = ("request", "worker", "mail.test", EMAIL, "db/users.email")
    assert world.flows()[leg].evidence == "possible"
    world.call(receive, "log.test")  # it does something itself: then the work is no sequel of it
    assert leg not in world.flows()


def test_what_an_outsider_answers_by_its_schema_is_no_flow() -> None:
    world = World()
    out = world.call(HOME, "kyc.test")
    world.schema(out, response=EMAIL)
    assert world.flows() == {}


def test_a_service_whose_sources_cannot_be_seen_answers_what_its_schema_declares() -> None:
    world = World()
    world.call(None, HOME)
    call = world.call(HOME, LOGIN)
    assert world.flows() == {}
    world.schema(call, response=EMAIL)
    world.contracts[call] = Contract("endpoint", None, world.contracts[call].response)
    assert world.flows()["response", "users", "web", EMAIL, None].evidence == "declared"


def test_an_answer_may_repeat_what_it_was_asked_with_where_a_schema_says_so() -> None:
    world = World()
    entry, call = world.call(None, HOME), world.call(HOME, LOGIN)
    world.schema(entry, request=EMAIL)
    world.schema(call, request=EMAIL, response=EMAIL)
    assert world.flows()["response", "users", "web", EMAIL, None].evidence == "declared"


def test_a_client_gives_a_request_without_a_body_no_more_than_a_session_holds() -> None:
    world = World()
    shown = Operation("web", "GET /cart")
    world.call(None, shown)
    call = world.call(shown, LOGIN)
    for category, given in ((EMAIL, True), (ADDRESS, False)):
        world.schema(call, request=category)
        assert (("request", "web", "users", category, None) in world.flows()) is given
