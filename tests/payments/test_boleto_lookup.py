"""What the clearing house says of a boleto, read in the background and shown on the bill."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.banks.bs2.wire.payments import title_from_wire
from banking.banks.contract.errors import BankRejected, BankUnavailable
from banking.models import BankAccount
from payments.bills.boleto_lookup import (
    OTHER_ESTABLISHMENT,
    accounts_with_unread_titles,
    ask_for_titles,
)
from payments.bills.warnings import TITLE_DIFFERS
from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import Tenant
from tests.banking.factories import reread
from tests.payments.factories import BOLETO, make_bank_account, make_payable, move
from tests.payments.scripted_bank import ScriptedBank
from tests.payments.titles import title

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, provider="bs2")


@pytest.fixture
def payable(tenant: Tenant, account: BankAccount) -> Payable:
    return make_payable(tenant, "1234.56", destination=BOLETO)


def page_of(client: Client, payable: Payable) -> str:
    page = client.get(reverse("payments:detail", args=[payable.id])).content.decode()
    return page.replace("\xa0", " ")


def test_the_registered_payee_is_shown(
    as_operator: Client, account: BankAccount, payable: Payable
) -> None:
    assert ask_for_titles(account, ScriptedBank(title=title())) == 1

    page = page_of(as_operator, payable)
    assert "FORNECEDOR EXEMPLO ME" in page
    assert TITLE_DIFFERS not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"beneficiary_document": "11444777000161", "beneficiary_name": "OUTRA LTDA"},
            "OUTRA LTDA (11.444.777/0001-61)",
        ),
        ({"amount": Decimal("1300.00")}, "R$ 1.300,00"),
        ({"is_paid": True}, "já foi pago"),
    ],
)
def test_a_title_that_differs_is_warned_about(
    as_operator: Client,
    account: BankAccount,
    payable: Payable,
    changes: dict[str, Any],
    words: str,
) -> None:
    ask_for_titles(account, ScriptedBank(title=title(**changes)))

    page = page_of(as_operator, payable)
    assert page.count(TITLE_DIFFERS) == 2  # above, and on the timeline
    assert words in page


def test_another_establishment_of_the_payee_is_told_and_not_warned_about(
    as_operator: Client, account: BankAccount, payable: Payable
) -> None:
    branch = title(beneficiary_document="11222333000262")
    ask_for_titles(account, ScriptedBank(title=branch))

    page = page_of(as_operator, payable)
    assert page.count(OTHER_ESTABLISHMENT) == 2  # above, and on the timeline
    assert TITLE_DIFFERS not in page
    assert "timeline__item--warn" not in page and "note--warn" not in page


def test_a_title_of_an_alphanumeric_cnpj_is_warned_about(
    as_operator: Client, account: BankAccount, payable: Payable
) -> None:
    answer = {"beneficiario": {"nome": "OUTRA LTDA", "documento": "12.ABC.345/01DE-35"}}
    ask_for_titles(account, ScriptedBank(title=title_from_wire(answer, BOLETO)))

    assert reread(payable).title_document == "12ABC34501DE35"
    page = page_of(as_operator, payable)
    assert TITLE_DIFFERS in page and "12.ABC.345/01DE-35" in page


def test_a_name_that_does_not_fit_shows_where_it_is_cut(
    account: BankAccount, payable: Payable
) -> None:
    ask_for_titles(account, ScriptedBank(title=title(beneficiary_name="A" * 161)))

    assert reread(payable).title_name == "A" * 159 + "…"


def test_what_the_bank_does_not_say_is_no_difference(
    as_operator: Client, account: BankAccount, payable: Payable
) -> None:
    silent = title(beneficiary_name="", beneficiary_document="", amount=None)
    ask_for_titles(account, ScriptedBank(title=silent))

    assert TITLE_DIFFERS not in page_of(as_operator, payable)


def test_a_title_is_asked_for_once(account: BankAccount, payable: Payable) -> None:
    bank = ScriptedBank(title=title())

    for _ in range(2):
        ask_for_titles(account, bank)

    assert bank.looked_up == [BOLETO]


def test_a_bank_that_is_away_is_asked_again_in_an_hour(
    account: BankAccount, payable: Payable, monday: time_machine.Traveller
) -> None:
    away = ScriptedBank(title=BankUnavailable("O banco não respondeu."))
    ask_for_titles(account, away)
    bank = ScriptedBank(title=title())

    assert ask_for_titles(account, bank) == 0
    monday.shift(timedelta(hours=1))
    assert ask_for_titles(account, bank) == 1


def test_a_title_that_the_bank_does_not_show_is_told_once(
    as_operator: Client, account: BankAccount, payable: Payable
) -> None:
    bank = ScriptedBank(title=BankRejected("O banco BS2 recusou o pedido: não encontrado."))
    for _ in range(2):
        ask_for_titles(account, bank)

    assert len(bank.looked_up) == 1
    assert page_of(as_operator, payable).count("timeline__item--warn") == 1
    assert reread(payable).title_read_at is not None


def test_the_clock_finds_the_accounts_that_can_show_a_title(
    tenant: Tenant, account: BankAccount, payable: Payable
) -> None:
    assert accounts_with_unread_titles(timezone.now()) == [(tenant.id, account.id)]

    move(payable, PayableStatus.CANCELLED)
    assert accounts_with_unread_titles(timezone.now()) == []


def test_a_bill_that_another_bank_pays_is_not_looked_up(
    tenant: Tenant, account: BankAccount
) -> None:
    cora = make_bank_account(tenant, preferred=False)
    make_payable(tenant, "1234.56", destination=BOLETO, bank_account=cora)

    assert accounts_with_unread_titles(timezone.now()) == []


def test_a_ted_has_no_title(tenant: Tenant, account: BankAccount) -> None:
    make_payable(tenant)

    assert accounts_with_unread_titles(timezone.now()) == []
