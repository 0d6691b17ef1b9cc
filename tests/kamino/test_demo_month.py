"""The demonstration's month at a bank without an integration, and the end of README's tour."""

from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, CostCenter, JournalLine
from banking.models import BankAccount, OpenLine, StatementLine
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from kamino.management.commands import _itau_month as month
from reconciliation.engine.accept import accept
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.differences import Difference, DifferenceKind
from reconciliation.matches.give_back import give_back
from reconciliation.matches.ignore import ignore
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Pairing
from reconciliation.matches.transfer import transfer
from reconciliation.matches.undo import undo
from reconciliation.models import LineQuestion, Match, MatchEffect, MatchLine, Proposal
from reconciliation.position.position import position_of
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.charges.conftest import at_cora, bs2, cora, kamino, later, monday

__all__ = ["at_cora", "bs2", "cora", "kamino", "later", "monday"]

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
SALES = "CREDITO VENDAS"
LIKELY = 50


def make() -> None:
    call_command("demo_month", stdout=StringIO())


def test_it_has_a_month_in_which_each_case_occurs_and_the_tour_ends_at_zero(
    tenant: Tenant, admin: User, operator: User, approver: User, at_cora: BankAccount
) -> None:
    call_command("demo_charges", stdout=StringIO())  # as the tour does before
    make()

    with tenant_scope(tenant.id):
        itau = BankAccount.objects.of(tenant).get(provider="outro")
        assert degrees_of(itau) == {"evidence": 11, "rule": 4, "open": 12}
        assert proposed_at(itau) == {
            ("-948.71", "settle", "interest"),
            ("-1800.00", "settle", ""),
            ("3922.93", "settle", "withholding"),
            ("1581.07", "settle", "interest"),
            ("-6250.75", "transfer", ""),
            ("1150.08", "settle", "fee"),
        }
        assert LineQuestion.objects.of(tenant).open().count() == 1
        assert told_by_center(tenant) == {
            ("Filial", True), ("Filial", False), ("Matriz", False),
        }  # fmt: skip
        assert not is_at_zero(itau)
        take_the_tour(itau, at_cora)
        assert is_at_zero(itau)
        assert is_at_zero(at_cora)

    with pytest.raises(CommandError):
        make()


def test_without_a_connected_account_it_makes_nothing(tenant: Tenant, cora: object) -> None:
    with pytest.raises(CommandError):
        make()


def lines_of(account: BankAccount) -> list[StatementLine]:
    return list(StatementLine.objects.of(account.tenant_id).filter(bank_account=account))


def open_lines(account: BankAccount) -> list[StatementLine]:
    rows = OpenLine.objects.of(account.tenant_id).filter(bank_account_id=account.id)
    is_open = set(rows.exclude(rest=0).values_list("id", flat=True))
    return [line for line in lines_of(account) if line.id in is_open]


def degrees_of(account: BankAccount) -> Counter[str]:
    rows = MatchLine.objects.of(account.tenant_id).filter(ended_at=None)
    told = dict(rows.values_list("statement_line_id", "match__degree"))
    return Counter(told.get(line.id, "open") for line in lines_of(account))


def told_by_center(tenant: Tenant) -> set[tuple[str, bool]]:
    """Cost centres of lines, and whether the entry is by hand; the others are of the rule."""
    lines = JournalLine.objects.of(tenant).filter(cost_center__isnull=False)
    return set(lines.values_list("cost_center__name", "entry__is_by_hand"))


def proposed_at(account: BankAccount) -> set[tuple[str, str, str]]:
    amounts = {line.id: str(line.amount) for line in open_lines(account)}
    rows = Proposal.objects.of(account.tenant_id).filter(line_id__in=amounts, rank=1)
    return {
        (amounts[row.line_id], row.kind, row.difference["kind"] if row.difference else "")
        for row in rows
    }


def is_at_zero(account: BankAccount) -> bool:
    position = position_of(account, sao_paulo_day(database_now()))
    parts = (
        position.to_reconcile,
        position.without_line,
        position.days_apart,
        position.unproved,
    )
    return position.bank == position.books and not any(part.amount for part in parts)


# --- As README tells it ---


def take_the_tour(itau: BankAccount, cora: BankAccount) -> None:
    tenant = itau.tenant
    davi = Membership.objects.of(tenant).select_related("user", "tenant").get(role=Role.FINANCE)
    named = {line.description: line for line in open_lines(itau)}

    def line(begins: str) -> StatementLine:
        (found,) = (each for text, each in named.items() if text.startswith(begins))
        return found

    accept_all(itau, davi)
    accept_all(cora, davi)
    items = JournalLine.objects.of(tenant).filter(
        account=itau.ledger_account, entry__memo__startswith="Venda no cartão"
    )
    fee = sum((each.amount for each in items), D(0)) - line(SALES).amount
    match_lines(
        Pairing(
            lines=[line(SALES).id],
            items=[Choice(ItemKind.ENTRY, each.id) for each in items],
            differences=[Difference(DifferenceKind.FEE, -fee, of=items[0].id)],
        ),
        by=davi,
    )
    transfer(line("TED ENVIADA MESMA").id, by=davi, other_account=cora)
    fuel = create(line("COMPRA CARTAO"), "5.4.02", davi, center="Filial")
    undo([fuel.id], by=davi)
    create(line("COMPRA CARTAO"), "5.4.02", davi, center="Filial")
    give_back(line("ESTORNO PARCIAL").id, line("COMPRA CARTAO").id, by=davi)
    create(line(month.ASKED), "4.1.01", davi)
    for begins in ("LANCAMENTO A REGULARIZAR", "LANCAMENTO REGULARIZADO"):
        assert ignore(line(begins).id, by=davi, why="Erro do banco").match


def accept_all(account: BankAccount, by: Membership) -> None:
    """What is likely, but what is matched by hand then; of equal lines each its own item."""
    for line in open_lines(account):
        if line.description.startswith(SALES):
            continue
        rows = Proposal.objects.of(by.tenant_id).filter(line_id=line.id, score__gte=LIKELY)
        for proposal in rows.order_by("rank"):
            if is_current(proposal) and accept(proposal, by=by):
                break


def is_current(proposal: Proposal) -> bool:
    """Whether no other line has taken what it proposes."""
    taken = MatchEffect.objects.of(proposal.tenant_id).filter(match__ended_at=None)
    entries = taken.filter(entry__lines__in=proposal.items)
    charges = taken.filter(settlement__charge__in=proposal.items)
    return not (entries.exists() or charges.exists())


def create(line: StatementLine, code: str, by: Membership, center: str = "") -> Match:
    account = Account.objects.of(by.tenant_id).get(code=code)
    named = CostCenter.objects.of(by.tenant_id).filter(name=center).first()
    slices = [Slice(account.id, cost_center=named.id if named else None)]
    return create_entry(line.id, slices, by=by)
