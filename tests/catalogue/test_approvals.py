"""What «Para aprovar» and its e-mails say: see tests/catalogue/test_payments.py."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from payments.bills.approval_notices import daily_news, urgent_news
from payments.bills.bulk_rejection import news_of
from payments.bills.changes import Changes
from payments.bills.warnings import Versus, edited
from payments.models import Approval, Payable, PayableEdit
from payments.reads.approvals import Group, compared
from tenants.models import User
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


def test_the_mail_of_bills_that_were_given_back_together() -> None:
    bills = [a_bill(created_by_id=1), a_bill(created_by_id=1)]

    told = news_of(bills, "Falta o pedido", datetime(2026, 11, 23, 13, 0, tzinfo=UTC))

    assert told.title == "2 contas que você lançou foram reprovadas."
    assert plain(told.text) == (
        "Motivo: Falta o pedido. No total, R$ 300,00: «Fornecedor Exemplo ME», "
        "«Fornecedor Exemplo ME»."
    )


@pytest.mark.parametrize(
    ("versus", "told"),
    [
        (
            Versus("R$ 1.900,00", "R$ 19.000,00", field="Valor"),
            "Valor: de R$ 1.900,00 para R$ 19.000,00",
        ),
        (
            Versus("Itaú 0123 / 45678-9", "Nubank 0001 / 9876-5", note="última paga em 13/11/2026"),
            "Antes Itaú 0123 / 45678-9 (última paga em 13/11/2026), agora Nubank 0001 / 9876-5",
        ),
    ],
)
def test_old_and_new(versus: Versus, told: str) -> None:
    assert str(versus) == told


def test_what_was_changed_after_an_approval() -> None:
    lia, davi = User(email="lia@example.com"), User(email="davi@example.com")
    at = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    values = {"Valor": ("R$ 1.900,00", "R$ 19.000,00")}
    changes = Changes(Approval(person=lia), [PayableEdit(person=davi, at=at)], values)

    caution = edited(changes)

    assert caution.title == "Alterada depois de aprovada"
    assert caution.whole == (
        "davi@example.com alterou esta conta em 23/11/2026, depois da aprovação de "
        "lia@example.com. Valor: de R$ 1.900,00 para R$ 19.000,00."
    )
