"""What «Para aprovar» and its e-mails say: see tests/catalogue/test_payments.py."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from payments.bills.approval_notices import daily_news, urgent_news
from payments.models import Payable
from payments.reads.approvals import Group, compared
from tests.catalogue.bills import a_bill, plain
from tests.payments.factories import TODAY


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (TODAY, "Hoje, segunda, 23 de novembro"),
        (TODAY + timedelta(days=1), "Amanhã, terça, 24 de novembro"),
        (TODAY + timedelta(days=4), "Sexta, 27 de novembro"),
        (TODAY - timedelta(days=2), "Venceu sábado, 21 de novembro"),
    ],
)
def test_the_days_of_the_list(day: date, title: str) -> None:
    assert Group(day, TODAY, []).title == title


@pytest.mark.parametrize(
    ("amount", "told"),
    [("150.00", "mesmo valor de 03/11"), ("471.20", "última: 471,20 em 03/11")],
)
def test_is_it_like_last_time(amount: str, told: str) -> None:
    bill = a_bill()
    last = Payable(amount=Decimal(amount), payment_date=date(2026, 11, 3))

    assert compared(bill, {bill.payee_id: last}) == told
    assert compared(bill, {}) == "primeira deste favorecido"


def test_the_mail_of_the_morning() -> None:
    bills = [a_bill(), a_bill(payment_date=TODAY + timedelta(days=1))]

    one, two = daily_news(1, bills[:1], TODAY), daily_news(1, bills, TODAY)

    assert one.title == "1 conta aguarda sua aprovação."
    assert plain(one.text) == "No total, R$ 150,00. 1 vence até hoje."
    assert two.title == "2 contas aguardam sua aprovação."
    assert plain(two.text) == "No total, R$ 300,00. 1 vence até hoje."


def test_the_mail_of_what_is_due_today() -> None:
    one, two = urgent_news(1, [a_bill()], TODAY), urgent_news(1, [a_bill(), a_bill()], TODAY)

    assert plain(one.title) == "Uma conta de R$ 150,00 vence hoje e aguarda sua aprovação."
    assert one.text.startswith("«Fornecedor Exemplo ME», lançada agora.")
    assert two.title == "2 contas vencem hoje e aguardam sua aprovação."
    assert plain(two.text).startswith("No total, R$ 300,00.")
