"""DARF and GPS: any that Cora takes arrives as it was, and the others stay here."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.errors import BankRejected
from banking.banks.contract.payments import WorkerIdType
from banking.banks.cora.wire import taxes
from banking.banks.http.json import read_json, write_json
from tests.banking.banks.conftest import make_darf, make_gps

CENTS = st.integers(1, 10**11 - 1)
CENTS_OR_NONE = st.just(0) | CENTS
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
NAMES = st.text(min_size=1, max_size=60).filter(str.strip)


def reais(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


@given(
    name=NAMES,
    code=st.from_regex("[0-9]{4,5}", fullmatch=True),
    days=st.tuples(DAYS, DAYS, st.none() | DAYS),
    main=CENTS,
    fine=CENTS_OR_NONE,
    interest=CENTS_OR_NONE,
)
def test_any_darf_arrives_as_it_was(
    name: str, code: str, days: tuple[Any, Any, Any], main: int, fine: int, interest: int
) -> None:
    reference, due, scheduled = days
    payment = make_darf(
        name=name,
        revenue_code=code,
        reference_date=reference,
        due_date=due,
        scheduled_for=scheduled,
        principal=reais(main),
        fine=reais(fine),
        interest=reais(interest),
    )

    body = read_json(write_json(taxes.darf_to_wire(payment)))

    data = body["data"]
    assert (data["name"], data["code"], data["type"]) == (name.strip(), code, "DARF")
    written = [data["reference_date"], data["due_date"], data.get("scheduled_at")]
    assert written == [str(reference), str(due), str(scheduled) if scheduled else None]
    sums = [data["amount"].get(part, 0) for part in ("main", "fine", "interest")]
    assert sums == [main, fine, interest]


@given(
    identifier=st.from_regex("[0-9]{11,14}", fullmatch=True),
    kind=st.sampled_from(WorkerIdType),
    competence=DAYS,
    inss=CENTS,
    others=CENTS_OR_NONE,
    charge=CENTS_OR_NONE,
)
def test_any_gps_arrives_with_its_three_amounts(
    identifier: str, kind: WorkerIdType, competence: date, inss: int, others: int, charge: int
) -> None:
    payment = make_gps(
        identifier=identifier,
        identifier_type=kind,
        competence=competence,
        inss=reais(inss),
        other_entities=reais(others),
        charges=reais(charge),
    )

    data = read_json(write_json(taxes.gps_to_wire(payment)))["data"]

    assert (data["identity"], data["identification_type"]) == (identifier, kind.value)
    assert data["competence"] == str(competence)[:7]
    assert data["amount"] == {"inss": inss, "other_entity": others, "charge": charge}


@pytest.mark.parametrize(
    "changes",
    [
        {"revenue_code": "12"},
        {"revenue_code": "123456"},
        {"revenue_code": "２０８９"},
        {"document": "1"},
        {"name": " "},
        {"principal": Decimal(0)},
        {"principal": Decimal("1.005")},
        {"fine": Decimal("-1")},
    ],
    ids=str,
)
def test_a_darf_that_cora_does_not_take_is_not_sent(changes: dict[str, Any]) -> None:
    with pytest.raises(BankRejected):
        taxes.darf_to_wire(make_darf(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_code": "10070"},
        {"identifier": "1234567891"},
        {"name": ""},
        {"inss": Decimal(0)},
        {"charges": Decimal("-1")},
    ],
    ids=str,
)
def test_a_gps_that_cora_does_not_take_is_not_sent(changes: dict[str, Any]) -> None:
    with pytest.raises(BankRejected):
        taxes.gps_to_wire(make_gps(**changes))
