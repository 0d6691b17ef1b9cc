"""An approver takes a boleto as it is registered, though it is not what the bill says."""

from django.db import transaction
from django.db.models import CharField

from core.errors import Changed, InvalidState, NotAllowed
from payments.bills.approval import editors_of, lock
from payments.models import Acknowledgement, OfBill, Payable
from payments.states import PayableStatus
from payments.timeline import Tone, note
from tenants.models import Membership

TITLE_LIFTED = "Boleto liberado"


def title_digest(payable: Payable) -> str:
    """Of what the registered title and the bill say, as the database compares them."""
    digest = OfBill(function="payments_title_digest", output_field=CharField())
    bills = Payable.objects.of(payable.tenant_id).filter(id=payable.id).annotate(found=digest)
    found: str = bills.values_list("found", flat=True).get()
    return found


@transaction.atomic
def lift_title(payable: Payable, *, by: Membership, shown: str) -> None:
    """Let a boleto be sent though its title differs. `shown` is its `title_digest` then.

    A title that is read anew and says something else is held again.

    Raises:
        Changed: title or bill say something else by now.
        InvalidState: nothing differs, or it is lifted already, or was sent.
        NotAllowed: `by` may not approve the bill.
    """
    payable = lock(payable)
    if (
        not by.can_approve
        or payable.created_by_id == by.user_id
        or by.user_id in editors_of(payable)
    ):
        raise NotAllowed(
            "Só um aprovador que não lançou nem alterou a conta libera o boleto.", code="wrong_role"
        )
    is_open = payable.status in {PayableStatus.PENDING, PayableStatus.APPROVED}
    if not is_open or not payable.title_warnings:
        raise InvalidState("Não há divergência a liberar neste boleto.", code="nothing_to_lift")
    if title_digest(payable) != shown:
        raise Changed("Os dados do boleto mudaram. Confira os atuais.", code="changed")
    _, is_new = Acknowledgement.objects.get_or_create(
        tenant_id=payable.tenant_id, payable=payable, kind=Acknowledgement.Kind.TITLE,
        digest=shown, defaults={"person": by.user},
    )  # fmt: skip
    if not is_new:
        raise InvalidState("Este boleto já foi liberado.", code="lifted_already")
    text = f"Favorecido da conta: {payable.payee}. " + " ".join(payable.title_warnings)
    note(payable, TITLE_LIFTED, text, tone=Tone.WARN, by=by.user)
