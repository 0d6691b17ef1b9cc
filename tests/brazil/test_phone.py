import pytest

from brazil.phone import AREAS, parse_mobile
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
