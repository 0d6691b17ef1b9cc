"""The chart of accounts, and the cost centres."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from core.search import folded
from tenants.models import Tenant, TenantForeignKey, TenantOwned, TenantQuerySet


class Nature(models.TextChoices):
    ASSET = "ativo", "Ativo"
    LIABILITY = "passivo", "Passivo"
    EQUITY = "patrimonio", "Patrimônio líquido"
    REVENUE = "receita", "Receita"
    EXPENSE = "despesa", "Despesa"
    RESULT = "resultado", "Resultado"  # a group of revenue and expense, and what closes them

    @property
    def grows_by_debit(self) -> bool:
        """Debits increase assets and expenses; credits increase the others."""
        return self in {Nature.ASSET, Nature.EXPENSE}

    def may_hold(self, nature: str) -> bool:
        """Whether a group of this nature may have one of that nature right under it.

        Its own; equity within the liabilities, as the law has it (Lei 6.404/1976, art. 178);
        revenue and expense within the result. The database holds the same.
        """
        return nature == self or nature in _WITHIN.get(self, ())


RESULTS = frozenset({Nature.REVENUE, Nature.EXPENSE, Nature.RESULT})
_WITHIN = {
    Nature.LIABILITY: (Nature.EQUITY,),
    Nature.RESULT: (Nature.REVENUE, Nature.EXPENSE),
}


class ClassificationGroupQuerySet(TenantQuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None)


class ClassificationGroup(TenantOwned):
    """A branch of the chart of accounts (grupo de classificação).

    The database holds its nature to what its parent's may hold.
    """

    parent = TenantForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="grupo acima"
    )
    code = models.CharField("código", max_length=20)
    name = models.CharField("nome", max_length=120)
    external_code = models.CharField("código externo", max_length=40, blank=True)
    nature = models.CharField("natureza", max_length=10, choices=Nature)
    # New bank accounts get their Conta do Ativo here.
    is_bank_home = models.BooleanField("grupo padrão das contas bancárias", default=False)
    archived_at = models.DateTimeField("arquivado em", null=True)

    objects = ClassificationGroupQuerySet.as_manager()  # type: ignore[misc]  # not ClassVar

    class Meta:
        verbose_name = "grupo de classificação"
        verbose_name_plural = "grupos de classificação"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="group_code"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_bank_home=True), name="group_one_bank_home"
            ),
            models.CheckConstraint(name="group_nature", condition=Q(nature__in=Nature.values)),
            models.CheckConstraint(name="group_not_its_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="group_bank_home_is_asset",
                condition=Q(is_bank_home=False) | Q(nature=Nature.ASSET),
            ),
            models.CheckConstraint(
                name="group_bank_home_is_open",
                condition=Q(is_bank_home=False) | Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def may_hold(self, nature: str) -> bool:
        return Nature(self.nature).may_hold(nature)


class AccountQuerySet(TenantQuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None)

    def expense_accounts(self, tenant: Tenant | UUID) -> Self:
        """What a bill may be classified as: open leaves of expense or of liability."""
        return (
            self.of(tenant)
            .open()
            .filter(group__nature__in=[Nature.EXPENSE, Nature.LIABILITY])
            .select_related("group")
            .order_by("code")
        )

    def revenue_accounts(self, tenant: Tenant | UUID) -> Self:
        """What a charge may be classified as: open leaves of revenue."""
        revenue = self.of(tenant).open().filter(group__nature=Nature.REVENUE)
        return revenue.select_related("group").order_by("code")


class AccountPurpose(models.TextChoices):
    """What the product posts beside the revenue, the expense and the bank."""

    ADVANCES = "advances", "Adiantamentos de clientes"
    LATE_CHARGES = "late_charges", "Juros e multas recebidos"
    DISCOUNTS = "discounts", "Descontos concedidos"
    FEES = "fees", "Tarifas bancárias"
    CASH = "cash", "Caixa"
    WITHHELD = "withheld", "Impostos retidos por clientes"
    SPLIT = "split", "Tributos recolhidos na liquidação"
    IN_TRANSIT = "in_transit", "Valores em trânsito"
    LATE_PAID = "late_paid", "Juros e multas pagos"
    DISCOUNTS_GOT = "discount_got", "Descontos obtidos"
    WITHHELD_DUE = "withheld_due", "Impostos retidos a recolher"
    ROUNDING = "rounding", "Diferenças de centavos"
    OPENING = "opening", "Saldos de abertura"


class Account(TenantOwned):
    """A leaf of the chart, which receives entries (conta contábil)."""

    group = TenantForeignKey(
        ClassificationGroup, models.PROTECT, related_name="accounts", verbose_name="grupo"
    )
    code = models.CharField("código", max_length=24)
    name = models.CharField("nome", max_length=120)
    external_code = models.CharField("código externo", max_length=40, blank=True)
    # A bank account is tied to it: it is its Conta do Ativo.
    is_bank_leaf = models.BooleanField("conta bancária", default=False)
    # What the product posts on it by itself (accounts/chart/purposes.py); empty for most.
    purpose = models.CharField(
        "uso", max_length=12, choices=AccountPurpose, blank=True, default="", db_default=""
    )
    archived_at = models.DateTimeField("arquivada em", null=True)

    objects = AccountQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        verbose_name = "conta contábil"
        verbose_name_plural = "contas contábeis"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="account_code"),
            models.UniqueConstraint(
                fields=["tenant", "purpose"],
                condition=~Q(purpose=""),
                name="account_one_per_purpose",
            ),
            models.CheckConstraint(
                name="account_bank_leaf_is_open",
                condition=Q(is_bank_leaf=False) | Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def nature(self) -> Nature:
        return Nature(self.group.nature)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def takes_cost_center(self) -> bool:
        """Revenue and expense are told by centre; what the company has and owes is not. The
        database holds the same."""
        return self.nature in RESULTS and not self.is_bank_leaf


class CostCenterQuerySet(TenantQuerySet):
    def open(self) -> Self:
        return self.filter(archived_at=None)


class CostCenter(TenantOwned):
    """A part of the company by which revenue and expense are told apart (centro de custo)."""

    code = models.CharField("código", max_length=20, blank=True)
    name = models.CharField("nome", max_length=60)
    name_folded = folded("name")
    archived_at = models.DateTimeField("arquivado em", null=True)

    objects = CostCenterQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        verbose_name = "centro de custo"
        verbose_name_plural = "centros de custo"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=~Q(code=""), name="costcenter_code"
            ),
            models.UniqueConstraint(
                fields=["tenant", "name_folded"],
                condition=Q(archived_at=None),
                name="costcenter_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}" if self.code else self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None
