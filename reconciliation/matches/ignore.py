"""A bank line, or what is open of it, that nothing in the books is to stand for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import StatementLine
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from people.exceptional_acts import Kind, Request, has_to_wait, lock_person, propose
from people.models import ExceptionalAct
from reconciliation.matches.amounts import open_part
from reconciliation.matches.hold import Seen, hold_lines
from reconciliation.matches.match import in_words, page_of
from reconciliation.matches.pairing import Done, reais, seen_from_json, seen_to_json
from reconciliation.matches.plan import require_open
from reconciliation.matches.write import Origin, begin_match, rule_named
from reconciliation.models import Match, Rule
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
        raise InvalidInput("Informe por que esta linha é ignorada.", field="why")
    lock_person(by.tenant_id, by.user_id)
    line, amount = held_open(line_id, by, seen)
    value = {"seen": seen_to_json(seen)}
    act = propose(IGNORED, request_of(line, amount, why, value), by=by)
    if act.is_waiting:
        return Done(None, act)
    return Done(Match.objects.of(by.tenant_id).get(exception=act))


@transaction.atomic
def ignore_by_rule(line_id: UUID, rule: Rule, *, by: Membership) -> Match:
    """By a rule that `by` has written: it counts as theirs, up to the company's limit. Who has no
    such lock takes `lock_person` first. Runs inside the company's scope.

    Raises:
        InvalidState: (code `above_limit`) a second person would have to release it; nothing is
            asked of anybody. Else as `ignore`.
    """
    lock_person(by.tenant_id, by.user_id)
    line, amount = held_open(line_id, by, None)
    value = {"seen": None, "rule": str(rule.id)}
    request = request_of(line, amount, rule.why, value)
    if has_to_wait(IGNORED, request, by=by):
        raise InvalidState(
            "Passa do limite da empresa para uma pessoa só: peça a liberação ao ignorar.",
            code="above_limit",
        )
    act = propose(IGNORED, request, by=by)
    found: Match = Match.objects.of(by.tenant_id).get(exception=act)
    return found


def request_of(line: StatementLine, amount: Decimal, why: str, value: Mapping[str, Any]) -> Request:
    return Request(
        on=line,
        url=page_of(line),
        amount=abs(amount),
        title=f"{IGNORED.label}: {reais(abs(amount))} em {line}",
        why=why,
        counts_with=line.bank_account_id,
        effect={"Conta": str(line.bank_account), "Extrato": in_words(line)},
        value=value,
    )


def apply_ignored(act: ExceptionalAct, by: Membership) -> None:
    line, amount = held_open(act.subject_id, by, seen_from_json(act.value["seen"]))
    origin = origin_of(act, by)
    writing = begin_match(line.tenant_id, Match.Kind.IGNORE, origin, why=act.why)
    writing.add_line(line, amount, is_ignored=True)
    record(
        Act.LINE_IGNORED,
        on=writing.match,
        by=origin.by.user if origin.by else None,
        why=act.why,
        after={
            "Conta": str(line.bank_account),
            "Extrato": in_words(line),
            "Valor": reais(amount),
            **rule_named(origin),
        },
    )


def origin_of(act: ExceptionalAct, by: Membership) -> Origin:
    if not (named := act.value.get("rule")):
        return Origin(by=by, exception=act)
    rule = Rule.objects.of(act.tenant_id).get(id=named)
    return Origin(by=None, degree=Match.Degree.RULE, exception=act, rule=rule)


IGNORED = Kind("line_ignored", "Linha ignorada", apply_ignored)


def held_open(line_id: UUID, by: Membership, seen: Seen | None) -> tuple[StatementLine, Decimal]:
    (line,) = hold_lines([line_id], by=by, seen=seen)
    amount = open_part(line)
    require_open([line], {line.id: amount})
    return line, amount
