"""What a bank shows of a slip, as its adapter gives it."""

from datetime import date
from decimal import Decimal
from typing import Any

from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargePayment, ChargeState
from brazil.boleto import barcode_to_line, build_barcode
from charges.models import Slip
from charges.slips.readings import take_in
from charges.transitions import lock_slip
from tenants.scope import tenant_scope

DAY = date(2026, 11, 23)


def shown(slip: Slip, state: ChargeState = ChargeState.OPEN, **changes: Any) -> Reading:
    """A registered boleto of Cora's, with the codes that it should have."""
    number = f"{slip.id.int % 10**17:017d}"
    barcode = build_barcode(
        bank_code="403",
        amount=slip.amount,
        due_date=slip.due_date,
        free_field=f"00000{number}01" + "0",
    )
    values = {
        "reference": f"inv_{slip.id.hex}",
        "state": state,
        "amount": slip.amount,
        "due_date": slip.due_date,
        "code": slip.code,
        "linha_digitavel": barcode_to_line(barcode),
        "barcode": barcode,
        "our_number": number,
        "is_registered": True,
    }
    return Reading(**{**values, **changes})


def paid(slip: Slip, *amounts: str, day: date = DAY, **changes: Any) -> Reading:
    """Paid by as many payments."""
    payments = [
        ChargePayment(f"pay_{number}", Decimal(amount), day)
        for number, amount in enumerate(amounts)
    ]
    total = sum((payment.amount for payment in payments), Decimal(0))
    return shown(
        slip, ChargeState.PAID, payments=payments, paid_amount=total, paid_on=day, **changes
    )


def take(slip: Slip, reading: Reading) -> None:
    with tenant_scope(slip.tenant_id):
        take_in(lock_slip(slip), reading, source="O banco informou.")
