import pytest

from classifiers.types import declared, family, is_person_name


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("varchar(20)", "text"),
        ("TINYINT(1)", "boolean"),
        ("tinyint(4)", "integer"),
        ("double precision", "number"),
        ("timestamp with time zone", "date"),
        ("bytea", "binary"),
        ("uuid", "uuid"),
        ("jsonb", "json"),
        ("anything", None),
        ("", None),
        (None, None),
    ],
)
def test_families(written: str | None, expected: str | None) -> None:
    assert family(written) == declared(written).family == expected


@pytest.mark.parametrize(
    "written", ["text", "CLOB", "jsonb", "varchar(200)", "nvarchar(MAX)", "varchar ( 4000 )", "UT"]
)
def test_types_made_for_long_texts(written: str) -> None:
    assert declared(written).long


@pytest.mark.parametrize("written", [None, "", "string", "varchar", "varchar(199)", "char(²)", "varchar(", "int", "LO"])
def test_types_that_promise_no_room(written: str | None) -> None:
    assert not declared(written).long


def test_codes() -> None:
    assert declared("ENUM('a','b')").coded
    assert declared("CS").coded
    assert not declared("varchar(3)").coded


def test_the_representation_of_a_persons_name() -> None:
    assert is_person_name("PN")
    assert not is_person_name("pn")
