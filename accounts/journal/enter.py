"""Write an entry by hand, line by line."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.journal.entries import post_entry
from accounts.journal.postings import Lines, Posting, posting
from accounts.models import JournalEntry
from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.money import format_brl
from tenants.models import Membership
from tenants.scope import tenant_scope

FIRST_DAY = dt.date(2000, 1, 1)
DAYS_AHEAD = 366
MOST_LINES = 40


def enter_entry(
    entry_id: UUID, *, date: dt.date, memo: str, lines: Lines, is_bank_seen: bool, by: Membership
) -> JournalEntry:
    """Write a balanced entry because a person says so. `entry_id` is that of the form: the same
    form twice is one entry.

    `is_bank_seen` says that the person was told what a line on a Conta do Ativo comes to: an open
    item of «Conciliar».

    Raises:
        NotAllowed: (code `wrong_role`) `by` does not work on the books.
        InvalidInput: as `post_entry`; or (its `field` named) the date is too far away, or a line is
            on a Conta do Ativo and that was not seen.
        InvalidState: an account or a cost centre is archived, or the form was sent before.
    """
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite lançar.", code="wrong_role")
    _check_day(date)
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"Um lançamento manual tem até {MOST_LINES} linhas.", code="too_many")
    postings = [posting(each) for each in lines]
    if any(each.account.is_bank_leaf for each in postings) and not is_bank_seen:
        raise InvalidInput(
            "Confirme que este lançamento mexe em uma conta bancária.",
            field="is_bank_seen",
            code="bank_not_seen",
        )
    with tenant_scope(by.tenant_id):
        entry = _post_once(entry_id, date, memo, postings, by)
        record(
            Act.ENTRY_POSTED,
            on=entry,
            by=by.user,
            after={
                "Lançamento": f"{entry.memo}, {entry.date:%d/%m/%Y}",
                "Valor": f"R$\u00a0{format_brl(entry.total)}",
                "Contas": "; ".join(map(_written, postings)),
            },
        )
    return entry


def _check_day(date: dt.date) -> None:
    last = sao_paulo_day(database_now()) + dt.timedelta(days=DAYS_AHEAD)
    if not FIRST_DAY <= date <= last:
        raise InvalidInput(
            f"A data vai de {FIRST_DAY:%d/%m/%Y} a {last:%d/%m/%Y}.", field="date", code="far_day"
        )


def _post_once(
    entry_id: UUID, date: dt.date, memo: str, lines: Lines, by: Membership
) -> JournalEntry:
    try:
        with transaction.atomic():
            return post_entry(
                by.tenant, date=date, memo=memo, lines=lines, by=by.user, by_hand_id=entry_id
            )
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint != "accounts_journalentry_pkey":
            raise
        raise InvalidState("Este lançamento já foi salvo.", code="saved_before") from None


def _written(line: Posting) -> str:
    side = "D" if line.amount > 0 else "C"
    return f"{side} {line.named} R$\u00a0{format_brl(abs(line.amount))}"
