"""Where a bill is, said in one tag and one line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from banking.banks import registry
from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.dates import lasted, near_day
from payments.dispatch.schedule import STARTS_AT, opening_instant
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.rails.pix_policy import (
    FILE_TED_DETAILS,
    NEW_APPROVAL,
    OTHERWISE,
    OUTSIDE,
    day_by,
    lacks_ted_details,
    needs_new_approval,
    rail_for,
)
from payments.rails.titles import is_unread
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from tenants.models import Tenant

OVERDUE = "vencida, não enviada"
UNKNOWN = "resposta do banco desconhecida"
REQUIRES_A_LOOK = "requer conferência"
SEE_HISTORY = "abra a conta e veja o histórico"
PROVISIONAL = "data provisória"


@dataclass(frozen=True, slots=True)
class Situation:
    """`code` is for programs and stays; label and detail are for people."""

    code: str
    tone: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the situations of a page need to know of the company's accounts."""

    by_id: Mapping[UUID, BankAccount]
    ran_today: frozenset[UUID]

    @classmethod
    def of(cls, tenant: Tenant, now: datetime) -> "Accounts":
        """Two queries."""
        accounts = BankAccount.objects.of(tenant).select_related("connection")
        today = sao_paulo_day(now)
        runs = DispatchRun.objects.of(tenant).filter(
            day=today, started_at__gte=opening_instant(today)
        )
        return cls(
            {account.id: account for account in accounts},
            frozenset(runs.values_list("bank_account_id", flat=True)),
        )

    def paying(self, payable: Payable) -> BankAccount | None:
        """As `payments.dispatch.send_now` chooses."""
        if payable.bank_account_id:
            return self.by_id[payable.bank_account_id]
        return next((a for a in self.by_id.values() if a.is_preferred), None)


def situation_of(
    payable: Payable, order: PaymentOrder | None, accounts: Accounts, now: datetime
) -> Situation:
    """`order` is the bill's last one, with its entry."""
    if order is not None and order.status in LIVE_ORDERS:
        return _on_its_way(order, accounts.by_id[order.bank_account_id], now)
    if order is not None and order.needs_person:
        return Situation("ended_needs_a_person", "bad", REQUIRES_A_LOOK, SEE_HISTORY)
    match payable.status:
        case PayableStatus.PENDING if payable.is_rejected:
            return Situation(
                "rejected", "bad", "reprovada", "corrija e envie de novo para aprovação"
            )
        case PayableStatus.PENDING if payable.hold:
            return _came_back(payable, order)
        case PayableStatus.PENDING:
            return _pending(payable)
        case PayableStatus.APPROVED:
            return _approved(payable, accounts, now)
        case PayableStatus.PAID:
            return Situation("paid_outside", "ok", "paga", "fora do Kamino")
    return Situation(payable.status, "plain", payable.get_status_display().lower())


def _on_its_way(order: PaymentOrder, account: BankAccount, now: datetime) -> Situation:
    match order.status:
        case OrderStatus.QUEUED if order.message:
            return Situation(
                "retrying",
                "warn",
                "na fila de envio",
                "ainda não enviada, tentando novamente",
            )
        case OrderStatus.QUEUED:
            return Situation("queued", "info", "na fila de envio", "envio em instantes")
        case OrderStatus.SENDING:
            return Situation("sending", "info", "enviando ao banco")
        case OrderStatus.UNKNOWN if order.needs_person:
            return Situation(
                "unknown_for_a_person",
                "bad",
                UNKNOWN,
                "confira no aplicativo do banco e no extrato",
            )
        case OrderStatus.UNKNOWN:
            return Situation("unknown", "bad", UNKNOWN, "verificando no banco, não será reenviada")
        case OrderStatus.AT_BANK | OrderStatus.SCHEDULED:
            return _at_bank(order, account, now)
    return _paid(order, now)


def _paid(order: PaymentOrder, now: datetime) -> Situation:
    if order.needs_person:
        return Situation("paid_needs_a_person", "bad", f"paga, {REQUIRES_A_LOOK}", SEE_HISTORY)
    if order.entry is None:
        return Situation("paid", "ok", "paga")
    day = near_day(order.entry.date, sao_paulo_day(now))
    detail = f"{day}, {PROVISIONAL}" if order.entry.is_provisional else day
    return Situation("paid", "ok", "paga", detail)


