"""What a payer is told of a charge today: how much, how it is paid, or why it is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from zlib import crc32

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from brazil.banking_days import next_banking_day, sao_paulo_day
from brazil.boleto import format_linha_digitavel
from brazil.cnpj import format_cnpj
from charges.drafts.draft import percent_words
from charges.models import Charge, Refund, Settlement, Slip
from charges.payer_page.address import Found
from charges.payer_page.contact import Contact, contact_as_json
from charges.states import ChargeStatus, RefundStatus, SlipStatus
from charges.terms.amounts import Owed, owed_on
from charges.terms.last_day import last_day
from core.clock import DatabaseNow
from core.plurals import counted
from tenants.scope import tenant_scope

ONE_DAY = timedelta(days=1)
# For so long after its last payment a page says that the charge is paid.
PAID_FOR = timedelta(days=90)
ZERO = Decimal("0.00")


class PageState(StrEnum):
    WAITING = "waiting"  # its slip is not registered yet, or is being looked at
    OPEN = "open"  # it can be paid now
    IN_PAYMENT = "in_payment"
    PARTLY_PAID = "partly_paid"  # and no slip is there for the rest
    PAID = "paid"
    EXPIRED = "expired"  # no bank takes it any more
    VOID = "void"  # it does not hold (any more)


BY_STATUS = {
    ChargeStatus.ISSUING: PageState.WAITING,
    ChargeStatus.UNKNOWN: PageState.WAITING,
    ChargeStatus.REGISTERING: PageState.WAITING,
    ChargeStatus.IN_PAYMENT: PageState.IN_PAYMENT,
    ChargeStatus.PAID: PageState.PAID,
    ChargeStatus.WRITTEN_OFF: PageState.VOID,
    ChargeStatus.CANCELLED: PageState.VOID,
    ChargeStatus.RETURNED: PageState.VOID,
    ChargeStatus.REFUSED: PageState.VOID,
}

# With a new due date or value under way, the next slip is on its way.
REISSUED = (ChargeStatus.OPEN, ChargeStatus.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    amount: Decimal


@dataclass(frozen=True)
class PayerView:
    """One charge, for its payer. `slip` is the live one; money is reais."""

    charge: Charge
    slip: Slip | None
    today: date
    settlements: Sequence[Settlement] = field(default_factory=list)
    paid: Decimal = ZERO
    contact: Contact = field(default_factory=Contact)

    @cached_property
    def state(self) -> PageState:
        charge, slip = self.charge, self.slip
        if charge.next_due_date is not None and charge.status in REISSUED:
            return PageState.WAITING
        if charge.status in BY_STATUS:
            return BY_STATUS[ChargeStatus(charge.status)]
        is_partly = charge.status == ChargeStatus.PARTLY_PAID
        if slip is None or (is_partly and slip.amount != charge.rest):
            # A slip over more than the rest would have them pay a part twice.
            return PageState.PARTLY_PAID if is_partly else PageState.VOID
        if slip.status == SlipStatus.IN_PAYMENT:
            return PageState.IN_PAYMENT
        if not slip.can_be_shown:
            return PageState.WAITING
        if slip.cancel_asked_at is not None:
            return PageState.VOID
        return PageState.EXPIRED if self.is_past_last_day else PageState.OPEN

    @property
    def is_past_last_day(self) -> bool:
        """A boleto that is paid today carries the date of the next banking day."""
        day = self.today if self.slip_is_pix_alone else self.boleto_day
        return self.last_day is not None and day > self.last_day

    @cached_property
    def last_day(self) -> date | None:
        """The last one on which its bank takes money for the slip, where there is one."""
        return last_day(self.slip) if self.slip is not None else None

    @property
    def slip_is_pix_alone(self) -> bool:
        return self.slip is not None and self.slip.form == Charge.Form.PIX

    # --- How much ---------------------------------------------------------------------------

    @cached_property
    def boleto_day(self) -> date:
        return next_banking_day(self.today)

    @cached_property
    def by_pix(self) -> Owed:
        """Pix is dated to the day on which it is sent."""
        return owed_on(self.charge, self.today)

    @cached_property
    def by_boleto(self) -> Owed:
        return owed_on(self.charge, self.boleto_day)

    @property
    def has_two_amounts(self) -> bool:
        return bool(self.pix_code and self.linha) and self.by_pix.total != self.by_boleto.total

    @property
    def tells_boleto_day(self) -> bool:
        """A bar code that is paid today carries another day, and that matters."""
        return self.boleto_day != self.today and (self.is_late or self.has_two_amounts)

    @property
    def owed(self) -> Owed:
        """What stands on top: by Pix, unless there is a bar code alone."""
        return self.by_boleto if self.linha and not self.pix_code else self.by_pix

    @property
    def tomorrow(self) -> Decimal | None:
        """What it costs tomorrow; None when that is the same."""
        day = self.today + ONE_DAY
        is_boleto = bool(self.linha and not self.pix_code)
        total = owed_on(self.charge, next_banking_day(day) if is_boleto else day).total
        return total if total != self.owed.total else None

    @property
    def is_late(self) -> bool:
        return self.charge.is_overdue(self.today)

    @property
    def parts(self) -> list[Part]:
        """What the amount on top is made of; nothing where it is one part alone."""
        owed, charge = self.owed, self.charge
        is_boleto = bool(self.linha and not self.pix_code)
        days = ((self.boleto_day if is_boleto else self.today) - charge.due_date).days
        told = [
            Part("Falta pagar" if charge.settled else "Valor", owed.principal),
            Part(f"Multa de {percent_words(charge.fine_percent)}", owed.fine),
            Part(f"Juros, {counted(days, 'dia', 'dias')}", owed.interest),
            Part("Multa e juros em aberto", owed.late),
            Part(f"Desconto até {charge.discount_until:%d/%m/%Y}", -owed.discount),
        ]
        parts = [part for part in told if part.amount]
        return parts if len(parts) > 1 else []

    # --- How it is paid: only where the state is OPEN -----------------------------------------

    @property
    def pix_code(self) -> str:
        return self.slip.pix_code if self.slip is not None and self.is_payable else ""

    @property
    def linha(self) -> str:
        return self.slip.linha_digitavel if self.slip is not None and self.is_payable else ""

    @property
    def linha_parts(self) -> list[str]:
        """Its fields, between which alone it may be broken; the check digit stays with the last."""
        return format_linha_digitavel(self.linha).split(" ", 3) if self.linha else []

    @property
    def barcode(self) -> str:
        return self.slip.barcode if self.slip is not None and self.is_payable else ""

    @property
    def is_settled(self) -> bool:
        """Nothing more is to come: the page need not look."""
        return self.state is PageState.PAID

    @property
    def is_payable(self) -> bool:
        return self.state is PageState.OPEN

    # --- What came ------------------------------------------------------------------------------

    @property
    def way(self) -> str:
        """«Pix»; of several ways the last one."""
        return self.settlements[0].get_way_display() if self.settlements else ""

    @property
    def until(self) -> date | None:
        """The last day of a page that says that the charge is paid."""
        paid_on = self.charge.paid_on
        if self.state is not PageState.PAID or paid_on is None:
            return None
        return paid_on + PAID_FOR

    @property
    def about(self) -> str:
        """«NF 2.231 · Manutenção mensal · parcela 2 de 3»."""
        charge = self.charge
        number = charge.instalment_number
        part = f"parcela {number} de {charge.instalment_count}" if number is not None else ""
        return " · ".join(filter(None, (charge.document_number, charge.description, part)))

    @property
    def written_cnpj(self) -> str:
        return format_cnpj(self.charge.tenant.cnpj)

    @property
    def initials(self) -> str:
        """«OM» of «Oficina Modelo»."""
        words = [word for word in self.charge.tenant.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def mark(self) -> str:
        """Changes with whatever the page shows; tells nothing by itself."""
        slip = self.slip.id if self.slip is not None else ""
        shown = f"{self.state} {slip} {self.today} {self.charge.settled} {self.charge.status}"
        return f"{crc32(shown.encode()):08x}"


def view_of(found: Found) -> PayerView | None:
    """What is shown at an address; None where nothing is. To be called outside of scopes.

    As many queries for an address of nobody, so the time that it takes does not tell it from one
    that is dead.
    """
    with tenant_scope(found.tenant_id):
        charges = Charge.objects.of(found.tenant_id).select_related(
            "tenant", "payer", "bank_account"
        )
        told = charges.annotate(now=DatabaseNow(), contact=contact_as_json(found.tenant_id))
        charge = told.filter(id=found.charge_id).first()
        today = sao_paulo_day(charge.now) if charge is not None else date.min
        if charge is not None and charge.status == ChargeStatus.PAID:
            view: PayerView | None = paid_view(charge, today)
        else:
            view = open_view(found, charge, today)
        if view is not None and charge is not None:
            view = replace(view, contact=Contact(**(charge.contact or {})))
    return view if view is not None and is_shown(view) else None


def open_view(found: Found, charge: Charge | None, today: date) -> PayerView | None:
    slips = Slip.objects.of(found.tenant_id).filter(charge=found.charge_id)
    newest = slips.exclude(status=SlipStatus.WITHDRAWN).order_by("-created_at", "-id")
    told = list(newest)
    if charge is None:
        return None
    for slip in told:
        slip.charge, slip.bank_account = charge, charge.bank_account
    live = next((slip for slip in told if slip.is_live), None)
    return PayerView(charge, live, today) if told else None


def paid_view(charge: Charge, today: date) -> PayerView:
    came = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
    newest = list(came.annotate(returned=returned(charge)).order_by("-posted_on", "-id"))
    # What was too much, or went back, paid nothing of it.
    paid = sum((each.received - each.excess - each.returned for each in newest), ZERO)
    return PayerView(charge, None, today, newest, paid)


def returned(charge: Charge) -> Coalesce:
    """Of a payment's part that was the charge's."""
    done = Refund.objects.of(charge.tenant_id).filter(
        settlement=OuterRef("pk"), status=RefundStatus.DONE
    )
    sums = done.order_by().values("settlement").annotate(sum=Sum(F("principal") + F("late")))
    return Coalesce(Subquery(sums.values("sum")), ZERO, output_field=DecimalField())


def is_shown(view: PayerView) -> bool:
    """What was never issued is nobody's business yet; what was paid long ago no longer."""
    if view.charge.status == ChargeStatus.DRAFT:
        return False
    return view.until is None or view.today <= view.until
