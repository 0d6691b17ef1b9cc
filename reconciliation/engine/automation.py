"""Whether an account's lines are matched by themselves where evidence makes them certain, and what
that would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Abs

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount, OpenLine, StatementLine
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import NotAllowed
from reconciliation.engine.words import reason_words
from reconciliation.models import Automation, LineReading, MatchLine, Proposal
from tenants.models import Membership

LOOK_BACK = timedelta(days=90)
SHOWN = 50
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of an account: what of the lines of the last 90 days would be, or was, matched by itself."""

    account: BankAccount
    is_on: bool
    count: int  # open lines that are certain by evidence
    amount: Decimal  # of either side
    lines: Sequence[StatementLine]  # the newest of them, each with its `why`
    by_id: int  # matched by themselves
    by_evidence: int
    undone: int  # of those, taken back by people

    @property
    def is_idle(self) -> bool:
        """Nothing was matched by itself, and nothing would be."""
        return not (self.count or self.by_id or self.by_evidence or self.undone)


def outlooks_of(accounts: Sequence[BankAccount]) -> list[Outlook]:
    """Runs inside the accounts' company's scope."""
    return [outlook_of(account) for account in accounts]


def outlook_of(account: BankAccount) -> Outlook:
    since = sao_paulo_day(database_now()) - LOOK_BACK
    certain = certain_lines(account).filter(booked_on__gte=since)
    told = certain.aggregate(amount=Sum(Abs("amount"), default=ZERO))
    made = MatchLine.objects.of(account.tenant_id).filter(
        statement_line__bank_account=account, statement_line__booked_on__gte=since
    )
    automatic = made.filter(match__degree__in=["id", "evidence"])
    return Outlook(
        account=account,
        is_on=is_on(account),
        count=certain.count(),
        amount=told["amount"],
        lines=with_reasons(account, list(certain.order_by("-booked_on", "-id")[:SHOWN])),
        by_id=automatic.filter(match__degree="id", ended_at=None).count(),
        by_evidence=automatic.filter(match__degree="evidence", ended_at=None).count(),
        undone=automatic.filter(match__undone_by__isnull=False).count(),
    )


def certain_lines(account: BankAccount) -> Any:
    """Open ones whose first proposal is certain by evidence."""
    first = Proposal.objects.filter(
        tenant=OuterRef("tenant"), line_id=OuterRef("pk"), rank=1, degree="evidence"
    )
    here = OpenLine.objects.filter(tenant=OuterRef("tenant"), pk=OuterRef("pk"))
    rows = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
    return rows.filter(Exists(first), Exists(here)).annotate(
        reasons=Subquery(first.values("reasons")[:1])
    )


def with_reasons(account: BankAccount, lines: Sequence[StatementLine]) -> Sequence[StatementLine]:
    for line in lines:
        line.why = ", ".join(reason_words(line.reasons))  # type: ignore[attr-defined]
    return lines


def is_on(account: BankAccount) -> bool:
    rows = Automation.objects.of(account.tenant_id).filter(bank_account=account)
    return bool(rows.filter(by_evidence=True).exists())


@transaction.atomic
def switch_evidence(account: BankAccount, *, on: bool, by: Membership) -> None:
    """Switched on, the open lines of the account are looked at again. Runs inside the company's
    scope.

    Raises:
        NotAllowed: `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só quem administra muda a conciliação automática.", code="wrong_role")
    rows = BankAccount.objects.of(by.tenant_id).filter(id=account.id)
    list(rows.select_for_update(of=("self",), no_key=True).values_list("id"))
    if is_on(account) == on:
        return
    Automation.objects.update_or_create(
        tenant_id=by.tenant_id,
        bank_account=account,
        defaults={"by_evidence": on, "changed_by": by.user, "changed_at": database_now()},
    )
    if on:
        mine = LineReading.objects.of(by.tenant_id).filter(bank_account_id=account.id)
        mine.update(is_due=True)
        enqueue("reconciliation.tasks.look_at_lines_of", str(by.tenant_id))
    words = {True: "ligada", False: "desligada"}
    record(
        Act.AUTOMATION_CHANGED,
        on=account,
        by=by.user,
        before={"Por indícios": words[not on]},
        after={"Por indícios": words[on]},
    )
