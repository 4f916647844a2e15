from collections.abc import Sequence

import pytest

from classifiers.classify import classify_key
from classifiers.model import Field, Label
from classifiers.names import name_labels


def categories(
    name: str, parent: str | None = None, type_: str | None = None, siblings: Sequence[str] = ()
) -> list[str]:
    return [label.category for label in name_labels(Field(name, parent, type_, None, tuple(siblings)))]


def best(name: str, parent: str | None = None, type_: str | None = None, siblings: Sequence[str] = ()) -> str | None:
    return next(iter(categories(name, parent, type_, siblings)), None)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("ssn", "user.government_id.national_identification_number"),
        ("passhash", "user.authorization.password"),
        ("password_hash", "user.authorization.password"),
        ("pwd", "user.authorization.password"),
        ("birthday", "user.demographic.date_of_birth"),
        ("dob", "user.demographic.date_of_birth"),
        ("birth_date", "user.demographic.date_of_birth"),
        ("BirthDate", "user.demographic.date_of_birth"),
        ("geburtsdatum", "user.demographic.date_of_birth"),
        ("fecha_nacimiento", "user.demographic.date_of_birth"),
        ("address", "user.contact.address"),
        ("street", "user.contact.address.street"),
        ("address_line1", "user.contact.address.street"),
        ("zip", "user.contact.address.postal_code"),
        ("postcode", "user.contact.address.postal_code"),
        ("plz", "user.contact.address.postal_code"),
        ("firstname", "user.name.first"),
        ("first_name", "user.name.first"),
        ("firstnamephonetic", "user.name.first"),
        ("prénom", "user.name.first"),
        ("lastName", "user.name.last"),
        ("nachname", "user.name.last"),
        ("fullName", "user.name"),
        ("username", "user.account.username"),
        ("login", "user.account.username"),
        ("account_num", "user.financial.bank_account"),
        ("from_acct", "user.financial.bank_account"),
        ("to_acct", "user.financial.bank_account"),
        ("routing_num", "user.financial.bank_account"),
        ("iban", "user.financial.bank_account"),
        ("acct", "user.financial.bank_account"),
        ("card_number", "user.financial.credit_card"),
        ("cvv", "user.financial.credit_card"),
        ("card_expiry", "user.financial.credit_card"),
        ("email", "user.contact.email"),
        ("customer_email", "user.contact.email"),
        ("phone2", "user.contact.phone_number"),
        ("mobilePhones", "user.contact.phone_number"),
        ("gender", "user.demographic.gender"),
        ("remote_ip", "user.device.ip_address"),
        ("lastip", "user.device.ip_address"),
        ("diagnosis_code", "user.health_and_medical"),
        ("icd10", "user.health_and_medical"),
        ("allergies", "user.health_and_medical"),
        ("medication", "user.health_and_medical"),
        ("insurance_number", "user.health_and_medical.insurance_beneficiary_id"),
        ("mrn", "user.health_and_medical.record_id"),
        ("passport_no", "user.government_id.passport_number"),
        ("tax_id", "user.government_id"),
        ("drivers_license_number", "user.government_id.drivers_license_number"),
        ("salary", "user.financial"),
        ("latitude", "user.location.precise"),
        ("user_agent", "user.device"),
        ("religion", "user.demographic.religious_belief"),
        ("api_key", "system.authentication"),
        ("access_token", "user.authorization"),
    ],
)
def test_names_that_speak_for_themselves(name: str, category: str) -> None:
    assert best(name) == category


@pytest.mark.parametrize(
    "name",
    (
        "is_email_verified email_verified has_phone email_count phone_type address_id password_changed_at "
        "password_expires file_name host_name product_name server_address sort_order created_at status state "
        "name number code id description_format acid_level academic_year_code graceperiod cold_wallet "
        "duplicate classname time_zone_id page_token ip_range token_count email_template require_email passed "
        "accept-language x-request-id transaction_id company_id "
    ).split(),
)
def test_shapes_that_deny(name: str) -> None:
    assert best(name, "things_of_nothing") is None


