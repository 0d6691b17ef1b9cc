"""What forms of acts offer first: what was chosen the last time for lines like this one."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Q, When

from accounts.models import Account, JournalLine
from banking.models import BankAccount, StatementLine
from core.text import fold
from parties.models import Payee, Payer
from reconciliation.matches.items import digits_of
from reconciliation.matches.other_side import other_lines
from reconciliation.models import Match, MatchEffect
from reconciliation.rules.compiled import rule_for, rules_of
from tenants.models import Membership, TenantQuerySet

MOST_LINES = 5
MOST_PARTIES = 5  # of each kind


def classifications(tenant_id: UUID) -> TenantQuerySet:
    """What a bank line may be classified as."""
    accounts: TenantQuerySet = Account.objects.of(tenant_id).open().filter(is_bank_leaf=False)
    return accounts.select_related("group").order_by("code")


class Usual(NamedTuple):
    """What such a line was classified as the last time."""

    account: UUID | None = None
    cost_center: UUID | None = None


def usual_classification(line: StatementLine, by: Membership) -> Usual:
    """That of the rule that fits, where it was left to a person; else of the last line of the same
    other side and direction that became an entry, else of the last one of this person in that
    direction: of that the account alone."""
    rule = rule_for(rules_of(line.tenant_id), line)
    if rule is not None and (first := next(iter(rule.slices.all()), None)) is not None:
        return Usual(first.account_id, first.cost_center_id)
    made = MatchEffect.objects.of(line.tenant_id).filter(
        kind=MatchEffect.Kind.CREATED, match__kind=Match.Kind.CREATE, match__ended_at=None
    )
    side = "match__lines__amount__gt" if line.is_incoming else "match__lines__amount__lt"
    alike = made.filter(like(line), **{side: 0})
    for found in (alike, made.filter(match__made_by=by.user, **{side: 0})):
        entry = found.order_by("-match__made_at").values_list("entry", flat=True).first()
        if entry is not None:
            rows = JournalLine.objects.of(line.tenant_id).filter(entry=entry)
            rows = rows.filter(account__is_bank_leaf=False, account__archived_at=None)
            open_center = Case(When(cost_center__archived_at=None, then="cost_center"))
            last = rows.order_by("position").values_list("account", open_center).first()
            account, center = last or (None, None)
            return Usual(account, center if found is alike else None)
    return Usual()


def like(line: StatementLine) -> Q:
    if line.counterparty_document:
        return Q(match__lines__statement_line__counterparty_document=line.counterparty_document)
    return Q(match__lines__statement_line__words_folded=line.words_folded)


@dataclass(frozen=True, slots=True)
class Party:
    payee: Payee | None
    payer: Payer | None

    @property
    def name(self) -> str:
        return str(self.payee or self.payer)

    @property
    def document(self) -> str:
        row = self.payee or self.payer
        return row.document if row else ""

    @property
    def value(self) -> str:
        """As forms name it."""
        return f"payee:{self.payee.id}" if self.payee else f"payer:{self.payer.id}"  # type: ignore[union-attr]


def party_of(line: StatementLine) -> Party | None:
    """Who is registered with the document that the bank names."""
    document = line.counterparty_document
    if not document:
        return None
    if line.is_incoming:
        payer = Payer.objects.of(line.tenant_id).filter(document=document).first()
        return Party(None, payer) if payer else None
    payee = Payee.objects.of(line.tenant_id).filter(document=document).first()
    return Party(payee, None) if payee else None


def find_parties(line: StatementLine, text: str) -> list[Party]:
    """By name or document: those whom such a line is of in most cases first."""
    if not text.strip():
        return []
    named = Q(name_folded__contains=fold(text)) | Q(document__contains=digits_of(text))
    payees = Payee.objects.of(line.tenant_id).filter(named, archived_at=None).order_by("name", "id")
    payers = Payer.objects.of(line.tenant_id).filter(named, archived_at=None).order_by("name", "id")
    found = [Party(payee, None) for payee in payees[:MOST_PARTIES]]
    others = [Party(None, payer) for payer in payers[:MOST_PARTIES]]
    return [*others, *found] if line.is_incoming else [*found, *others]


def party_named(tenant_id: UUID, value: str) -> Party | None:
    kind, _, name = value.partition(":")
    try:
        row_id = UUID(name)
    except ValueError:
        return None
    if kind == "payee":
        payee = Payee.objects.of(tenant_id).filter(id=row_id).first()
        return Party(payee, None) if payee else None
    payer = Payer.objects.of(tenant_id).filter(id=row_id).first()
    return Party(None, payer) if payer else None


def usual_reason(by: Membership) -> str:
    """Why this person ignored the last line."""
    rows = Match.objects.of(by.tenant_id).filter(kind=Match.Kind.IGNORE, made_by=by.user)
    why: str | None = rows.order_by("-made_at", "-id").values_list("why", flat=True).first()
    return why or ""


def other_sides(line: StatementLine) -> list[StatementLine]:
    """Lines of other accounts that may be the other side of a transfer, the nearest day first."""
    found = list(other_lines(line)[: MOST_LINES * 2])
    return sorted(found, key=lambda each: abs(each.booked_on - line.booked_on))[:MOST_LINES]


def other_accounts(line: StatementLine) -> list[BankAccount]:
    accounts = BankAccount.objects.of(line.tenant_id).exclude(id=line.bank_account_id)
    return list(accounts.order_by("-is_preferred", "provider", "branch", "number"))
