"""What was paid by another way than through a bank of ours."""

from django.db import models
from django.db.models import Q

from accounts.models import Account, JournalEntry
from banking.models import BankAccount
from core.clock import DatabaseNow
from payments.models.payable import Payable
from tenants.models import TenantForeignKey, TenantOwned, User


class OutsidePayment(TenantOwned):
    """A bill was paid outside of the product (paga fora): a person says so, or, where `by` is null,
    a line of the statement does."""

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="outside_payments")
    paid_on = models.DateField("data do pagamento")
    # Where the money left: an account at a bank, or else only an account of the chart, as the cash.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    account = TenantForeignKey(Account, models.PROTECT, related_name="+")
    amount = models.DecimalField("valor pago", max_digits=12, decimal_places=2)
    entry = TenantForeignKey(JournalEntry, models.PROTECT, related_name="+")
    # What was not paid of the bill, as a bill of its own.
    rest = TenantForeignKey(Payable, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="outsidepayment_amount", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["tenant", "payable"],
                condition=Q(undone_at=None),
                name="outsidepayment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payable_id} · {self.paid_on:%d/%m/%Y}"
