"""What people said of a caution. A row is written once, and stays."""

from django.db import models
from django.db.models import Q

from core.clock import DatabaseNow
from payments.models.payable import Payable
from tenants.models import TenantForeignKey, TenantOwned, User


class Acknowledgement(TenantOwned):
    """A person looked at what a bill was warned about, and says that it is right (ciência)."""

    class Kind(models.TextChoices):
        DIFFERENT = "different", "São contas diferentes"
        TITLE = "title", "Boleto conferido"

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="acknowledgements")
    kind = models.CharField(max_length=10, choices=Kind)
    # The bill that it is not.
    other = TenantForeignKey(Payable, models.PROTECT, null=True, related_name="+")
    # Of what the title and the bill said then: of a title that says otherwise it is no word.
    digest = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="acknowledgement_of",
                condition=Q(kind="different", other__isnull=False, digest="")
                | Q(kind="title", other=None) & ~Q(digest=""),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "payable", "kind"], name="ack_of_payable")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person}"
