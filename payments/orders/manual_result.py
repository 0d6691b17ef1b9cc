"""«Informar resultado»: a person who looked at the bank says how an order ended."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.errors import InvalidState, NotAllowed
from payments.bills.particulars import reais
from payments.models import PaymentOrder
from payments.orders.settlement import NOT_PAID, News
from payments.orders.transitions import lock_order, move
from payments.states import OrderStatus
from payments.timeline import RESULT_CONFIRMED, Tone, note
from tenants.models import Membership


@transaction.atomic
def settle_by_hand(order: PaymentOrder, *, was_paid: bool, by: Membership) -> None:
    """A person looked at the bank's app and statement, and says how an order ended.

    Only for one that requires a look. Of an order that is paid already, `was_paid` says that it
    stays so and False that the money came back; the person's word stands above the bank's then.
    Where that is what is known, nothing but the question is closed.

    Raises:
        NotAllowed: `by` may not approve bills.
        InvalidState: nobody is asked about it (`still_asked`), or it ended otherwise and its bill
            was given back (`move_refused`).
        DomainError: the books do not take it.
    """
    if not by.can_approve:
        raise NotAllowed(
            "Só quem aprova contas pode informar o resultado deste pagamento.", code="wrong_role"
        )
    order = lock_order(order)
    if not order.needs_person:
        raise InvalidState(
            "O banco ainda está sendo consultado. Aguarde a resposta.", code="still_asked"
        )
    news = News(f"{by.user.display_name} conferiu no banco.", by=by.user)
    status = result_of(order, was_paid=was_paid)
    before = order.get_status_display()
    if status == order.status:
        close_review(order, news)
    else:
        move(order, status, news)
    record(
        Act.RESULT_TOLD,
        on=order.payable,
        by=by.user,
        before={"Pagamento": before},
        after={
            "Pagamento": status.label,
            "Valor": reais(order.payable),
            "Conta de débito": str(order.bank_account),
        },
    )


def result_of(order: PaymentOrder, *, was_paid: bool) -> OrderStatus:
    if was_paid:
        return OrderStatus.PAID
    if order.status == OrderStatus.PAID:
        return OrderStatus.RETURNED
    return OrderStatus(order.status) if order.status in NOT_PAID else OrderStatus.REJECTED


def close_review(order: PaymentOrder, news: News) -> None:
    """What was known is right. The bank is not asked again: its answer is what was looked into."""
    order.needs_person, order.seen, order.watch_until = False, "", None
    order.save(update_fields=["needs_person", "seen", "watch_until"])
    note(order.payable, RESULT_CONFIRMED, news.source, tone=Tone.OK, by=news.by)
