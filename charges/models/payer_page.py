"""The addresses under which payers see what they owe, and whom they ask about it."""

from django.db import models

from charges.models.charge import Charge
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned

CONTACT_NAME_LENGTH = 60


class PayerPage(TenantOwned):
    """An address of a charge's page. The secret in it is not here: only its digest, by which the
    page is found, and the name of the key that it follows from (charges/payer_page/address.py).

    A charge has one for each key under which its address was told to somebody.
    """

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="payer_pages")
    digest = models.BinaryField(max_length=32)
    key_name = models.CharField(max_length=16)
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # The last day, in São Paulo, on which the timeline tells that it was opened.
    opened_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "digest"], name="payerpage_digest_once"),
            models.UniqueConstraint(
                fields=["tenant", "charge", "key_name"], name="payerpage_once_per_key"
            ),
        ]
        # Looked up before the company is known.
        indexes = [models.Index(fields=["digest"], name="payerpage_digest")]

    def __str__(self) -> str:
        return str(self.charge_id)


class PayerContact(TenantOwned):
    """Whom a company's payers ask («Fale com …»): on the page of a charge and in mails."""

    name = models.CharField("nome", max_length=CONTACT_NAME_LENGTH, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("telefone", max_length=16, blank=True)  # E.164

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="payercontact_one"),
        ]

    def __str__(self) -> str:
        return "Contato para pagadores"
