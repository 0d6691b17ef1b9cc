"""What somebody owes the company (cobrança)."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Account
from accounts.tax_reform import TaxReformColumns
from banking.models import BankAccount
from brazil.banking_days import next_banking_day
from charges.states import OWED, ChargeStatus
from core.clock import DatabaseNow
from core.search import folded
from parties.models import Payer
from tenants.models import TenantForeignKey, TenantQuerySet, User

ZERO = Decimal("0.00")
MESSAGE_LENGTH = 320


class ChargeQuerySet(TenantQuerySet):
    def owed(self) -> Self:
        return self.filter(status__in=OWED)

    def overdue(self, today: date) -> Self:
        """A day without banks is no delay: what falls due on it is paid on the next banking day."""
        return self.owed().filter(late_from__lte=today)

    def to_look_at(self) -> Self:
        """A person has something to say of it, or nobody knows whether its slip is at the bank."""
        return self.filter(Q(needs_person=True) | Q(status=ChargeStatus.UNKNOWN))


# `Charge.rest`, for sums.
REST = F("amount") - F("settled") + F("late_rest")


class Charge(TaxReformColumns):
    """A debt of a payer. How a bank collects it is in its slips, what came in its settlements."""

    Status = ChargeStatus

    class Form(models.TextChoices):
        BOLETO_PIX = "boleto_pix", "Boleto com Pix"
        BOLETO = "boleto", "Boleto"
        PIX = "pix", "Pix"

    class PaidAfter(models.TextChoices):
        NOTHING = "", "Paga"
        WRITE_OFF = "write_off", "Paga após baixa"
        CANCELLATION = "cancellation", "Paga após cancelamento"

    payer = TenantForeignKey(Payer, models.PROTECT, related_name="charges")
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="charges")
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    due_date = models.DateField("vencimento")
    # The first day on which it is late: the one after the next banking day from the due date on.
    late_from = models.DateField(editable=False)
    description = models.CharField("descrição", max_length=100)
    description_folded = folded("description")
    document_number = models.CharField("número do documento", max_length=40, blank=True)
    revenue_account = TenantForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name="classificação"
    )
    competence_date = models.DateField("competência")
    form = models.CharField("forma", max_length=10, choices=Form)
    fine_percent = models.DecimalField("multa (%)", max_digits=5, decimal_places=2, default=ZERO)
    interest_percent = models.DecimalField(  # a month, by day
        "juros ao mês (%)", max_digits=5, decimal_places=2, default=ZERO
    )
    # Until the day before the due date.
    discount = models.DecimalField("desconto", max_digits=12, decimal_places=2, default=ZERO)
    message = models.CharField("mensagem", max_length=MESSAGE_LENGTH, blank=True)
    # One sale in N: the charges of one group have its id.
    instalment_group = models.UUIDField(null=True)
    instalment_number = models.PositiveSmallIntegerField("parcela", null=True)
    instalment_count = models.PositiveSmallIntegerField("de", null=True)

    status = models.CharField(max_length=12, choices=ChargeStatus, default=ChargeStatus.DRAFT)
    paid_after = models.CharField(max_length=12, choices=PaidAfter, blank=True, default="")
    # How much of `amount` its settlements and what was waived have covered.
    settled = models.DecimalField("quitado", max_digits=12, decimal_places=2, default=ZERO)
    # What of it a person gave up. A part of `settled`.
    waived = models.DecimalField("dispensado", max_digits=12, decimal_places=2, default=ZERO)
    # Fine and interest of what was paid late, which a person keeps open. Nothing grows on them.
    late_rest = models.DecimalField(
        "multa e juros em aberto", max_digits=12, decimal_places=2, default=ZERO, db_default=ZERO
    )
    # The day of the last money on it; for lists.
    paid_on = models.DateField("paga em", null=True)
    # Something about it requires a look (requer conferência), and what.
    needs_person = models.BooleanField(default=False)
    question = models.CharField(max_length=300, blank=True)
    # It is to be collected by a new slip on these terms, once the old one is ended at the bank.
    next_due_date = models.DateField(null=True)
    next_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    next_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    objects = ChargeQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            *TaxReformColumns.Meta.constraints,
            models.CheckConstraint(name="charge_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="charge_terms",
                condition=Q(fine_percent__gte=0, fine_percent__lte=100)
                & Q(interest_percent__gte=0, interest_percent__lte=100)
                & Q(discount__gte=0, discount__lt=F("amount")),
            ),
            models.CheckConstraint(
                name="charge_settled",
                condition=Q(waived__gte=0) & Q(settled__gte=F("waived"), settled__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="charge_paid_is_settled",
                # After cancellation nothing was owed: what came is an advance of the payer.
                condition=~Q(status="paid") | Q(settled=F("amount")) | Q(paid_after="cancellation"),
            ),
            models.CheckConstraint(
                name="charge_late_rest",
                condition=Q(late_rest=0)
                | Q(late_rest__gt=0, status__in=["partly_paid", "returned"]),
            ),
            models.CheckConstraint(
                name="charge_next_whole",
                condition=Q(next_due_date=None, next_amount=None, next_by=None)
                | Q(next_due_date__isnull=False, next_amount__gt=0, next_by__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_instalment",
                condition=Q(instalment_group=None, instalment_number=None, instalment_count=None)
                | Q(
                    instalment_group__isnull=False,
                    instalment_number__gte=1,
                    instalment_number__lte=F("instalment_count"),
                    instalment_count__gte=2,
                ),
            ),
            models.UniqueConstraint(
                fields=["tenant", "instalment_group", "instalment_number"],
                condition=~Q(status="cancelled") & Q(instalment_group__isnull=False),
                name="charge_instalment_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_date", "id"],
                # The sums above the list are read from it alone (charges/reads/numbers.py).
                include=["payer", "late_from", "amount", "settled", "late_rest"],
                condition=Q(status__in=OWED),
                name="charge_owed",
            ),
            models.Index(fields=["tenant", "-due_date", "-id"], name="charge_page"),
            models.Index(
                fields=["tenant", "due_date", "id"],
                condition=Q(status="draft"),
                name="charge_drafts",
            ),
            models.Index(
                fields=["tenant", "-due_date", "-id"],
                condition=Q(status="cancelled"),
                name="charge_cancelled",
            ),
            models.Index(fields=["tenant", "-amount", "-id"], name="charge_by_amount"),
            models.Index(fields=["tenant", "payer", "-due_date"], name="charge_of_payer"),
            models.Index(
                fields=["tenant", "paid_on"], condition=Q(paid_on__isnull=False), name="charge_paid"
            ),
            models.Index(
                fields=["tenant", "due_date", "id"],
                condition=Q(needs_person=True) | Q(status="unknown"),
                name="charge_to_look_at",
            ),
            models.Index(
                fields=["tenant", "bank_account"],
                condition=Q(next_due_date__isnull=False),
                name="charge_to_reissue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description} · {self.due_date:%d/%m/%Y}"

    @property
    def principal_rest(self) -> Decimal:
        """What of the amount is not settled yet; without fine and interest."""
        rest: Decimal = self.amount - self.settled
        return rest

    @property
    def rest(self) -> Decimal:
        """What is open: of the amount, or of fine and interest that were kept open. Without those
        that grow by the day."""
        return self.principal_rest + self.late_rest

    def is_overdue(self, today: date) -> bool:
        return self.status in OWED and today >= self.late_from

    def status_words(self, today: date) -> str:
        """«Em aberto», «Vencida», «Paga após baixa»."""
        if self.status == ChargeStatus.PAID and self.paid_after:
            return self.get_paid_after_display()
        if self.status == ChargeStatus.CANCELLED and self.paid_on is not None:
            return "Devolvida"  # it was paid, all went back, and nothing is owed
        if self.status == ChargeStatus.OPEN and self.is_overdue(today):
            return "Vencida"
        return ChargeStatus(self.status).label


def late_from(due_date: date) -> date:
    """A debt that falls due on a day without banks is paid in time on the next banking day
    (Lei 7.089/1983, art. 1)."""
    following = next_banking_day(due_date)
    return date.fromordinal(following.toordinal() + 1)
