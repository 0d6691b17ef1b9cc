"""Charges as a person sees them: in words, with what that person may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Prefetch

from banking.banks import registry
from brazil.banking_days import sao_paulo_day
from charges.issuing.claim import can_tell
from charges.models import Charge, ChargeEvent, ChargeQuerySet, Slip
from charges.renegotiation.agree import reason_of_state
from charges.states import (
    EDITABLE,
    ISSUABLE,
    LIVE_SLIPS,
    OPEN_AT_BANK,
    OWED,
    ChargeStatus,
    SlipStatus,
)
from charges.terms.amounts import Owed, owed_on
from charges.terms.check import reais
from charges.tracking.unfollowed import STATUSES, is_followed
from core.dates import lasted, near_day, on_day, weekday
from core.money import format_brl
from core.plurals import counted
from tenants.models import Membership

Tone = ChargeEvent.Tone
TONES = {
    ChargeStatus.ISSUING: Tone.INFO,
    ChargeStatus.UNKNOWN: Tone.BAD,
    ChargeStatus.REGISTERING: Tone.INFO,
    ChargeStatus.IN_PAYMENT: Tone.INFO,
    ChargeStatus.PARTLY_PAID: Tone.WARN,
    ChargeStatus.PAID: Tone.OK,
    ChargeStatus.WRITTEN_OFF: Tone.WARN,
    ChargeStatus.RETURNED: Tone.WARN,
    ChargeStatus.REFUSED: Tone.BAD,
}
# The second line of states that say the same of every charge.
SAID = {
    ChargeStatus.REGISTERING: "ainda não pode ser mostrada ao pagador",
    ChargeStatus.IN_PAYMENT: "paga no banco, o dinheiro ainda não chegou",
    ChargeStatus.WRITTEN_OFF: "nenhum boleto em aberto; continua devida",
}
# No money is asked for, and none comes, any more.
CLOSED = (ChargeStatus.PAID, ChargeStatus.CANCELLED)


@dataclass(frozen=True)
class Row:
    charge: Charge
    slips: Sequence[Slip]  # newest first
    by: Membership
    now: datetime
    is_followed: bool = True  # its bank tells what becomes of it

    @property
    def today(self) -> date:
        return sao_paulo_day(self.now)

    @property
    def slip(self) -> Slip | None:
        """The one that collects it, or did last."""
        told = [slip for slip in self.slips if slip.status != SlipStatus.WITHDRAWN]
        return next((slip for slip in self.slips if slip.is_live), told[0] if told else None)

    @cached_property
    def live(self) -> Slip | None:
        return self.slip if self.slip is not None and self.slip.status in LIVE_SLIPS else None

    @property
    def label(self) -> str:
        if self.cancel_asked:
            return "Cancelamento pedido"
        return self.charge.status_words(self.today)

    @property
    def tone(self) -> str:
        if self.charge.status == ChargeStatus.OPEN and self.charge.is_overdue(self.today):
            return Tone.WARN
        return TONES.get(ChargeStatus(self.charge.status), Tone.PLAIN)

    @property
    def cancel_asked(self) -> bool:
        return self.live is not None and self.live.cancel_asked_at is not None

    @property
    def due(self) -> str:
        return near_day(self.charge.due_date, self.today)

    @property
    def has_fallen_due(self) -> bool:
        return self.charge.due_date < self.today

    @property
    def due_in_words(self) -> str:
        """«hoje», «em 27/11/2026»."""
        due, today = self.charge.due_date, self.today
        return self.due if abs((due - today).days) <= 1 else f"em {due:%d/%m/%Y}"

    @property
    def due_detail(self) -> str:
        charge, days = self.charge, (self.charge.due_date - self.today).days
        if charge.status not in OWED:
            return ""
        if charge.is_overdue(self.today):
            return f"vencida há {counted(-days, 'dia', 'dias')}"
        if self.last_free == self.today != charge.due_date:
            return "pode ser paga hoje sem multa"
        if self.last_free != charge.due_date:
            return f"paga até {weekday(self.last_free)}, {self.last_free.day}"
        return f"em {counted(days, 'dia', 'dias')}" if days > 1 else ""

    @property
    def last_free(self) -> date:
        """The last day on which it is in time: what falls due on a day without banks is paid on the
        next banking day."""
        return date.fromordinal(self.charge.late_from.toordinal() - 1)

    @property
    def detail(self) -> str:
        """The second line below the state."""
        charge = self.charge
        if self.is_unknown and self.silence:
            return self.silence
        if charge.needs_person:
            return charge.question
        if self.is_unfollowed:
            return "sem acompanhamento: o banco não informa mais"
        if self.is_slip_past:
            return "o banco não recebe mais este boleto"
        if self.under_way:
            return self.under_way
        return self.detail_of_state

    @property
    def detail_of_state(self) -> str:
        charge = self.charge
        if charge.status in SAID:
            return SAID[ChargeStatus(charge.status)]
        if charge.status == ChargeStatus.PAID and charge.paid_on is not None:
            return on_day(charge.paid_on, self.today)
        if charge.status == ChargeStatus.PARTLY_PAID:
            what = "" if charge.principal_rest else " de multa e juros"
            return f"faltam {reais(charge.rest)}{what}"
        if charge.status == ChargeStatus.REFUSED and self.slip is not None:
            return self.slip.message
        if charge.status in OWED and self.value_today != charge.rest:
            return f"hoje vale {format_brl(self.value_today)}"
        return ""

    @property
    def owed_today(self) -> Owed:
        return owed_on(self.charge, self.today)

    @property
    def under_way(self) -> str:
        """What is about to become of it; empty when nothing is."""
        charge = self.charge
        if charge.replaced_by_id is not None and charge.status != ChargeStatus.CANCELLED:
            return "em renegociação; a nova cobrança sai depois"
        if charge.status == ChargeStatus.DRAFT and charge.recurrence_id is not None:
            return "da recorrência, e não saiu"
        if charge.next_due_date is not None:
            return "o boleto com o novo vencimento sai depois"
        return ""

    @property
    def silence(self) -> str:
        """Of one whose bank did not answer: since when."""
        bank = self.charge.bank_account.bank_said
        since = self.live.first_sent_at if self.live is not None else None
        return f"sem resposta {bank.of} há {lasted(self.now - since)}" if since else ""

    @property
    def is_slip_past(self) -> bool:
        return self.live is not None and self.live.is_past(self.today)

    @property
    def value_today(self) -> Decimal:
        return self.owed_today.total

    @property
    def instalment(self) -> str:
        charge = self.charge
        if charge.instalment_number is None:
            return ""
        return f"parcela {charge.instalment_number} de {charge.instalment_count}"

    @property
    def about(self) -> str:
        """«NF 2.231 · Manutenção mensal · parcela 2 de 3»."""
        parts = (self.charge.document_number, self.charge.description, self.instalment)
        return " · ".join(part for part in parts if part)

    @property
    def is_unknown(self) -> bool:
        return self.live is not None and self.live.status == SlipStatus.UNKNOWN

    @property
    def is_unfollowed(self) -> bool:
        """Its slip lives on at a bank that tells nothing of it any more."""
        return self.live is not None and self.live.status in STATUSES and not self.is_followed

    @property
    def can_consider_cancelled(self) -> bool:
        is_there = self.live is not None and self.live.status in OPEN_AT_BANK
        return self.by.can_enter and self.is_unfollowed and is_there

    @property
    def can_say_withheld(self) -> bool:
        is_short = self.charge.status == ChargeStatus.PARTLY_PAID and self.charge.principal_rest > 0
        return self.by.can_enter and is_short

    @property
    def is_being_replaced(self) -> bool:
        """By an agreement, or by a slip on other terms."""
        return self.charge.replaced_by_id is not None or self.charge.next_due_date is not None

    @property
    def can_issue(self) -> bool:
        is_free = not self.is_being_replaced and self.live is None
        return self.by.can_enter and is_free and self.charge.status in ISSUABLE

    @property
    def can_edit(self) -> bool:
        return self.by.can_enter and not self.is_being_replaced and self.charge.status in EDITABLE

    @property
    def can_cancel(self) -> bool:
        """Of one whose slip is not known to be at the bank, there is nothing to end yet; and a bank
        that tells nothing takes no order."""
        ended = (*CLOSED, ChargeStatus.PARTLY_PAID)
        is_open = self.charge.status not in ended and not self.is_unknown
        is_open = is_open and self.charge.replaced_by_id is None
        return self.by.can_enter and is_open and not self.cancel_asked and not self.is_unfollowed

    @property
    def can_select(self) -> bool:
        """One of the acts that are done to many is open to it."""
        may_print = self.by.can_enter and self.can_print
        return self.can_issue or self.can_cancel or self.can_join_agreement or may_print

    @property
    def can_print(self) -> bool:
        return self.live is not None and self.live.can_be_shown and not self.is_slip_past

    @property
    def kinds(self) -> str:
        """Which of the acts that are done to many, for the selection bar."""
        acts = (
            ("issue", self.can_issue),
            ("cancel", self.can_cancel),
            ("print", self.can_print),
            ("renegotiate", self.can_join_agreement),
        )
        return " ".join(name for name, may in acts if may)

    @property
    def can_join_agreement(self) -> bool:
        """From the list, where what is overdue is chosen."""
        is_late = self.charge.is_overdue(self.today)
        is_late = is_late and not self.is_unfollowed
        return self.by.can_enter and is_late and not reason_of_state(self.charge, self.live)

    @property
    def can_change(self) -> bool:
        is_open = self.live is not None and self.live.status in OPEN_AT_BANK
        is_quiet = not self.cancel_asked and not self.is_unfollowed
        return self.by.can_enter and is_open and not self.charge.settled and is_quiet

    @property
    def can_renegotiate(self) -> bool:
        """The act itself looks closer (charges.renegotiation.agree)."""
        is_free = not self.charge.settled and not self.cancel_asked and not self.is_unknown
        is_free = is_free and not self.is_unfollowed
        owed = self.charge.status in OWED and self.charge.status != ChargeStatus.IN_PAYMENT
        return self.by.can_enter and owed and is_free and self.charge.replaced_by_id is None

    @property
    def can_receive(self) -> bool:
        return self.by.can_enter and self.charge.status not in CLOSED

    @property
    def can_waive(self) -> bool:
        return self.by.can_enter and self.charge.status == ChargeStatus.PARTLY_PAID

    @property
    def asks_about_slip(self) -> bool:
        """The bank cannot say whether it has the slip, so a person does."""
        if not self.is_unknown or can_tell(registry.info(self.charge.bank_account.provider)):
            return False
        return self.by.can_enter and self.charge.needs_person

    @property
    def can_issue_again(self) -> bool:
        """Somebody looked at the bank, and this is another person."""
        if not self.asks_about_slip or self.live is None or self.live.missed_by_id is None:
            return False
        return self.live.missed_by_id != self.by.user_id

    @property
    def state_mark(self) -> str:
        """Changes with whatever the page shows of the bank's answer."""
        slip = self.slip
        return f"{self.charge.status}.{slip.status if slip else ''}.{int(self.cancel_asked)}"

    @property
    def is_moving(self) -> bool:
        """A bank is about to answer."""
        moving = {SlipStatus.QUEUED, SlipStatus.ISSUING, SlipStatus.REGISTERING}
        is_on_its_way = self.live is not None and self.live.status in moving
        is_replaced = (
            self.charge.replaced_by_id is not None and self.charge.status != ChargeStatus.CANCELLED
        )
        is_changed = self.charge.next_due_date is not None or is_replaced
        return is_on_its_way or self.cancel_asked or is_changed


def rows_of(charges: ChargeQuerySet, by: Membership, now: datetime) -> list[Row]:
    """Two queries. Runs inside the company's scope."""
    newest = Slip.objects.of(by.tenant_id).order_by("-created_at", "-id")
    told = (
        charges.annotate(followed=is_followed())
        .select_related("tenant", "payer", "bank_account__ledger_account", "revenue_account")
        .prefetch_related(Prefetch("slips", newest, to_attr="newest_slips"))
    )
    return [Row(charge, charge.newest_slips, by, now, charge.followed) for charge in told]
