"""Do what the rules say of lines, by the same acts as people do.

A rule posts on a line only where nobody and nothing has said a word of it: one that is explained,
also in part, on which a person undid something, of which a request waits, or whose party has an
open bill or charge, is left to a person.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from banking.models import Allocation, StatementLine
from core.clock import database_now
from core.errors import DomainError, InvalidState
from parties.models import Payee, Payer
from people.exceptional_acts import lock_person
from people.models import ExceptionalAct
from reconciliation.matches.amounts import open_part, open_parts
from reconciliation.matches.author import Product
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.hold import hold_accounts
from reconciliation.matches.ignore import ignore_by_rule
from reconciliation.matches.transfer import transfer
from reconciliation.matches.write import Origin
from reconciliation.models import Match, MatchLine, OpenedLine, Rule
from reconciliation.reads.offers import party_of
from reconciliation.rules.compiled import Compiled, rule_for, rules_of, slices_of
from tenants.acting import acting_member
from tenants.models import Membership

ZERO = Decimal("0.00")


class Held(StrEnum):
    """Why a rule that fits does not post by itself."""

    OPEN_ITEM = "open_item"  # documents before memory
    UNDONE = "undone"  # a person took something apart here
    ASKED = "asked"  # a request about the line waits for a second person
    OPENED = "opened"  # a person has just opened it
    REFUSED = "refused"  # the act itself: above the limit, an archived account or cost centre


@dataclass(frozen=True, slots=True)
class ForPerson:
    """A rule that fits, and why it only proposes."""

    rule: Rule
    held: Held
    words: str


@dataclass(slots=True)
class Applied:
    """By the line's id. Lines that no rule fits, or that are explained, are in neither."""

    done: dict[UUID, Match] = field(default_factory=dict)
    proposed: dict[UUID, ForPerson] = field(default_factory=dict)


WORDS = {
    Held.OPEN_ITEM: "Há conta ou cobrança em aberto desta parte: confira antes.",
    Held.UNDONE: "Uma pessoa desfez uma conciliação desta linha.",
    Held.ASKED: "Um pedido sobre esta linha aguarda liberação.",
    Held.OPENED: "Uma pessoa acabou de abrir esta linha.",
}


@transaction.atomic
def apply_rules(
    tenant_id: UUID,
    lines: Sequence[StatementLine],
    has_open_item: Callable[[StatementLine], bool],
    *,
    rules: Sequence[Compiled] | None = None,
) -> Applied:
    """Each line by itself: one that is refused takes no other along. Runs inside the company's
    scope; of several lines the later ones lock after the first went on record, so whoever works
    beside people gives one."""
    rules = rules_of(tenant_id) if rules is None else rules
    found = {line.id: rule for line in lines if (rule := rule_for(rules, line))}
    fitting = [line for line in lines if line.id in found]
    applied = Applied()
    if not fitting:
        return applied
    hold(tenant_id, fitting, found.values())
    untouched = whole_lines(tenant_id, fitting)
    held = held_lines(tenant_id, untouched)
    for line in fitting:
        if line.id not in untouched:
            continue
        rule, why = found[line.id], held.get(line.id)
        if why is None and has_open_item(line):
            why = Held.OPEN_ITEM
        if why is not None:
            applied.proposed[line.id] = ForPerson(rule, why, WORDS[why])
            continue
        try:
            applied.done[line.id] = apply_rule(rule, line)
        except DomainError as error:
            applied.proposed[line.id] = ForPerson(rule, Held.REFUSED, str(error))
    return applied


def hold(tenant_id: UUID, lines: Sequence[StatementLine], rules: Iterable[Rule]) -> None:
    """In the order in which all who act take them: people, then accounts."""
    ignoring = {rule.changed_by_id for rule in rules if rule.act == Rule.Act.IGNORE}
    for person in sorted(ignoring):
        lock_person(tenant_id, person)
    others = {rule.other_account_id for rule in rules if rule.other_account_id}
    hold_accounts(tenant_id, {line.bank_account_id for line in lines} | others)


def whole_lines(tenant_id: UUID, lines: Sequence[StatementLine]) -> set[UUID]:
    """Those of which nothing is explained yet."""
    left = open_parts(tenant_id, [line.id for line in lines])
    return {line.id for line in lines if left.get(line.id) == line.amount}


