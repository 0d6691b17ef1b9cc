"""Credits that name no slip, and are most likely the money of one: money in the account days before
the bank's API admits it.

They prove nothing and post nothing. The slip is «em pagamento», so nobody is reminded of it, until
the bank tells how it ended; the entry then has the day of the credit.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef

from banking.models import BankAccount, StatementLine
from banking.statements.allocation import unallocated
from brazil.banking_days import sao_paulo_day
from charges.models import Settlement, Slip
from charges.settlement.split import other_days
from charges.states import SlipStatus
from charges.terms.amounts import owed_on
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import lock_slip, move_slip
from core.apart import apart
from core.clock import database_now
from core.money import CENTAVO
from tenants.models import TenantQuerySet

RECENT = timedelta(days=15)
# Between the day that the bank tells and that of the credit.
BETWEEN = timedelta(days=5)
SEEN = "Crédito no extrato"


def see_credits(account: BankAccount) -> None:
    """Runs inside the company's scope."""
    forget_explained(account)
    for slip, line in likely(account):
        with apart("credit_not_seen", slip=str(slip.id)):
            see(slip, line)


def forget_explained(account: BankAccount) -> None:
    """The credit turned out to be something else: the slip is as the bank shows it."""
    slips = Slip.objects.of(account.tenant_id).filter(
        bank_account=account, status=SlipStatus.IN_PAYMENT, credit__allocations__ended_at=None
    )
    for slip in slips.filter(credit__allocations__isnull=False).distinct():
        held = lock_slip(slip)
        if held.status == SlipStatus.IN_PAYMENT:
            move_slip(held, SlipStatus.OPEN, credit=None)
            note(held.charge, "Crédito era de outra coisa", "Volta a estar em aberto.")


def likely(account: BankAccount) -> list[tuple[Slip, StatementLine]]:
    """Each open slip with the one credit of its payer that is what it costs, where no other credit
    and no other slip comes into question."""
    lines = free_credits(account)
    slips = open_slips(account).filter(
        charge__payer__document__in={line.counterparty_document for line in lines}
    )
    pairs = [(slip, line) for slip in slips for line in lines if fits(slip, line)]
    by_slip = Counter(slip.id for slip, _ in pairs)
    by_line = Counter(line.id for _, line in pairs)
    return [(s, line) for s, line in pairs if by_slip[s.id] == by_line[line.id] == 1]


def free_credits(account: BankAccount) -> Sequence[StatementLine]:
    """Of payers with an open slip, and not the money of a charge already."""
    since = sao_paulo_day(database_now() - RECENT)
    payers = open_slips(account).values("charge__payer__document")
    settled = Settlement.objects.filter(
        tenant=OuterRef("tenant"),
        bank_account=OuterRef("bank_account"),
        received=OuterRef("amount"),
        charge__payer__document=OuterRef("counterparty_document"),
        posted_on__range=(OuterRef("booked_on") - BETWEEN, OuterRef("booked_on") + BETWEEN),
    )
    lines = StatementLine.objects.of(account.tenant_id).filter(
        ~Exists(settled),
        bank_account=account,
        amount__gt=0,
        booked_on__gte=since,
        counterparty_document__in=payers,
        slips=None,
    )
    return list(unallocated(lines).order_by("booked_on", "id"))


def open_slips(account: BankAccount) -> TenantQuerySet:
    slips = Slip.objects.of(account.tenant_id).filter(
        bank_account=account, status=SlipStatus.OPEN, credit=None
    )
    found: TenantQuerySet = slips.select_related("charge__payer")
    return found


def fits(slip: Slip, line: StatementLine) -> bool:
    """Its payer's, since it was issued, and within a centavo of what it cost then."""
    if slip.charge.payer.document != line.counterparty_document:
        return False
    if line.booked_on < sao_paulo_day(slip.created_at):
        return False
    return any(
        abs(owed_on(slip.charge, day).total - line.amount) <= CENTAVO
        for day in [line.booked_on, *other_days(line.booked_on)]
    )


def see(slip: Slip, line: StatementLine) -> None:
    held = lock_slip(slip)
    if held.status != SlipStatus.OPEN or held.credit_id is not None:
        return
    move_slip(held, SlipStatus.IN_PAYMENT, credit=line)
    text = (
        f"{reais(line.amount)} de {line.counterparty_name or 'mesmo CPF ou CNPJ'} em "
        f"{line.booked_on:%d/%m/%Y}. {held.bank_account.bank_said.begins} ainda não informa o "
        "pagamento."
    )
    note(held.charge, SEEN, text, tone=Tone.INFO)
