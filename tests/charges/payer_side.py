"""Charges that their payers can pay, and the addresses of their pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from banking.models import BankAccount
from charges.models import Charge, Slip
from charges.payer_page.address import page_address
from charges.payer_page.page import PayerView
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from parties.models import Payer
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import queue
from tests.charges.readings import shown

PIX = "00020126580014br.gov.bcb.pix2536pix.example/qr/v2/0123456789abcdef5204000053039865802BR6304"

FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)
MONDAY = date(2026, 11, 30)


def registered(charge: Charge, **changes: Any) -> Charge:
    """As if its bank had registered it, with line, bars and Pix."""
    slip = queue(charge)
    told = shown(slip)
    codes = {"linha_digitavel": told.linha_digitavel, "barcode": told.barcode, "pix_code": PIX}
    with tenant_scope(charge.tenant_id):
        mine = Slip.objects.of(charge.tenant_id).filter(id=slip.id)
        mine.update(status=SlipStatus.ISSUING)
        mine.update(status=SlipStatus.OPEN, **codes | changes)
        Charge.objects.of(charge.tenant_id).filter(id=charge.id).update(status=ChargeStatus.OPEN)
    found: Charge = reread(charge)
    found.tenant = charge.tenant  # which is not read outside of its scope
    return found


def address_of(charge: Charge) -> str:
    with tenant_scope(charge.tenant_id):
        return page_address(charge)


def path_of(charge: Charge) -> str:
    return "/pagar/" + address_of(charge).split("/pagar/")[1]


def settle(charge: Charge, amount: str | None = None) -> None:
    by = membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        told = Decimal(amount) if amount else charge.amount
        register_received(charge, by=by, amount=told, day=date(2026, 11, 23), way="cash")


def view(
    status: ChargeStatus = ChargeStatus.OPEN,
    slip: SlipStatus | None = SlipStatus.OPEN,
    *,
    today: date = date(2026, 11, 23),
    slip_changes: dict[str, Any] | None = None,
    **changes: Any,
) -> PayerView:
    """Of R$ 100,00 at BS2, due on FRIDAY, R$ 1,00 of interest a day; nothing of it is stored."""
    values = {
        "tenant": Tenant(name="Oficina Modelo", cnpj="11444777000161"),
        "payer": Payer(name="Cliente Exemplo Ltda"),
        "bank_account": BankAccount(provider="bs2", number="1234567-8"),
        "amount": Decimal("100.00"),
        "due_date": FRIDAY,
        "late_from": SATURDAY,
        "form": "boleto_pix",
        "interest_percent": Decimal("30.00"),
        "status": status,
    }
    charge = Charge(**values | changes)
    codes = {"linha_digitavel": "1" * 47, "barcode": "1" * 44, "pix_code": PIX}
    told = codes | {"amount": charge.amount, "due_date": charge.due_date, "form": charge.form}
    told |= {"bank_account": charge.bank_account, "content": {}}
    row = Slip(status=slip, **told | (slip_changes or {})) if slip else None
    return PayerView(charge, row, today)