def held_lines(tenant_id: UUID, lines: Collection[UUID]) -> dict[UUID, Held]:
    """Those that a person has to do with."""
    return {
        **dict.fromkeys(opened_lines(tenant_id, lines), Held.OPENED),
        **dict.fromkeys(asked_lines(tenant_id, lines), Held.ASKED),
        **dict.fromkeys(undone_lines(tenant_id, lines), Held.UNDONE),
    }


def undone_lines(tenant_id: UUID, lines: Iterable[UUID]) -> set[UUID]:
    """Those on which a person undid something."""
    ids = list(lines)
    matches = MatchLine.objects.of(tenant_id).filter(
        statement_line__in=ids, match__undone_by__isnull=False
    )
    parts = Allocation.objects.of(tenant_id).undone().filter(statement_line__in=ids)
    return {
        *matches.values_list("statement_line_id", flat=True),
        *parts.values_list("statement_line_id", flat=True),
    }


def asked_lines(tenant_id: UUID, lines: Iterable[UUID]) -> set[UUID]:
    waiting = ExceptionalAct.objects.of(tenant_id).waiting().filter(subject_id__in=list(lines))
    return set(waiting.values_list("subject_id", flat=True))


def opened_lines(tenant_id: UUID, lines: Iterable[UUID]) -> set[UUID]:
    since = database_now() - OpenedLine.LEFT_ALONE
    rows = OpenedLine.objects.of(tenant_id).filter(id__in=list(lines), opened_at__gt=since)
    return set(rows.values_list("id", flat=True))


# --- One rule on one line ---


@transaction.atomic
def apply_rule(rule: Rule, line: StatementLine) -> Match:
    """Whatever its conditions are. Runs inside the company's scope.

    Raises:
        InvalidState: (code `line_used`) something of the line is explained already; (code
            `above_limit`) a second person would have to release it; (code `does_not_fit`) the
            parts of the rule are not less than the line.
        InvalidInput: an account or a cost centre of the rule may not be used any more.
        NotAllowed: who wrote the rule does not work on the statement any more.
    """
    hold(line.tenant_id, [line], [rule])
    if open_part(line) != line.amount:
        raise InvalidState(f"«{line}» já está conciliado.", code="line_used")
    if rule.act == Rule.Act.IGNORE:
        return ignore_by_rule(line.id, rule, by=author_of(rule))
    by = Product(line.tenant_id)
    origin = Origin(by=None, degree=Match.Degree.RULE, rule=rule, reasons=reasons_of(rule))
    if rule.act == Rule.Act.TRANSFER:
        made = transfer(line.id, by=by, other_account=rule.other_account, origin=origin)
        return made.match
    payee, payer = party_for(rule, line)
    slices = slices_for(rule, abs(line.amount))
    return create_entry(line.id, slices, by=by, payee=payee, payer=payer, origin=origin)


def reasons_of(rule: Rule) -> list[dict[str, str]]:
    return [{"slug": "rule", "words": f"regra «{rule}»"}]


def author_of(rule: Rule) -> Membership:
    """Who said last what the rule does.

    Raises:
        InvalidState: they do not work here any more.
    """
    found = acting_member(rule.tenant_id, rule.changed_by_id)
    if found is None:
        raise InvalidState(
            "Quem gravou esta regra não trabalha mais na empresa: grave-a de novo.",
            code="author_left",
        )
    return found


def party_for(rule: Rule, line: StatementLine) -> tuple[Payee | None, Payer | None]:
    """The rule's, where it names one; else the one of the line's document."""
    if rule.payee is not None:
        return rule.payee.merged_into or rule.payee, None
    if rule.payer is not None:
        return None, rule.payer
    party = party_of(line)
    return (party.payee, party.payer) if party else (None, None)


def slices_for(rule: Rule, whole: Decimal) -> list[Slice]:
    slices = slices_of(rule)
    told = sum((each.amount for each in slices if each.amount is not None), ZERO)
    if told >= whole:
        raise InvalidState(
            "As partes em reais desta regra não cabem no valor da linha.", code="does_not_fit"
        )
    return slices
