"""The numbers of the day, and approved bills that no run sends any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, Sum

from banking.models import BankAccount
from core.money import format_brl
from core.plurals import counted
from payments.models import Payable
from payments.rails.pix_policy import rail_for
from payments.rails.titles import is_unread
from payments.reads.list import WEEK
from payments.reads.status_label import Accounts, why_no_account
from payments.states import PayableStatus
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many bills there are; cancelled ones do not count."""

    today: int
    today_amount: Decimal
    week: int
    overdue: int


def numbers_of(tenant: Tenant, today: date) -> Numbers:
    """One query."""
    near = Q(payment_date__range=(today, today + WEEK)) & ~Q(status=PayableStatus.CANCELLED)
    late = Q(payment_date__lt=today, status__in=[PayableStatus.PENDING, PayableStatus.APPROVED])
    of_today = Q(payment_date=today)
    found = (
        Payable.objects.of(tenant)
        .filter(near | late)
        .aggregate(
            today=Count("id", filter=of_today),
            today_amount=Sum("amount", filter=of_today),
            week=Count("id", filter=Q(payment_date__gte=today)),
            overdue=Count("id", filter=late),
        )
    )
    return Numbers(**{**found, "today_amount": found["today_amount"] or Decimal(0)})


@dataclass(frozen=True, slots=True)
class LateNote:
    """Approved bills that no run sends any more: one click sends them."""

    ids: list[UUID]
    title: str
    text: str
    action: str


@dataclass(frozen=True, slots=True)
class StrandedNote:
    """Approved bills of today and before whose account cannot pay: first that is to be mended."""

    title: str
    text: str


def notes_of_waiting(
    tenant: Tenant, accounts: Accounts, today: date
) -> tuple[list[StrandedNote], list[LateNote]]:
    """What is approved and waits though its day has come. One query."""
    waiting = list(
        Payable.objects.of(tenant)
        .sendable()
        .filter(payment_date__lte=today)
        .select_related("payee", "approval")
        .order_by("payment_date", "id")
    )
    stranded: dict[BankAccount | None, list[Payable]] = {}
    payers: list[Payable] = []
    for payable in waiting:
        account = accounts.paying(payable)
        stay = stranded.setdefault(account, []) if why_no_account(account) else payers
        stay.append(payable)
    may_go = [p for p in payers if can_be_sent(p, accounts)]
    overdue = [p for p in may_go if p.payment_date < today]
    missed = [p for p in may_go if p.payment_date == today and missed_the_run(p, accounts)]
    late = [
        late_note(missed, "perdeu o envio das 7h", "perderam o envio das 7h"),
        late_note(overdue, "aprovada venceu sem pagamento", "aprovadas venceram sem pagamento"),
    ]
    return (
        [stranded_note(payables, account) for account, payables in stranded.items()],
        [note for note in late if note],
    )


def stranded_note(payables: Sequence[Payable], account: BankAccount | None) -> StrandedNote:
    number, total = len(payables), format_brl(sum((p.amount for p in payables), Decimal(0)))
    if account:
        what = f"{why_no_account(account)}. Refaça o vínculo ou pague por outra conta."
    else:
        what = "conecte uma conta para pagar."
    return StrandedNote(
        title=f"{counted(number, 'conta', 'contas')} sem conta bancária para pagamento",
        text=f"(R$\u00a0{total}): {what}",
    )


def can_be_sent(payable: Payable, accounts: Accounts) -> bool:
    """Whether a click may send it: its account pays it, and its boleto was read."""
    account = accounts.paying(payable)
    has_rail = account is not None and rail_for(payable, account) is not None
    return has_rail and not is_unread(payable, account)


def missed_the_run(payable: Payable, accounts: Accounts) -> bool:
    account = accounts.paying(payable)
    return account is not None and account.id in accounts.ran_today


def late_note(payables: Iterable[Payable], one: str, many: str) -> LateNote | None:
    amounts = {payable.id: payable.amount for payable in payables}
    if not amounts:
        return None
    number, total = len(amounts), format_brl(sum(amounts.values(), Decimal(0)))
    return LateNote(
        ids=list(amounts),
        title=f"{counted(number, 'conta', 'contas')} {one if number == 1 else many}",
        text=f"(R$\u00a0{total}). Envie manualmente.",
        action="Enviar agora" if number == 1 else f"Enviar as {number} agora",
    )
