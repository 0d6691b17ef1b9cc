"""What a charge and a bill carry of the tax reform that begins in 2027: null until a company says
that it wants them (`Tenant.uses_tax_reform`, docs/decisions/0035-two-registers.md)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from audit.acts import Act
from audit.services import record
from core.errors import NotAllowed
from tenants.models import Membership, Tenant, TenantOwned
from tenants.scope import tenant_scope


def optional_amount(words: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(words, max_digits=12, decimal_places=2, null=True)


class TaxReformColumns(TenantOwned):
    """The fiscal document that a debt came with, its IBS and CBS, and what the split leaves."""

    class FiscalKind(models.TextChoices):
        NFE = "nfe", "NF-e"
        NFSE = "nfse", "NFS-e"
        NFCE = "nfce", "NFC-e"
        CTE = "cte", "CT-e"
        OTHER = "other", "Outro"

    class Split(models.TextChoices):
        NONE = "none", "Sem split"
        INFORMED = "informed", "Informado"
        DONE = "done", "Feito"
        REFUSED = "refused", "Recusado"

    # 44 digits, and letters since the CNPJ has them.
    fiscal_key = models.CharField(
        "chave do documento fiscal", max_length=44, blank=True, default="", db_default=""
    )
    fiscal_kind = models.CharField(
        "documento fiscal", max_length=5, choices=FiscalKind, blank=True, default="", db_default=""
    )
    ibs = optional_amount("IBS")
    cbs = optional_amount("CBS")
    split = models.CharField(
        "split payment", max_length=8, choices=Split, blank=True, default="", db_default=""
    )
    net_expected = optional_amount("líquido esperado")
    net_received = optional_amount("líquido recebido")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_fiscal_document",
                condition=Q(fiscal_key="", fiscal_kind="")
                | Q(fiscal_key__regex="^[0-9A-Z]{44}$") & ~Q(fiscal_kind=""),
            ),
            models.CheckConstraint(
                name="%(class)s_fiscal_kind",
                condition=Q(fiscal_kind__in=["", "nfe", "nfse", "nfce", "cte", "other"]),
            ),
            models.CheckConstraint(
                name="%(class)s_split",
                condition=Q(split__in=["", "none", "informed", "done", "refused"]),
            ),
            models.CheckConstraint(
                name="%(class)s_tax_amounts",
                condition=(Q(ibs=None) | Q(ibs__gte=0))
                & (Q(cbs=None) | Q(cbs__gte=0))
                & (Q(net_expected=None) | Q(net_expected__gte=0))
                & (Q(net_received=None) | Q(net_received__gte=0)),
            ),
        ]


def switch_tax_reform(tenant: Tenant, *, on: bool, by: Membership) -> None:
    """Whether charges and bills of a company show and take these columns. What is in them stays.

    Raises:
        NotAllowed: `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador muda isto.", code="wrong_role")
    with tenant_scope(tenant.id):
        tenant.uses_tax_reform = on
        tenant.save(update_fields=["uses_tax_reform"])
        record(
            Act.TAX_REFORM_CHANGED,
            on=tenant,
            by=by.user,
            after={"Situação": "Ligado" if on else "Desligado"},
        )
