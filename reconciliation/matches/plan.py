"""What matching would do: lines and items as they are now, held, and that they close."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import JournalEntry, JournalLine
from banking.models import StatementLine
from charges.models import Charge, Refund, Settlement
from charges.transitions import lock_charges
from core.errors import InvalidInput, InvalidState
from core.money import two_places
from payments.bills.approval import hold
from payments.bills.tiers import lock_rules
from payments.models import OutsidePayment, Payable, PaymentOrder
from payments.orders.bank_lines import orders_of
from payments.orders.transitions import lock_in_order
from payments.states import LIVE_ORDERS
from reconciliation.matches.amounts import open_parts, with_open_entries
from reconciliation.matches.differences import Difference, check_difference
from reconciliation.matches.hold import hold_lines
from reconciliation.matches.items import OPEN_BILLS, Choice, ItemKind, live_orders
from reconciliation.matches.pairing import Pairing, reais
from tenants.models import Membership

ZERO = Decimal("0.00")


@dataclass(slots=True)
class Planned:
    """An item, how much of it, and what passed through the bank with it. Signed as the line."""

    choice: Choice
    row: Any  # JournalLine, Payable or Charge
    part: Decimal
    differences: list[Difference] = field(default_factory=list)
    order: PaymentOrder | None = None  # of a bill: the one that lives

    @property
    def total(self) -> Decimal:
        return self.part + sum((each.amount for each in self.differences), ZERO)


@dataclass(frozen=True, slots=True)
class Plan:
    lines: Sequence[StatementLine]
    open: Mapping[UUID, Decimal]
    sign: int
    items: Sequence[Planned]
    free: Sequence[Difference]  # of no item: an entry of their own

    @property
    def total(self) -> Decimal:
        items = sum((each.total for each in self.items), ZERO)
        return items + sum((each.amount for each in self.free), ZERO)


def plan_of(pairing: Pairing, *, by: Membership) -> Plan:
    """Lines and items are held until the transaction ends.

    Raises:
        InvalidInput: the lines or items are none that may be matched together, a difference is
            wrong, or (code `does_not_close`) lines and items are not equal to the centavo.
        InvalidState: something of it is not open any more.
        Changed, NotAllowed: as `hold_lines`.
    """
    lines = hold_lines(pairing.lines, by=by, seen=pairing.seen)
    sign = require_one_side(lines)
    open_now = open_parts(by.tenant_id, [line.id for line in lines])
    require_open(lines, open_now)
    for difference in pairing.differences:
        check_difference(difference, sign)
    items = read_items(pairing.items, lines[0], sign, by)
    free = share_out(pairing.differences, items, sign)
    plan = Plan(lines, open_now, sign, items, free)
    require_same_sign(plan)
    require_closed(plan, leaves_open=pairing.leaves_open)
    return plan


def require_one_side(lines: Sequence[StatementLine]) -> int:
    if len({line.bank_account_id for line in lines}) > 1:
        raise InvalidInput(
            "Concilie de cada vez linhas de uma só conta.", field="lines", code="two_accounts"
        )
    if len({line.is_incoming for line in lines}) > 1:
        raise InvalidInput(
            "Entradas e saídas não são conciliadas no mesmo ato.", field="lines", code="two_sides"
        )
    return 1 if lines[0].is_incoming else -1


def require_open(lines: Iterable[StatementLine], open_now: Mapping[UUID, Decimal]) -> None:
    for line in lines:
        if not open_now[line.id]:
            raise InvalidState(f"«{line}» já está conciliado.", code="line_used")


def require_same_sign(plan: Plan) -> None:
    for each in plan.items:
        if each.total * plan.sign <= 0:
            raise InvalidInput(
                "As diferenças são maiores que o próprio item.",
                field="differences",
                code="too_much",
            )


def require_closed(plan: Plan, *, leaves_open: bool) -> None:
    there = sum(plan.open.values(), ZERO)
    missing = there - plan.total
    if missing and not (leaves_open and missing * plan.sign > 0):
        raise InvalidInput(
            f"Faltam {reais(abs(missing))} para fechar."
            if missing * plan.sign > 0
            else f"Os itens passam do extrato em {reais(abs(missing))}.",
            field="items",
            code="does_not_close",
        )


# --- Items ---


def read_items(
    choices: Sequence[Choice], line: StatementLine, sign: int, by: Membership
) -> list[Planned]:
    """In the order in which they were chosen; held in the order in which all hold them."""
    if not choices:
        raise InvalidInput("Escolha com o que conciliar.", field="items", code="no_items")
    if len({choice.id for choice in choices}) < len(choices):
        raise InvalidInput("Um item foi escolhido duas vezes.", field="items", code="twice")
    entries = held_entries(ids_of(choices, ItemKind.ENTRY), line)
    bills, orders = held_bills(ids_of(choices, ItemKind.BILL), by)
    charges = lock_charges(by.tenant_id, ids_of(choices, ItemKind.CHARGE))
    found: dict[UUID, Any] = {**entries, **bills, **charges}
    planned = []
    for choice in choices:
        row = found.get(choice.id)
        if row is None:
            raise InvalidState("Um item não está mais aberto: escolha de novo.", code="item_closed")
        part = read_part(choice, open_of(row), sign)
        planned.append(Planned(choice, row, part, order=orders.get(choice.id)))
    return planned


def ids_of(choices: Sequence[Choice], kind: ItemKind) -> list[UUID]:
    return [choice.id for choice in choices if choice.kind is kind]


def held_entries(ids: Sequence[UUID], line: StatementLine) -> dict[UUID, JournalLine]:
    """Those on the account's Conta do Ativo that stand."""
    rows = JournalLine.objects.of(line.tenant_id).filter(
        id__in=ids, account=line.bank_account.ledger_account_id, entry__reverses=None
    )
    held = rows.select_for_update(of=("self",), no_key=True).order_by("id")
    now = list(held.values_list("id", flat=True))  # what they join is read after they are held
    lines = with_open_entries(JournalLine.objects.of(line.tenant_id).filter(id__in=now))
    reversed_ones = set(
        JournalEntry.objects.of(line.tenant_id)
        .filter(reverses__lines__in=now)
        .values_list("reverses_id", flat=True)
    )
    return {
        each.id: each
        for each in lines.select_related("entry")
        if each.entry_id not in reversed_ones
    }


