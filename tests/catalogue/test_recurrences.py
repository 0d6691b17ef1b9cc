"""What contracts say in each situation."""

from datetime import date
from decimal import Decimal

import pytest

from charges.models import Recurrence, RecurrenceValue
from charges.reads.recurrences import ContractRow
from charges.recurrences.adjust import late_words
from charges.recurrences.contract import adjustment_words
from parties.models import Payer
from tenants.models import Membership, Role

TODAY = date(2026, 11, 23)


def contract(**changes) -> Recurrence:
    values = {
        "payer": Payer(name="Cliente Exemplo Ltda"),
        "description": "Manutenção de {{mes}}",
        "day": 10,
        "first_month": date(2026, 2, 1),
        "next_month": date(2026, 12, 1),
        "next_due": date(2026, 12, 10),
        "adjust_month": 2,
        "index_name": "IPCA",
    }
    return Recurrence(**values | changes)


@pytest.mark.parametrize(
    ("changes", "label", "rhythm", "waits"),
    [
        ({}, "Ativa", "dia 10, todo mês", ""),
        ({"day": 31, "every_months": 3}, "Ativa", "último dia do mês, a cada 3 meses", ""),
        ({"left_out": 2}, "Ativa", "dia 10, todo mês", "2 competências ficaram de fora"),
        ({"asks_adjustment": True}, "Ativa", "dia 10, todo mês", "informe o reajuste pelo IPCA"),
        ({"trouble": "Assuma-a."}, "Ativa", "dia 10, todo mês", "Assuma-a."),
        ({"next_month": None, "next_due": None}, "Terminou", "dia 10, todo mês", ""),
    ],
)
def test_a_contract_in_the_list(changes, label, rhythm, waits):
    row = ContractRow(contract(**changes), Membership(role=Role.FINANCE), TODAY)

    assert (row.label, row.rhythm, row.waits) == (label, rhythm, waits)


def test_an_adjustment_that_came_late_is_told():
    value = RecurrenceValue(from_month=date(2027, 3, 1), anniversary=date(2027, 2, 1))

    assert late_words(contract(), value) == (
        "A cobrança de 10/02 já saiu pelo valor antigo; o novo vale de 10/03."
    )
    value.from_month = date(2027, 2, 1)
    assert late_words(contract(), value) == ""


def test_how_a_contract_is_adjusted():
    fixed = contract(adjustment="fixed", adjustment_percent=Decimal("4.00"))

    assert adjustment_words(fixed) == "4,00 % em fevereiro"
    assert adjustment_words(contract(adjustment="typed")) == "IPCA, em fevereiro"
    assert adjustment_words(contract()) == ""
