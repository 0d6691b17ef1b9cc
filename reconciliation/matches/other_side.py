"""The other side of a transfer: which line it may be, and which transfer waits for a line.

Everything here runs inside the company's scope. Amounts are reais.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from banking.models import BankAccount, StatementLine
from brazil.banking_days import next_banking_day, previous_banking_day
from brazil.document import is_same_company
from core.dates import ONE_DAY
from core.money import to_cents
from reconciliation.matches.amounts import with_open
from reconciliation.models import Transfer
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")
NEAR = 5  # banking days


def near(day: date) -> tuple[date, date]:
    """Up to NEAR banking days apart, both included."""
    since = until = day
    for _ in range(NEAR):
        since = previous_banking_day(since - ONE_DAY)
        until = next_banking_day(until + ONE_DAY)
    return since, until


def other_lines(
    line: StatementLine, account: BankAccount | None = None, fee: Decimal = ZERO
) -> TenantQuerySet:
    """Lines of nothing yet, of other accounts or of that one, which may be the other side: equal
    but for the fee of the sender's bank, at most five banking days apart. Runs inside the company's
    scope."""
    wanted = -line.amount - fee
    rows = StatementLine.objects.of(line.tenant_id).filter(
        cents=to_cents(wanted), booked_on__range=near(line.booked_on)
    )
    rows = rows.exclude(bank_account=line.bank_account_id)
    if account is not None:
        rows = rows.filter(bank_account=account)
    free = with_open(rows).filter(open=wanted).select_related("bank_account")
    found: TenantQuerySet = free.order_by("booked_on", "id")
    return found


def sure_other(line: StatementLine, account: BankAccount, fee: Decimal) -> UUID | None:
    """The only line that may be it, where the bank says that it is of the company itself."""
    found: list[StatementLine] = list(other_lines(line, account, fee)[:2])
    if len(found) == 1 and is_of_ours(found[0]):
        return found[0].id
    return None


def is_of_ours(line: StatementLine) -> bool:
    """The bank names the company itself, by its root, as the other side."""
    document = line.counterparty_document
    return bool(document) and is_same_company(document, line.tenant.cnpj)


def waiting_for(line: StatementLine, account: BankAccount, fee: Decimal) -> Transfer | None:
    """The oldest transfer under way with that account which this line may complete."""
    rows = (
        Transfer.objects.of(line.tenant_id).under_way().filter(begun_on__range=near(line.booked_on))
    )
    if line.is_incoming:
        rows = rows.filter(
            waits_for_arrival=True, from_account=account, to_account=line.bank_account_id,
            amount=line.amount,
        )  # fmt: skip
    else:
        rows = rows.filter(
            waits_for_arrival=False, from_account=line.bank_account_id, to_account=account,
            amount=-line.amount - fee,
        )  # fmt: skip
    ordered = rows.order_by("begun_on", "id").select_related("match", "from_account", "to_account")
    found: Transfer | None = ordered.select_for_update(of=("self",), no_key=True).first()
    return found


def sure_line_of(
    transfer: Transfer, account: BankAccount, waiting: Sequence[Transfer]
) -> StatementLine | None:
    """The only line of the account that a transfer under way may wait for, where the bank names the
    company as its other side, and no other transfer waits for one like it."""
    amount = transfer.amount if transfer.waits_for_arrival else -transfer.amount
    rivals = [each for each in waiting if is_like(each, transfer)]
    rows = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, cents=to_cents(amount), booked_on__range=near(transfer.begun_on)
    )
    free = with_open(rows).filter(open=amount).select_related("bank_account", "tenant")
    found: list[StatementLine] = list(free.order_by("booked_on", "id")[:2])
    if len(found) == 1 and len(rivals) == 1 and is_of_ours(found[0]):
        return found[0]
    return None


def is_like(one: Transfer, other: Transfer) -> bool:
    return (one.amount, one.waits_for_arrival) == (other.amount, other.waits_for_arrival)
