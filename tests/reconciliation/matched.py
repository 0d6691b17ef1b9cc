"""What tests do with bank lines: match, look at what is open, read the books."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.journal.entries import balances, post_entry
from accounts.journal.postings import Posting
from accounts.models import Account, CostCenter, JournalEntry, JournalLine
from banking.models import BankAccount, StatementLine
from banking.statements.allocation import line_on
from charges.models import Charge
from payments.models import Payable
from reconciliation.matches.amounts import open_part
from reconciliation.matches.differences import Difference, DifferenceKind
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Done, Pairing
from reconciliation.models import Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import make_line

D = Decimal
DAY = date(2026, 11, 20)


def account_named(tenant: Tenant, code: str) -> Account:
    with tenant_scope(tenant.id):
        found: Account = Account.objects.of(tenant).get(code=code)
    return found


def make_entry(
    account: BankAccount,
    amount: str,
    *,
    code: str = "5.3.02",
    day: date = DAY,
    memo: str = "Lançamento de teste",
    center: CostCenter | None = None,
) -> JournalLine:
    """An entry by hand on the Conta do Ativo; its line there."""
    with tenant_scope(account.tenant_id):
        other = Account.objects.of(account.tenant_id).get(code=code)
        entry = post_entry(
            account.tenant,
            date=day,
            memo=memo,
            lines=[(account.ledger_account, D(amount)), Posting(other, -D(amount), center)],
        )
        found = line_on(account, entry)
    assert found is not None
    found.entry = entry
    return found


def line(account: BankAccount, amount: str, day: date = DAY, **changes: Any) -> StatementLine:
    """No bill's or charge's own: the bank does not say what it was."""
    return make_line(account, amount, day, **{"kind": "other", "description": "LANC", **changes})


def choice(item: Any, amount: str | None = None, **more: Any) -> Choice:
    kinds = {JournalLine: ItemKind.ENTRY, Payable: ItemKind.BILL, Charge: ItemKind.CHARGE}
    part = D(amount) if amount else None
    return Choice(kinds[type(item)], item.id, part, **more)


def difference(
    kind: str, amount: str, account: Account | None = None, of: Any = None
) -> Difference:
    return Difference(
        DifferenceKind(kind), D(amount), account.id if account else None, of.id if of else None
    )


def match(
    lines: StatementLine | Sequence[StatementLine],
    items: Any,
    *differences: Difference,
    by: Membership,
    **more: Any,
) -> Done:
    lines = [lines] if isinstance(lines, StatementLine) else lines
    items = items if isinstance(items, list) else [items]
    chosen = [each if isinstance(each, Choice) else choice(each) for each in items]
    pairing = Pairing(
        lines=[each.id for each in lines], items=chosen, differences=differences, **more
    )
    with tenant_scope(by.tenant_id):
        return match_lines(pairing, by=by)


def matched(*args: Any, **more: Any) -> Match:
    done = match(*args, **more)
    assert done.match is not None
    return done.match


def open_of(row: StatementLine) -> Decimal:
    with tenant_scope(row.tenant_id):
        return open_part(row)


def balance(tenant: Tenant, account: Account | str) -> Decimal:
    if isinstance(account, str):
        account = account_named(tenant, account)
    with tenant_scope(tenant.id):
        return balances(tenant, [account])[account.id]


def entry_lines(entry: JournalEntry) -> dict[str, Decimal]:
    """By the code of the account."""
    with tenant_scope(entry.tenant_id):
        rows = entry.lines.select_related("account")
        return {each.account.code: each.amount for each in rows}


def purpose_balance(tenant: Tenant, purpose: str) -> Decimal:
    with tenant_scope(tenant.id):
        found = Account.objects.of(tenant).get(purpose=purpose)
    return balance(tenant, found)


def ids(*rows: Any) -> list[UUID]:
    return [row.id for row in rows]