def held_bills(
    ids: Sequence[UUID], by: Membership
) -> tuple[dict[UUID, Payable], dict[UUID, PaymentOrder]]:
    """Those that are open, each with its order that lives, if it has one."""
    if not ids:
        return {}, {}
    lock_rules(by.tenant_id)
    mine = PaymentOrder.objects.of(by.tenant_id).filter(payable__in=ids, status__in=LIVE_ORDERS)
    lock_in_order(mine)
    bills = hold(Payable.objects.of(by.tenant_id).filter(id__in=ids, status__in=OPEN_BILLS))
    rows = bills.select_related("payee", "expense_account", "tenant")
    orders = {order.payable_id: order for order in live_orders(by.tenant_id, ids)}
    return {bill.id: bill for bill in rows}, orders


def open_of(row: Any) -> Decimal:
    """With the sign of the bank line that it would have."""
    if isinstance(row, Payable):
        return -row.amount
    if isinstance(row, Charge):
        return row.rest
    left: Decimal = row.open
    return left


def read_part(choice: Choice, left: Decimal, sign: int) -> Decimal:
    if left * sign <= 0:
        raise InvalidInput(
            "Um item aberto do mesmo lado do extrato: entrada com entrada, saída com saída."
            if left
            else "Um item já está conciliado por inteiro: escolha de novo.",
            field="items",
            code="other_side" if left else "item_closed",
        )
    if choice.amount is None:
        return left
    try:
        amount = two_places(choice.amount)
    except ValueError:
        raise InvalidInput("Use valores com duas casas decimais.", field="amount") from None
    if not 0 < amount <= abs(left):
        raise InvalidInput(
            f"O valor vai até {reais(abs(left))}, o que está aberto.",
            field="amount",
            code="too_much",
        )
    return amount * sign


# --- Differences ---


def share_out(
    differences: Sequence[Difference], items: Sequence[Planned], sign: int
) -> list[Difference]:
    """Give each difference to its item; returns those that get an entry of their own: what is
    more than entries that are there already."""
    by_id = {each.choice.id: each for each in items}
    free = []
    for difference in differences:
        owner = by_id.get(difference.of) if difference.of else only_one(items)
        if difference.of and owner is None:
            raise InvalidInput(
                "A diferença é de um item que não foi escolhido.", field="differences", code="of"
            )
        is_more = difference.amount * sign > 0
        if is_more and (owner is None or owner.choice.kind is ItemKind.ENTRY):
            free.append(difference)
        elif owner is None:
            raise InvalidInput(
                "Diga de qual dos itens é esta diferença.", field="differences", code="of"
            )
        else:
            owner.differences.append(difference)
    for each in items:
        if each.differences and each.choice.kind is ItemKind.ENTRY:
            require_rewritable(each)
    return free


def only_one(items: Sequence[Planned]) -> Planned | None:
    return items[0] if len(items) == 1 else None


def require_rewritable(planned: Planned) -> None:
    """What is less than an entry changes the entry: it is written again with the difference."""
    row: JournalLine = planned.row
    if planned.part != row.amount:
        raise InvalidState(
            "Uma diferença só é lançada em um lançamento que ninguém conciliou ainda, inteiro.",
            code="entry_in_part",
        )
    if is_of_document(row.entry):
        raise InvalidState(
            "Este lançamento é de uma conta ou cobrança: a diferença é registrada nela.",
            code="entry_of_document",
        )


def is_of_document(entry: JournalEntry) -> bool:
    """Whether a bill, a charge or a refund names it as its own."""
    tenant_id = entry.tenant_id
    return bool(
        orders_of(tenant_id, [entry])
        or OutsidePayment.objects.of(tenant_id).filter(entry=entry).exists()
        or Settlement.objects.ever(tenant_id).filter(entry=entry).exists()
        or Refund.objects.of(tenant_id).filter(entry=entry).exists()
    )
