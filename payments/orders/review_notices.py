"""People are told of orders that require a look, once each; those of one moment together."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.urls import reverse

from core.clock import database_now
from core.money import format_brl
from payments.models import PaymentOrder
from tenants.models import Role, Tenant
from tenants.notices import News, notify, withdraw
from tenants.scope import across_tenants, tenant_scope

PREFIX = "review:"
# Those who may say how a payment ended.
TOLD = (Role.ADMIN, Role.APPROVER)
IS_NEWS_FOR = timedelta(days=30)


def notify_of_reviews() -> None:
    """Tell of new ones, and take back what is true no longer. Safe to call again.

    Found in the rows, so that whatever asked for a person, and however it ended, is told. To be
    called outside of scopes.
    """
    with across_tenants():
        orders = PaymentOrder.objects.all()
        new = orders.filter(needs_person=True, review_notice=None)
        tenants = list(new.values_list("tenant_id", flat=True).distinct())
        over = orders.filter(needs_person=False, review_notice__isnull=False)
        settled = list(over.values_list("tenant_id", "review_notice").distinct())
    for tenant_id in tenants:
        tell(tenant_id)
    for tenant_id, notice in settled:
        take_back(tenant_id, notice)


def tell(tenant_id: UUID) -> None:
    """What another act holds now is told at the next tick."""
    with tenant_scope(tenant_id):
        mine = PaymentOrder.objects.of(tenant_id)
        new = mine.filter(needs_person=True, review_notice=None).order_by("id")
        locked = new.select_for_update(no_key=True, skip_locked=True, of=("self",))
        orders = list(locked.select_related("payable__payee"))
        if not orders:
            return
        notice = uuid4()
        mine.filter(id__in=[order.id for order in orders]).update(review_notice=notice)
        notify(Tenant.objects.get(id=tenant_id), TOLD, news_of(orders, notice))


def news_of(orders: list[PaymentOrder], notice: UUID) -> News:
    first = orders[0]
    if len(orders) == 1:
        title = (
            f"O pagamento de R$ {format_brl(first.amount)} a {first.payable.payee.name[:60]} "
            "requer conferência."
        )
        url = reverse("payments:detail", args=[first.payable_id])
    else:
        title = f"{len(orders)} pagamentos requerem conferência."
        url = reverse("payments:list")
    return News(
        subject=f"{PREFIX}{notice}",
        step="1",
        title=title[:120],
        text="Veja no histórico da conta o que o banco e o extrato mostram e, se for o caso, "
        "informe o resultado. Nada é reenviado automaticamente.",
        action="Conferir",
        url=url,
        until=database_now() + IS_NEWS_FOR,
    )


def take_back(tenant_id: UUID, notice: UUID) -> None:
    """Orders of that telling are settled: should one need a look again, it is told again."""
    with tenant_scope(tenant_id):
        mine = PaymentOrder.objects.of(tenant_id).filter(review_notice=notice)
        settled = mine.filter(needs_person=False).order_by("id")
        ids = list(settled.select_for_update(no_key=True).values_list("id", flat=True))
        mine.filter(id__in=ids).update(review_notice=None)
        if not mine.exists():
            withdraw(tenant_id, [f"{PREFIX}{notice}"])
