"""A bank line, or what is open of it, that nothing in the books is to stand for."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import StatementLine
from core.errors import InvalidInput
from core.text import read_line
from people.exceptional_acts import Kind, Request, lock_person, propose
from people.models import ExceptionalAct
from reconciliation.matches.amounts import open_part
from reconciliation.matches.hold import Seen, hold_lines
from reconciliation.matches.match import in_words, page_of
from reconciliation.matches.pairing import Done, reais, seen_from_json, seen_to_json
from reconciliation.matches.plan import require_open
from reconciliation.matches.write import Origin, begin_match
from reconciliation.models import Match
from tenants.models import Membership


@transaction.atomic
def ignore(line_id: UUID, *, by: Membership, why: str, seen: Seen | None = None) -> Done:
    """It stays in the difference between bank and books, in a column of its own. Above the
    company's limit it waits for a second person. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `line_used`) nothing of it is open; (code `already_asked`) the same
            waits already.
        Changed, NotAllowed: as `hold_lines`.
    """
    if not read_line(why):
        raise InvalidInput("Informe por que este lançamento é ignorado.", field="why")
    lock_person(by.tenant_id, by.user_id)
    line, amount = held_open(line_id, by, seen)
    request = Request(
        on=line,
        url=page_of(line),
        amount=abs(amount),
        title=f"{IGNORED.label}: {reais(abs(amount))} em {line}",
        why=why,
        counts_with=line.bank_account_id,
        effect={"Conta": str(line.bank_account), "Extrato": in_words(line)},
        value={"seen": seen_to_json(seen)},
    )
    act = propose(IGNORED, request, by=by)
    if act.is_waiting:
        return Done(None, act)
    return Done(Match.objects.of(by.tenant_id).get(exception=act))


def apply_ignored(act: ExceptionalAct, by: Membership) -> None:
    line, amount = held_open(act.subject_id, by, seen_from_json(act.value["seen"]))
    origin = Origin(by=by, exception=act)
    writing = begin_match(line.tenant_id, Match.Kind.IGNORE, origin, why=act.why)
    writing.add_line(line, amount, is_ignored=True)
    record(
        Act.LINE_IGNORED,
        on=writing.match,
        by=by.user,
        why=act.why,
        after={"Conta": str(line.bank_account), "Extrato": in_words(line), "Valor": reais(amount)},
    )


IGNORED = Kind("line_ignored", "Lançamento ignorado", apply_ignored)


def held_open(line_id: UUID, by: Membership, seen: Seen | None) -> tuple[StatementLine, Decimal]:
    (line,) = hold_lines([line_id], by=by, seen=seen)
    amount = open_part(line)
    require_open([line], {line.id: amount})
    return line, amount
