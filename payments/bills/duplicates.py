"""The same boleto or Pix charge twice.

A boleto is paid once, and so is a Pix code that says so itself; a second bill with it is refused.
Any other Pix code may be paid as often as wanted: the second bill is asked about on the page,
taken by the API, and carries which bill it repeats, for who approves it (docs/decisions/0020).
"""

from django.db import connection

from core.errors import InvalidInput
from payments.bills.parsing import PixCharge
from payments.models import Payable, PayableQuerySet
from payments.states import PayableStatus
from tenants.models import Tenant


class AlreadyEntered(InvalidInput):
    """This boleto, or this Pix code for one payment, is another bill of the company already."""

    def __init__(self, payable: Payable) -> None:
        what = (
            "Esta cobrança Pix já foi lançada" if payable.is_pix else "Este boleto já foi lançado"
        )
        super().__init__(
            f"{what}: {payable.payee}, {payable.get_status_display().lower()}.",
            field="pix_code" if payable.is_pix else "linha_digitavel",
            code="already_entered",
        )
        self.payable = payable


def refuse_duplicate(
    tenant: Tenant, line: str = "", pix_charge: str = "", *, but: Payable | None = None
) -> None:
    """`pix_charge` is of a code for one payment; `but` is the bill that is being changed.

    Raises:
        AlreadyEntered: the company has this linha digitável, or what this Pix code charges,
            already, and it was not cancelled.
    """
    living = others(tenant, but)
    if line:
        living = living.filter(linha_digitavel=line)
    elif pix_charge:
        living = living.filter(pix_charge=pix_charge, is_single_use=True)
    else:
        return
    other = living.select_related("payee").first()
    if other is not None:
        raise AlreadyEntered(other)


def others(tenant: Tenant, but: Payable | None) -> PayableQuerySet:
    """The company's bills that were not cancelled, and are not that one."""
    living: PayableQuerySet = Payable.objects.of(tenant).exclude(status=PayableStatus.CANCELLED)
    return living.exclude(id=but.id) if but else living


def bill_with_code(
    tenant: Tenant, charge: PixCharge, *, but: Payable | None = None
) -> Payable | None:
    """The newest other bill with the same code: paid, or still to be."""
    living = others(tenant, but).filter(pix_charge=charge.charge)
    found: Payable | None = living.select_related("payee").order_by("-created_at", "-id").first()
    return found


def lock_code(tenant: Tenant, charge: PixCharge) -> None:
    """Two people who enter one code at once do so one after the other, until the commit."""
    with connection.cursor() as cursor:
        name = f"pix_charge {tenant.id} {charge.charge}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
