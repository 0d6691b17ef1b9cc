"""A Pix that leaves from none of our accounts can be paid in any bank's app, by its code."""

import re
from datetime import date
from decimal import Decimal

import pytest
import segno
from django.test import Client
from django.urls import reverse

from brazil.br_code import parse_br_code
from core.templatetags.qr import qr_svg
from tenants.models import Tenant
from tests.payments.factories import PIX_ACCOUNT, PIX_KEY, make_bank_account, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

HEADING = "Pagar fora do Kamino"


def page_of(client: Client, payable) -> str:
    page = client.get(reverse("payments:detail", args=[payable.id])).content.decode()
    return page.replace("\u00a0", " ")


def code_of(page: str) -> str:
    found = re.search(r'class="copy__value">(000201[^<]+)<', page)
    assert found
    return found[1]


def test_a_pix_by_key_has_a_code_for_its_key_and_amount(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, "1234.56", approved=True, destination=PIX_KEY)

    page = page_of(as_operator, payable)

    code = code_of(page)
    told = parse_br_code(code)
    assert (told.key, told.amount) == (payable.pix_key, Decimal("1234.56"))
    assert qr_svg(code) in page
    assert HEADING in page


def test_a_name_without_a_latin_letter_has_a_code_too(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY, payee_name="株式会社")

    assert parse_br_code(code_of(page_of(as_operator, payable))).name == "FAVORECIDO"


def test_what_the_account_sends_has_no_code(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant, provider="kamino")
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)

    assert HEADING not in page_of(as_operator, payable)


def test_nobody_is_shown_a_code_for_what_was_not_approved(
    as_operator: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, destination=PIX_KEY)

    assert HEADING not in page_of(as_operator, payable)


@pytest.mark.parametrize("destination", [PIX_ACCOUNT, None], ids=["account", "ted"])
def test_what_no_code_can_say_has_none(
    as_operator: Client, tenant: Tenant, destination: dict | None
) -> None:
    make_bank_account(tenant)
    more = {"destination": destination} if destination else {}
    payable = make_payable(tenant, approved=True, due_date=date(2026, 11, 24), **more)

    assert HEADING not in page_of(as_operator, payable)


def test_the_drawing_is_the_code_and_nothing_that_the_page_refuses() -> None:
    drawing = qr_svg("00020126")

    modules = sum(sum(row) for row in segno.make("00020126", error="m", micro=False).matrix)
    lengths = re.search(r'stroke="#000" d="([^"]+)"', drawing)
    assert lengths
    assert sum(int(length) for length in re.findall(r"h(\d+)", lengths[1])) == modules
    assert "style=" not in drawing and "<script" not in drawing
