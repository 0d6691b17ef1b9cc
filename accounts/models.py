"""The chart of accounts and the journal.

Amounts are reais; a debit is positive and a credit negative, so an entry sums to zero.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from core.cents import in_cents
from core.search import folded
from tenants.models import Tenant, TenantForeignKey, TenantOwned, TenantQuerySet, User


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


class JournalEntryQuerySet(TenantQuerySet):
    def with_lines(self) -> Self:
        """What a page shows of each entry, in two queries whatever their number."""
        others = JournalEntry.objects.filter(tenant=models.OuterRef("tenant"))
        again = others.filter(replaces=models.OuterRef("pk"))
        undone = others.filter(reverses=models.OuterRef("pk"))
        lines = models.Prefetch(
            "lines", JournalLine.objects.select_related("account", "cost_center")
        )
        return (
            self.select_related("created_by")
            .prefetch_related(lines)
            .annotate(
                replaced_by=models.Subquery(again.values("pk")[:1]),
                is_reversed=models.Exists(undone),
            )
        )

    def touching(self, account: Account) -> Self:
        """Entries with a line on the account."""
        lines = JournalLine.objects.filter(
            tenant=models.OuterRef("tenant"), account=account, entry=models.OuterRef("pk")
        )
        return self.filter(models.Exists(lines))


class JournalEntry(TenantOwned):
    """A balanced entry (lançamento). Never changed: it is reversed by another one.

    Only a provisional day may become certain.

    The database checks at commit that the lines are `line_count`, sum to zero and debit `total`.
    """

    date = models.DateField("data")  # São Paulo
    # The day on which we learned of what happened, until the bank's statement tells the day of it.
    is_provisional = models.BooleanField("data provisória", default=False, db_default=False)
    memo = models.CharField("histórico", max_length=300)
    memo_folded = folded("memo")
    # A person wrote it line by line; what else people do writes its own entries.
    is_by_hand = models.BooleanField("manual", default=False, db_default=False)
    reverses = TenantForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversals",
        verbose_name="estorno de",
        db_index=False,
    )
    # What was reversed so that this one could be written on another account or day.
    replaces = TenantForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="replacements",
        verbose_name="no lugar de",
        db_index=False,
    )
    line_count = models.PositiveSmallIntegerField("linhas")
    total = models.DecimalField("total", max_digits=16, decimal_places=2)
    total_cents = in_cents("total")
    # Null: the product itself.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = JournalEntryQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    is_reversed: bool  # of one that is read `with_lines`
    # Its lines, of one that was written a moment ago: nothing has to be read again.
    just_written: "Sequence[JournalLine]" = ()

    class Meta:
        verbose_name = "lançamento"
        verbose_name_plural = "lançamentos"
        constraints = [
            # The company comes second here and below: so the index also serves Django's lookups
            # through a relation, which name the other row alone.
            models.UniqueConstraint(fields=["reverses", "tenant"], name="entry_reversed_once"),
            models.UniqueConstraint(fields=["replaces", "tenant"], name="entry_replaced_once"),
            models.CheckConstraint(name="entry_two_lines", condition=Q(line_count__gte=2)),
            models.CheckConstraint(name="entry_total_positive", condition=Q(total__gt=0)),
            models.CheckConstraint(name="entry_not_its_reversal", condition=~Q(reverses=F("id"))),
        ]
        indexes = [
            models.Index(fields=["tenant", "-date", "-id"], name="entry_page"),
            models.Index(fields=["tenant", "total_cents", "id"], name="entry_by_cents"),
            models.Index(
                fields=["tenant", "-date", "-id"],
                condition=Q(is_by_hand=True),
                name="entry_by_hand",
            ),
            models.Index(
                fields=["tenant", "-date", "-id"],
                condition=Q(reverses__isnull=False),
                name="entry_reversals",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.memo}"

    @property
    def is_reversal(self) -> bool:
        return self.reverses_id is not None

    @property
    def reversal(self) -> "JournalEntry | None":
        """The entry that undid this one."""
        return next(iter(self.reversals.all()), None)

    @property
    def state_words(self) -> str:
        """What became of it; empty of one that stands as it was written. Read `with_lines`."""
        if self.is_reversal:
            return "estorno"
        if self.is_reversed:
            return "estornado"
        return "data provisória" if self.is_provisional else ""

    @property
    def replacement(self) -> "JournalEntry | None":
        """The entry that was written in the place of this one."""
        return self.replacements.first()


class JournalLine(TenantOwned):
    """One account's part in an entry. Never changed."""

    entry = TenantForeignKey(JournalEntry, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField("posição")  # from 1
    account = TenantForeignKey(
        Account, models.PROTECT, related_name="lines", verbose_name="conta", db_index=False
    )
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)
    cost_center = TenantForeignKey(
        CostCenter,
        models.PROTECT,
        null=True,
        related_name="lines",
        verbose_name="centro de custo",
        db_index=False,
    )
    # That of the entry: the database writes it.
    day = models.DateField("data", editable=False)

    class Meta:
        verbose_name = "linha de lançamento"
        verbose_name_plural = "linhas de lançamento"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "tenant", "position"], name="line_position"),
            models.CheckConstraint(name="line_not_zero", condition=~Q(amount=0)),
        ]
        indexes = [
            # An account's own page, and its sums within a day, are read from the index alone.
            models.Index(
                F("account"), F("tenant"), F("day").desc(), F("entry").desc(),
                include=["amount"], name="line_account_page",
            ),
            # Those of a centre, and what it came to in a period. Most lines have none.
            models.Index(
                F("cost_center"), F("tenant"), F("day").desc(), F("entry").desc(),
                condition=Q(cost_center__isnull=False), include=["amount"],
                name="line_center_page",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"

    @property
    def is_debit(self) -> bool:
        return self.amount > 0

    @property
    def credit(self) -> Decimal:
        """The amount of a credit, as the column «Crédito» shows it."""
        return -self.amount


class AccountStep(TenantOwned):
    """A change of what an account holds. What it holds at the end of a day is the sum of the steps
    up to that day: there are few a day, however many lines.

    Triggers alone write these rows, in the transaction of the lines, and make one of several now
    and then (see the migration); no key leads to or from them.
    """

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    account_id = models.UUIDField()
    day = models.DateField()
    debit = models.DecimalField(max_digits=18, decimal_places=2)
    credit = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "account_id", "day"],
                include=["debit", "credit"],
                name="accountstep_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.debit} {self.credit}"