@pytest.mark.parametrize(
    ("name", "type_", "says"),
    [
        ("email", "varchar(100)", True),
        ("email", "boolean", False),
        ("email", "integer", False),
        ("email", "tinyint(1)", False),
        ("phone", "bigint", True),
        ("birth_date", "DATE", True),
        ("latitude", "double precision", True),
        ("ssn", "character(11)", True),
        ("password", "int", False),
        ("address", "jsonb", True),
        ("address", "smallint", False),
        ("emails", "array<string>", True),
        ("created_by", "uuid", True),
        ("sent_email", "bit(1)", False),
    ],
)
def test_declared_types_veto(name: str, type_: str, says: bool) -> None:
    assert bool(categories(name, "t", type_)) is says


def test_bare_words_need_their_surroundings() -> None:
    assert best("name", "customers") == "user.name"
    assert best("name", "products") is None
    assert best("name", "sales_customer_entity") == "user.name"
    assert best("customer_name", "orders") == "user.name"
    assert best("state", "users", None, ["street", "zip", "state"]) == "user.contact.address.state"
    assert best("state", "jobs") is None
    assert best("number", "passports") == "user.government_id.passport_number"
    assert best("number", "cards") == "user.financial.credit_card"
    assert best("number", "builds") is None
    assert best("fullname", "courses") is None


def test_ids_of_people_are_identifiers() -> None:
    for name, parent in (("id", "patients"), ("userid", "posts"), ("customerId", None), ("created_by", "posts")):
        label = name_labels(Field(name, parent))[0]
        assert (label.category, label.facet) == ("user.unique_id.pseudonymous", "identifier")
    for name, parent in (("id", "orders"), ("order_id", "customers"), ("parent_id", "categories")):
        assert best(name, parent) is None


def test_a_reference_to_a_person_is_told_by_its_type() -> None:
    assert best("reviewer", "papers", "int") == "user.unique_id.pseudonymous"
    assert best("author", "papers", "varchar") == "user.name"


def test_account_ids_are_of_a_bank_or_a_customer_or_of_nobody_we_know() -> None:
    assert best("account_id", "transactions") == "user.financial.bank_account"
    assert best("account_id", "customers") == "user.account"
    assert best("account_id", "projects") is None
    assert best("id", "accounts") is None


def test_the_key_of_a_link_or_of_a_log_entry_is_no_person() -> None:
    assert best("id", "group_members", "int", ["id", "group_id", "user_id", "added_at"]) is None
    assert best("id", "members", "int", ["id", "first_name", "email", "invited_by_user_id"]) is not None
    assert best("id", "user_log", "int") is None
    assert best("list_id", "members", "int") is None
    assert best("diagnosis_id", "diagnoses", "bigint") is None
    assert best("diagnosis_code", "diagnoses", "bigint") == "user.health_and_medical"


@pytest.mark.parametrize(("name", "parent", "says"), [("owner_id", "carts", True), ("sender_id", "notices", True)])
def test_parts_that_people_play_need_a_declared_key(name: str, parent: str, says: bool) -> None:
    assert bool(categories(name, parent, "integer")) is says
    assert categories(name, parent, "string") == categories(name, parent) == []


def test_a_client_is_a_customer_and_in_a_login_protocol_a_program() -> None:
    assert best("client_id", "invoices") == "user.unique_id.pseudonymous"
    assert best("client_id", "oauth_tokens") is None
    assert best("client_id", "grants", None, ["client_id", "redirect_uri", "scope"]) is None
    assert best("client_id") is None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("rx_ip", "user.device.ip_address"),
        ("rx_user", "user.unique_id.pseudonymous"),
        ("rx_agent", "user.device"),
        ("rx_title", None),
    ],
)
def test_a_mark_before_all_columns_of_a_table_is_skipped(name: str, category: str | None) -> None:
    assert best(
        name, "changes", "bigint" if "user" in name else None, ["rx_ip", "rx_user", "rx_agent", "rx_title"]
    ) == (category)


def test_the_address_of_a_shop_is_nobodys() -> None:
    assert best("street", "warehouses") is None
    assert best("postal_code", "shipping_rates") is None
    assert best("phone", "stores") is None
    assert best("customer_phone", "stores") == "user.contact.phone_number"


def test_a_name_that_says_whose_it_is_needs_no_owner() -> None:
    assert (
        best("ship_name", "orders") == best("billing_name", "orders") == best("customer_name", "orders") == "user.name"
    )
    assert best("name", "orders") is None


