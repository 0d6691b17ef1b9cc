"""What a company decides about who approves how much, and how much leaves its accounts."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from banking.models import BankAccount
from core.clock import DatabaseNow
from core.money import MAX_AMOUNT
from payments.models.payable import Payable
from tenants.models import Role, TenantForeignKey, TenantOwned, User

LONGEST_DELEGATION = timedelta(days=30)
WINDOW_DAYS, DUPLICATE_DAYS, LONGEST_WINDOW = 7, 15, 60


class PaymentRules(TenantOwned):
    """The company's own numbers. A company without a row has those that stand here.

    Whoever approves, or changes a tier, holds the row until the commit: what two people release
    at once is counted one after the other.
    """

    # Due dates so many days before and after a bill count together with it.
    window_days = models.PositiveSmallIntegerField(
        default=WINDOW_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WINDOW)],
    )

    # Bills of one amount for one payee that are due so many days apart may be the same debt.
    duplicate_days = models.PositiveSmallIntegerField(default=DUPLICATE_DAYS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="paymentrules_once"),
            models.CheckConstraint(
                name="paymentrules_duplicates",
                condition=Q(duplicate_days__gte=1, duplicate_days__lte=LONGEST_WINDOW),
            ),
            models.CheckConstraint(
                name="paymentrules_window",
                condition=Q(window_days__gte=1, window_days__lte=LONGEST_WINDOW),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window_days} dias"


class ApprovalTier(TenantOwned):
    """Up to how much people of a role, or one person, approve alone (alçada).

    Above it two people have to. The person's own row goes before that of the role; who has
    neither approves any value alone.
    """

    ROLES = (Role.ADMIN, Role.APPROVER)

    role = models.CharField(
        max_length=12, blank=True, choices=[(role.value, role.label) for role in ROLES]
    )
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    alone_up_to = models.DecimalField(max_digits=12, decimal_places=2)  # 0: never alone

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "role"], condition=~Q(role=""), name="tier_once_a_role"
            ),
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=Q(person__isnull=False),
                name="tier_once_a_person",
            ),
            models.CheckConstraint(
                name="tier_of_one",
                condition=Q(role="", person__isnull=False)
                | Q(role__in=[Role.ADMIN, Role.APPROVER], person=None),
            ),
            models.CheckConstraint(
                name="tier_amount",
                condition=Q(alone_up_to__gte=Decimal(0), alone_up_to__lte=MAX_AMOUNT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.get_role_display()} · {self.alone_up_to}"


class Delegation(TenantOwned):
    """A person lets another, who approves too, approve alone up to a value for some days.

    Where two people are needed the two count as one. Written once; it may only be revoked.
    """

    delegator = models.ForeignKey(User, models.PROTECT, related_name="+")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="+")
    up_to = models.DecimalField("valor", max_digits=12, decimal_places=2)
    starts_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delegation_to_another", condition=~Q(delegator=F("delegate"))
            ),
            models.CheckConstraint(
                name="delegation_amount", condition=Q(up_to__gt=0, up_to__lte=MAX_AMOUNT)
            ),
            models.CheckConstraint(
                name="delegation_days",
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + LONGEST_DELEGATION),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "delegate", "ends_at"], name="delegation_of_delegate")
        ]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"

    def is_in_force(self, now: datetime) -> bool:
        return self.revoked_at is None and self.starts_at <= now < self.ends_at


class AccountLimit(TenantOwned):
    """What may leave an account by a rail: in one payment, and on one day. None: no limit."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="limits")
    rail = models.CharField(max_length=8, choices=Payable.Method)
    per_payment = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    per_day = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "rail"], name="limit_once_a_rail"
            ),
            models.CheckConstraint(
                name="limit_amounts",
                condition=(Q(per_payment__gt=0) | Q(per_payment=None))
                & (Q(per_day__gt=0) | Q(per_day=None))
                & ~Q(per_payment=None, per_day=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account} · {self.get_rail_display()}"