def _at_bank(order: PaymentOrder, account: BankAccount, now: datetime) -> Situation:
    if order.needs_person:
        return Situation("needs_a_person", "bad", REQUIRES_A_LOOK, SEE_HISTORY)
    if account.is_undone:
        return Situation(
            "at_bank_disconnected",
            "warn",
            "no banco, vínculo desfeito",
            "confira no aplicativo do banco",
        )
    age = f"há {lasted(now - (order.first_sent_at or order.created_at))}"
    if order.status == OrderStatus.SCHEDULED:
        return Situation("scheduled", "info", "agendada no banco", age)
    if order.cancel_asked_at:
        return Situation(
            "cancelling", "info", "cancelando no banco", "aguardando a resposta do banco"
        )
    if order.left_list_at:
        return Situation(
            "left_bank_list", "info", "conferindo no extrato", "saiu da lista de pendentes do banco"
        )
    return Situation("at_bank", "info", "no banco, aguardando aprovação", age)


def _came_back(payable: Payable, order: PaymentOrder | None) -> Situation:
    tone = "warn" if payable.hold == Payable.Hold.EXPIRED else "bad"
    reason = order.message if order else ""
    return Situation(
        "came_back", tone, payable.get_hold_display().lower(), reason or "confira e aprove de novo"
    )


def _pending(payable: Payable) -> Situation:
    return Situation(
        "pending", "warn", "em aprovação", f"lançada por {payable.created_by.display_name}"
    )


def _approved(payable: Payable, accounts: Accounts, now: datetime) -> Situation:
    today = sao_paulo_day(now)
    account = accounts.paying(payable)
    rail = rail_for(payable, account) if account is not None else None
    paid_on = day_by(rail, payable)
    if account is None or not account.is_connected:
        label = OVERDUE if paid_on < today else "aprovada"
        return Situation("no_account", "warn", label, why_no_account(account))
    if rail is None:
        held = _held(payable, account)
        return held if paid_on >= today else _overdue_and_held(held)
    if paid_on < today:
        return Situation("overdue", "warn", OVERDUE, "envie com «Enviar agora»")
    if is_unread(payable, account) and paid_on == today and account.id in accounts.ran_today:
        return _unread(account, now)
    if paid_on == today and account.id in accounts.ran_today:
        return Situation("missed_run", "warn", "perdeu o envio das 7h", "envie com «Enviar agora»")
    if account.modo_banking_from is None or account.modo_banking_from > paid_on:
        return Situation(
            "approved_by_hand", "ok", "aprovada", "Modo Banking desligado: use «Enviar agora»"
        )
    day = near_day(paid_on, today)
    return Situation("approved", "ok", "aprovada", f"envio {day}, às {STARTS_AT.hour}h")


def _unread(account: BankAccount, now: datetime) -> Situation:
    """Its run left it out, and sends it when the bank has told whose boleto it is."""
    closing = registry.info(account.provider).cut_off[Rail.BOLETO]
    is_open = now.astimezone(SAO_PAULO).time() < closing
    until = f"o Kamino tenta de novo até {closing:%Hh%M}"
    gone = "o banco não informou hoje de quem ele é"
    return Situation("unread", "warn", "boleto não lido", until if is_open else gone)


def why_no_account(account: BankAccount | None) -> str:
    """Why nothing is paid from the account that is to pay, as a phrase; empty when it can be."""
    if account is None:
        return "sem conta bancária para pagamento"
    if account.is_undone:
        return f"o vínculo {account.said.of} foi desfeito"
    return "" if account.is_connected else f"o vínculo {account.said.of} precisa ser refeito"


def _overdue_and_held(held: Situation) -> Situation:
    """Nothing here sends it: what does not help is not offered, and what does is said."""
    return replace(held, label=OVERDUE, detail=": ".join(filter(None, [held.label, held.detail])))


def _held(payable: Payable, account: BankAccount) -> Situation:
    """No rail of the account pays it; it stays until the account's policy or the payee changes."""
    if needs_new_approval(payable, account):
        to = payable.ted_account_on_file
        return Situation(
            "needs_new_approval", "warn", NEW_APPROVAL.lower(), f"a TED iria para {to}"
        )
    if lacks_ted_details(payable, account):
        return Situation("no_ted_details", "warn", "sem dados de TED", FILE_TED_DETAILS)
    if payable.is_pix:
        return Situation("outside", "warn", OUTSIDE, OTHERWISE)
    return Situation(
        "no_rail", "warn", f"{account.bank_said.begins} não faz {payable.get_method_display()}"
    )