def test_paths_bring_their_own_context() -> None:
    assert best("billing.card.number") == "user.financial.credit_card"
    assert best("customer.name") == "user.name"
    assert best("items[0].name") is None
    assert best("patient/address/line") == "user.contact.address.street"


@pytest.mark.parametrize(
    "header",
    ["authorization", "Authorization", "cookie", "Set-Cookie", "x-api-key", "X-Api-Key", "Proxy-Authorization"],
)
def test_headers_that_open_doors(header: str) -> None:
    facets = {label.facet for label in classify_key(header)}
    assert "credential" in facets


def test_evidence_names_the_words_and_the_ground() -> None:
    label: Label = name_labels(Field("name", "customers"))[0]
    assert label.evidence == (
        "the name's words 'name' mean the name of a person, since it belongs to 'customer', which tells of people",
    )


def test_evidence_repeats_no_word_that_the_lexicon_does_not_know() -> None:
    for label in name_labels(Field("canaryone_address_city", "canarytwo_address_canarythree")):
        assert "canary" not in " ".join(label.evidence)


def test_the_type_of_a_persons_name_is_enough() -> None:
    assert best("Evaluator", None, "PN") == "user.name"


@pytest.mark.parametrize("name", ["", ".", "//", "1", "日本語", "a" * 10_000, "\x00", "_" * 500])
def test_odd_names_say_nothing(name: str) -> None:
    assert categories(name) == []


def test_a_short_comment_spells_out_a_name_that_is_a_code() -> None:
    label = name_labels(Field("c17", "tbl9", "varchar(80)", "Customer e-mail"))[0]
    assert label.category == "user.contact.email"
    assert label.evidence == ("the comment's words 'e mail' mean e-mail address",)
    assert not name_labels(Field("c17", "tbl9", "varchar(80)", "set when we sent the last e-mail to the customer"))
    assert not name_labels(Field("c17", "tbl9", "boolean", "Customer e-mail"))
    assert not name_labels(Field("status", "tbl9", "varchar(80)", "Customer e-mail"))


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("emp_ssn_num", "user.government_id.national_identification_number"),
        ("plate_no", "user.government_id.vehicle_registration"),
        ("phone_cell", "user.contact.phone_number"),
        ("ccn", "user.financial.credit_card"),
        ("date_of_death", "user.demographic"),
        ("bcc", "user.contact.email"),
        ("from_addr", "user.contact.email"),
    ],
)
def test_abbreviations_and_empty_words(name: str, category: str) -> None:
    assert best(name) == category


def test_the_ends_of_a_mail() -> None:
    columns = ["sender", "bcc", "subject", "body"]
    assert "user.contact.email" in categories("sender", "messages", "varchar(200)", columns)
    assert "user.contact.email" not in categories("sender", "parcels", "varchar(200)", ["sender", "weight"])
    assert best("subject", "messages", "varchar(200)", columns) == "user.content.private"


@pytest.mark.parametrize(
    ("column", "comment", "category"),
    [
        ("c17", "email address of the customer", "user.contact.email"),
        ("c17", "Date of birth of the patient", "user.demographic.date_of_birth"),
        ("name", "The user's full name", "user.name"),
        ("value", "the customer's phone number", "user.contact.phone_number"),
        ("number", "passport number of the holder", "user.government_id.passport_number"),
    ],
)
def test_a_comment_says_what_a_vague_name_does_not(column: str, comment: str, category: str) -> None:
    [label] = name_labels(Field(column, "t7", "text", comment))
    assert label.category == category
    assert "the comment's words" in label.evidence[0]


@pytest.mark.parametrize(
    ("column", "comment"),
    [
        ("name", "The name of the city where the customer lives"),
        ("status", "status of the user's email address"),
        ("title", "title of the course"),
    ],
)
def test_a_comment_that_tells_of_something_else_gives_no_label(column: str, comment: str) -> None:
    assert name_labels(Field(column, "t7", "text", comment)) == ()


def test_the_name_among_the_claims_of_a_token_is_a_persons() -> None:
    assert [label.category for label in name_labels(Field("name", "token", "text", None, ("sub", "name", "iat")))] == [
        "user.name"
    ]
