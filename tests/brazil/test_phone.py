import pytest

from brazil.phone import AREAS, format_phone, parse_mobile, parse_phone
from tests.brazil.cases import is_sentence, reason_of


def test_there_are_67_areas() -> None:
    assert len(AREAS) == 67


@pytest.mark.parametrize("area", [str(area) for area in range(11, 100)])
def test_a_number_is_of_an_area_that_exists(area: str) -> None:
    phone = f"({area}) 98765-4321"

    if area in AREAS:
        assert parse_mobile(phone) == f"+55{area}987654321"
    else:
        assert is_sentence(reason_of(parse_mobile, phone))


@pytest.mark.parametrize("phone", ["(23) 98765-4321", "+5536999990000", "5526987654321"])
def test_an_area_that_does_not_exist_is_named(phone: str) -> None:
    reason = reason_of(parse_mobile, phone)

    assert reason is not None and any(area in reason for area in ("23", "36", "26"))


@pytest.mark.parametrize(
    ("typed", "kept", "written"),
    [
        ("(11) 98765-4321", "+5511987654321", "(11) 98765-4321"),
        ("11 3456-7890", "+551134567890", "(11) 3456-7890"),
        ("551134567890", "+551134567890", "(11) 3456-7890"),
        ("+55 11 98765 4321", "+5511987654321", "(11) 98765-4321"),
    ],
)
def test_a_telephone_is_a_mobile_or_a_landline(typed: str, kept: str, written: str) -> None:
    assert parse_phone(typed) == kept
    assert format_phone(kept) == written


@pytest.mark.parametrize(
    "typed", ["(23) 3456-7890", "987654321", "11 9876-5432", "+1 202 555 0100"]
)
def test_what_is_no_telephone_is_refused(typed: str) -> None:
    assert is_sentence(reason_of(parse_phone, typed))
