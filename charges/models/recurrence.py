"""Contracts: what a payer owes again and again (recorrência)."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from accounts.models import Account
from banking.models import BankAccount
from charges.models.charge import MESSAGE_LENGTH, ZERO, Charge
from core.clock import DatabaseNow
from core.search import folded
from parties.models import Payer
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User

# Day 31 is the last one of each month: a shorter month ends earlier.
LAST_DAY = 31
EVERY = (1, 2, 3, 6, 12)
MOST_DAYS_BEFORE = 60


class RecurrenceQuerySet(TenantQuerySet):
    def running(self) -> "RecurrenceQuerySet":
        return self.filter(paused_at=None, ended_at=None)

    def waiting(self) -> "RecurrenceQuerySet":
        """A person has something to say of it."""
        return self.filter(ended_at=None).filter(
            ~Q(trouble="") | Q(left_out__gt=0) | Q(asks_adjustment=True)
        )


class Recurrence(TenantOwned):
    """One charge a period. Months are kept by their first day; what a month costs is in its
    values (`RecurrenceValue`), and each due date follows from `day`, never from the date before."""

    class Adjustment(models.TextChoices):
        NONE = "none", "Sem reajuste"
        FIXED = "fixed", "Porcentagem fixa, por ano"
        TYPED = "typed", "Por um índice, informado a cada ano"

    payer = TenantForeignKey(Payer, models.PROTECT, related_name="recurrences")
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+")
    # With tags (charges/recurrences/tags.py).
    description = models.CharField("descrição", max_length=100)
    description_folded = folded("description")
    message = models.CharField("mensagem", max_length=MESSAGE_LENGTH, blank=True)
    document_number = models.CharField("número do documento", max_length=40, blank=True)
    revenue_account = TenantForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name="classificação"
    )
    form = models.CharField("forma", max_length=10, choices=Charge.Form)
    fine_percent = models.DecimalField("multa (%)", max_digits=5, decimal_places=2, default=ZERO)
    interest_percent = models.DecimalField(  # a month, by day
        "juros ao mês (%)", max_digits=5, decimal_places=2, default=ZERO
    )
    discount = models.DecimalField("desconto", max_digits=12, decimal_places=2, default=ZERO)

    day = models.PositiveSmallIntegerField("dia do vencimento")
    every_months = models.PositiveSmallIntegerField("a cada (meses)", default=1)
    first_month = models.DateField("primeira competência")
    last_month = models.DateField("última competência", null=True)
    days_before = models.PositiveSmallIntegerField("dias antes", default=10)

    adjustment = models.CharField(
        "reajuste", max_length=5, choices=Adjustment, default=Adjustment.NONE
    )
    adjustment_percent = models.DecimalField(
        "reajuste ao ano (%)", max_digits=5, decimal_places=2, default=ZERO
    )
    index_name = models.CharField("índice", max_length=30, blank=True)
    adjust_month = models.PositiveSmallIntegerField("mês do reajuste")
    # Anniversaries up to this month are not asked for, nor applied.
    adjusted_to = models.DateField()

    # Who answers for what is issued by itself: without the role nothing is.
    responsible = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Periods up to this one that have no charge are not asked about: a person said so.
    skipped_to = models.DateField(null=True)

    # What follows from the above, written by charges/recurrences/outlook.py alone.
    next_month = models.DateField(null=True)  # the next period without a charge
    next_due = models.DateField(null=True)
    next_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    next_on = models.DateField(null=True)  # when it is to be looked at again
    left_out = models.PositiveSmallIntegerField(default=0)  # periods that passed without a charge
    asks_adjustment = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)  # why nothing is issued by itself

    objects = RecurrenceQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recurrence_calendar",
                condition=Q(day__gte=1, day__lte=LAST_DAY)
                & Q(every_months__in=EVERY)
                & Q(days_before__lte=MOST_DAYS_BEFORE)
                & Q(adjust_month__gte=1, adjust_month__lte=12)
                & Q(first_month__day=1)
                & (Q(last_month=None) | Q(last_month__day=1, last_month__gte=F("first_month"))),
            ),
            models.CheckConstraint(
                name="recurrence_terms",
                condition=Q(fine_percent__gte=0, fine_percent__lte=100)
                & Q(interest_percent__gte=0, interest_percent__lte=100)
                & Q(discount__gte=0)
                & Q(adjustment_percent__gte=0, adjustment_percent__lte=100),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_on"],
                condition=Q(paused_at=None, ended_at=None, next_on__isnull=False),
                name="recurrence_due",
            ),
            models.Index(fields=["tenant", "next_due", "id"], name="recurrence_page"),
            models.Index(fields=["tenant", "payer"], name="recurrence_of_payer"),
        ]

    def __str__(self) -> str:
        return self.description


class RecurrenceValue(TenantOwned):
    """What a period costs from a month on, until a later row says otherwise. Never changed."""

    recurrence = TenantForeignKey(Recurrence, models.PROTECT, related_name="values")
    from_month = models.DateField()
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    # Of an adjustment: the month of the anniversary, and by how much.
    anniversary = models.DateField(null=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    index_name = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="recurrencevalue_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="recurrencevalue_whole",
                condition=Q(anniversary=None, percent=None)
                | Q(anniversary__isnull=False, percent__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "recurrence", "anniversary"],
                condition=Q(anniversary__isnull=False),
                name="recurrence_adjusted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "recurrence", "from_month"], name="recurrencevalue_of")
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.from_month:%m/%Y}"


class RecurrenceEvent(TenantOwned):
    """One line of a contract's timeline."""

    recurrence = TenantForeignKey(Recurrence, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, blank=True)
    tone = models.CharField(max_length=5, default="plain")  # of ChargeEvent.Tone
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "recurrence", "at"], name="recurrenceevent_timeline")
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m %H:%M} {self.title}"


def first_of(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)
