"""The same boleto or Pix charge twice."""

from django.db.models import Q

from core.errors import InvalidInput
from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import Tenant


class AlreadyEntered(InvalidInput):
    """This boleto, or the charge of this Pix code, is another bill of the company already."""

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


def refuse_duplicate(tenant: Tenant, line: str = "", pix_charge: str = "") -> None:
    """
    Raises:
        AlreadyEntered: the company has this linha digitável, or what this Pix code charges,
            already, and it was not cancelled.
    """
    same = Q()
    if line:
        same |= Q(linha_digitavel=line)
    if pix_charge:
        same |= Q(pix_charge=pix_charge)
    if not same:
        return
    others = Payable.objects.of(tenant).filter(same).exclude(status=PayableStatus.CANCELLED)
    other = others.select_related("payee").first()
    if other is not None:
        raise AlreadyEntered(other)
