"""Bills as a person sees them: in words, with what that person may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Case, IntegerField, Prefetch, Value, When

from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.arrecadacao import SEGMENTS
from brazil.banking_days import sao_paulo_day
from brazil.banks import bank_name
from brazil.br_code import build_static_br_code
from brazil.document import format_document
from brazil.errors import InvalidValue
from core.dates import near_day
from payments.bills.changes import with_changes
from payments.bills.parsing import PixCharge, reread_pix_code
from payments.bills.payee_data import enterers_of
from payments.bills.warnings import Caution, of_unread, over_limit, warnings_of
from payments.models import (
    Approval,
    OfBill,
    OutsidePayment,
    Payable,
    PayableEdit,
    PayableQuerySet,
    PaymentOrder,
)
from payments.orders.cancellation import why_not_cancellable
from payments.rails.destinations import ted_of, written
from payments.rails.keys import is_key_being_read
from payments.rails.limits import Limit, limits_of
from payments.rails.pix_policy import needs_new_approval, rail_for
from payments.rails.seal import digest_of, seal_of
from payments.rails.titles import is_being_read
from payments.reads import bank_word
from payments.reads.status_label import Accounts, Situation, situation_of
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from tenants.models import Membership

INTEGER = IntegerField()
NO_REASONS: Mapping[str, str] = {}
SATURDAY = 5
COLLECTION_LINE = 48
# A code has to name somebody somewhere; the payer's bank shows who the key really is of.
NO_NAME, NO_CITY = "FAVORECIDO", "BRASIL"


@dataclass(frozen=True)
class Row:
    payable: Payable
    orders: Sequence[PaymentOrder]  # newest first
    situation: Situation
    account: BankAccount | None  # where the money leaves, or will
    due: str
    due_detail: str
    by: Membership
    now: datetime
    limits: Mapping[tuple[UUID, str], Limit]  # of the company, by account and rail
    reason: str = ""  # why a run left it out

    @property
    def order(self) -> PaymentOrder | None:
        return self.orders[0] if self.orders else None

    @property
    def destination(self) -> str:
        """«Itaú 0123 / 45678-9», «chave e-mail ana@exemplo.com», or who issued the boleto."""
        payable, to = self.payable, self.payable.payee_account
        if self.left_as_ted and self.ted_destination:
            return self.ted_destination
        if payable.pix_key:
            kind = payable.get_pix_key_type_display()
            return f"chave {kind if kind.isupper() else kind.lower()} {self.pix_key}"
        if payable.pix_code:
            return f"copia e cola de {self.pix_charge.receiver or payable.payee.name}"
        if to is not None:
            return to.written
        line = payable.linha_digitavel
        return SEGMENTS[line[1]] if len(line) == COLLECTION_LINE else bank_name(line[:3])

    @property
    def pix_key(self) -> str:
        """As people write it."""
        key = self.payable.pix_key
        is_document = self.payable.pix_key_type in {Payable.KeyType.CPF, Payable.KeyType.CNPJ}
        return format_document(key) if is_document else key

    @property
    def pix_charge(self) -> PixCharge:
        """What the code of the bill says; for one that has a code."""
        return reread_pix_code(self.payable.pix_code)

    @property
    def is_open(self) -> bool:
        """Neither on its way to a bank, nor paid or given up."""
        return self.payable.status in {PayableStatus.PENDING, PayableStatus.APPROVED}

    @property
    def warnings(self) -> list[Caution]:
        """What to look at before it is approved and sent."""
        if not self.is_open:
            return []
        limited = [over_limit(self.over_limit)] if self.over_limit else []
        return warnings_of(self.payable) + limited + of_unread(self.payable, self.account)

    @property
    def can_lift_title(self) -> bool:
        """The boleto is registered otherwise, which nobody lifted yet, and this person may."""
        held: bool = self.payable.is_title_held  # type: ignore[attr-defined]
        may = self.by.can_approve and not self.is_mine and not self.edited_by_me
        return self.is_open and held and may

    @property
    def title_note(self) -> str:
        return bank_word.title_note(self.payable, self.account)

    @property
    def title_said(self) -> str:
        return bank_word.title_said(self.payable, self.account)

    @property
    def key_holder(self) -> str:
        return bank_word.key_holder(self.payable)

    @property
    def key_note(self) -> str:
        return bank_word.key_note(self.payable, self.account)

    @property
    def is_being_read(self) -> bool:
        """The bank is being asked for its title, or whose its key is."""
        asked = self.payable, self.account, self.now
        return self.is_open and (is_being_read(*asked) or is_key_being_read(*asked))

    @property
    def over_limit(self) -> str:
        """Why its account never sends it in one payment; empty when it does."""
        if self.account is None or (rail := rail_for(self.payable, self.account)) is None:
            return ""
        limit = self.limits.get((self.account.id, rail.value))
        return limit.why_not(self.payable.amount, Decimal(0), rail) if limit else ""

    @property
    def is_mine(self) -> bool:
        return self.payable.created_by_id == self.by.user_id

    @property
    def edited_by_me(self) -> bool:
        """This person changed what an approval seals, since the last one."""
        edits: list[PayableEdit] = self.payable.sealed_edits  # type: ignore[attr-defined]
        this_time = self.payable.approval_round
        return any(e.person_id == self.by.user_id and e.round == this_time for e in edits)

    @property
    def destination_by_me(self) -> bool:
        """This person entered where it goes, and nobody else has confirmed that."""
        return self.by.user_id in enterers_of(self.payable)

    @property
    def waits_for_approval(self) -> bool:
        return self.payable.is_pending and not self.payable.is_rejected

    @cached_property
    def given(self) -> list[Approval]:
        """Who approved the bill as it is, while others still have to."""
        if not self.waits_for_approval:
            return []
        approvals: list[Approval] = self.payable.given  # type: ignore[attr-defined]
        this_time = [a for a in approvals if a.round == self.payable.approval_round]
        return [a for a in this_time if a.digest == self.digest] if this_time else []

    @property
    def approved_by_me(self) -> bool:
        return any(a.person_id == self.by.user_id for a in self.given)

    @property
    def people(self) -> str:
        """«falta 1 de 2», or «será 1 de 2» before the first; empty where one is enough."""
        needed = self.payable.approvals_needed
        if self.given:
            return f"falta {max(1, needed - len(self.given))} de {max(2, needed)}"
        asked: int | None = self.payable.people_needed  # type: ignore[attr-defined]
        needed = max(needed, asked or 1)
        return f"será 1 de {needed}" if needed > 1 and self.can_approve else ""

    @property
    def can_approve(self) -> bool:
        has_written = self.is_mine or self.edited_by_me or self.destination_by_me
        may = self.by.can_approve and not has_written
        return self.waits_for_approval and may and not self.approved_by_me

    @property
    def can_edit(self) -> bool:
        is_here = self.payable.status in {PayableStatus.PENDING, PayableStatus.APPROVED}
        return is_here and self.by.can_enter

    @property
    def can_ask_again(self) -> bool:
        """An approver gave it back, and this person may send it to them again."""
        return self.payable.is_rejected and self.by.can_enter

    @property
    def can_settle(self) -> bool:
        """Neither the bank nor the statement tells how it ended, and this person may."""
        return bool(self.order and self.order.needs_person and self.by.can_approve)

    @property
    def is_at_bank(self) -> bool:
        """Waiting for approval there, and no cancellation was asked for yet."""
        order = self.order
        if order is None or order.status != OrderStatus.AT_BANK:
            return False
        return order.left_list_at is None and order.cancel_asked_at is None

    @property
    def why_not_back(self) -> str:
        """Why a payment that waits at the bank cannot be taken back from here."""
        return why_not_cancellable(self.order) if self.order and self.is_at_bank else ""

    @property
    def can_take_back(self) -> bool:
        may = self.by.can_enter or self.by.can_approve
        return self.is_at_bank and may and not self.why_not_back

    @property
    def needs_other_approver(self) -> bool:
        """Why «Aprovar» is not offered to somebody who approves."""
        may = self.by.can_approve and not self.approved_by_me
        return self.waits_for_approval and may and not self.can_approve

    @property
    def can_send(self) -> bool:
        can_leave = self.payable.is_sendable and self.has_rail and self.has_connection
        return self.by.can_enter and can_leave

    @property
    def can_ask_for_approval(self) -> bool:
        """It would go where its approval did not say: to send it is to have it approved again."""
        account, may = self.account, self.by.can_enter
        return may and account is not None and needs_new_approval(self.payable, account)

    @property
    def ted_destination(self) -> str:
        """Where it goes if it becomes a TED; empty for anything but a Pix to a key or code."""
        payable = self.payable
        if not payable.is_pix or payable.payee_account_id is not None:
            return ""
        return written(to) if (to := ted_of(payable)) else ""

    @property
    def left_as_ted(self) -> bool:
        """It is a Pix that left, or was paid, as the TED that its approval showed."""
        order = self.order
        is_gone = self.payable.status in {PayableStatus.SENT, PayableStatus.PAID}
        return self.payable.is_pix and is_gone and order is not None and order.rail == Rail.TED

    @property
    def method(self) -> str:
        """«Pix»; of one that left otherwise, what it left as."""
        return "TED" if self.left_as_ted else self.payable.get_method_display()

    @property
    def ted_kind(self) -> str:
        """«Conta corrente», of `ted_destination`."""
        to = ted_of(self.payable)
        return to.kind if to else ""

    @property
    def digest(self) -> str:
        """Of what an approver sees; for a bill that waits for approval."""
        return digest_of(seal_of(self.payable, self.account))

    @property
    def has_connection(self) -> bool:
        """Whether the account may be reached, or is still to be chosen."""
        return self.account is None or self.account.is_connected

    @property
    def has_rail(self) -> bool:
        """Whether the account can pay it, or is still to be chosen."""
        if self.account is None:
            return True
        return rail_for(self.payable, self.account) is not None

    @property
    def outside_code(self) -> str:
        """The code with which any bank's app pays a Pix that leaves from none of our accounts.

        Empty for anything else, and for one that goes to a branch and account: no code says that.
        """
        payable = self.payable
        if not payable.is_pix or payable.status != PayableStatus.APPROVED or self.has_rail:
            return ""
        if payable.pix_code or not payable.pix_key:
            return payable.pix_code
        name = payable.payee.name
        try:
            return build_static_br_code(payable.pix_key, name, NO_CITY, payable.amount)
        except InvalidValue:  # a name without one Latin letter
            return build_static_br_code(payable.pix_key, NO_NAME, NO_CITY, payable.amount)

    @property
    def can_pay_outside(self) -> bool:
        """This person may say that it was paid by another way."""
        order = self.order
        is_open = order is not None and (order.status in LIVE_ORDERS or order.needs_person)
        if is_open or not (self.by.can_enter or self.by.can_approve):
            return False
        return self.payable.status == PayableStatus.APPROVED or self.can_approve

    @property
    def outside_payment(self) -> OutsidePayment | None:
        """What says so; of a bill that is paid by another way."""
        if self.payable.status != PayableStatus.PAID:
            return None
        standing: list[OutsidePayment] = self.payable.paid_outside  # type: ignore[attr-defined]
        return standing[0] if standing else None

    @property
    def can_undo_outside(self) -> bool:
        return self.outside_payment is not None and (self.by.can_enter or self.by.can_approve)

    @property
    def can_cancel(self) -> bool:
        open_here = self.payable.status in {PayableStatus.PENDING, PayableStatus.APPROVED}
        return open_here and (self.by.can_enter or self.by.can_approve)


def rows_of(
    payables: PayableQuerySet,
    accounts: Accounts,
    by: Membership,
    now: datetime,
    *,
    reasons: Mapping[str, str] = NO_REASONS,
) -> list[Row]:
    """Six queries, whatever the number of bills. `reasons` are by the bill's id."""
    orders = PaymentOrder.objects.of(by.tenant_id).select_related(
        "bank_account__connection", "entry", "return_entry", "run"
    )
    outside = OutsidePayment.objects.of(by.tenant_id).filter(undone_at=None)
    outside = outside.select_related("bank_account", "account", "entry", "by")
    newest = orders.defer("content").order_by("-created_at", "-id")
    needed = OfBill(Value(by.user_id), function="payments_people_needed", output_field=INTEGER)
    payables = (
        with_changes(payables.with_details().with_cautions())
        .annotate(people_needed=Case(When(status=PayableStatus.PENDING, then=needed)))
        .select_related("created_by", "approval__person")
        .prefetch_related(
            Prefetch("orders", queryset=newest, to_attr="attempts"),
            Prefetch("outside_payments", queryset=outside, to_attr="paid_outside"),
        )
    )
    limits = limits_of(by.tenant_id)
    rows = [row_of(payable, accounts, by, now, limits) for payable in payables]
    return [replace(row, reason=reasons.get(str(row.payable.id), "")) for row in rows]


def row_of(
    payable: Payable,
    accounts: Accounts,
    by: Membership,
    now: datetime,
    limits: Mapping[tuple[UUID, str], Limit],
) -> Row:
    orders: list[PaymentOrder] = payable.attempts  # type: ignore[attr-defined]
    today = sao_paulo_day(now)
    last = orders[0] if orders else None
    is_sent = payable.status in {PayableStatus.SENT, PayableStatus.PAID}
    return Row(
        payable=payable,
        orders=orders,
        situation=situation_of(payable, last, accounts, now),
        account=last.bank_account if last and is_sent else accounts.paying(payable),
        due=near_day(payable.due_date, today),
        due_detail=rolled(payable.due_date, payable.payment_date, today),
        by=by,
        now=now,
        limits=limits,
    )


def rolled(due_date: date, payment_date: date, today: date) -> str:
    """«feriado: pagamento hoje», when the bill is paid on another day than it is due."""
    if payment_date == due_date:
        return ""
    if due_date.weekday() >= SATURDAY:
        why = "fim de semana"
    else:
        why = (
            "sem compensação bancária" if (due_date.month, due_date.day) == (12, 31) else "feriado"
        )
    return f"{why}: pagamento {near_day(payment_date, today)}"
