"""Rules that say what bank lines are (regras de extrato), and the work of one that is applied."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Account, CostCenter
from banking.models import BankAccount
from core.clock import DatabaseNow
from parties.models import Payee, Payer
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User

TEXT_LENGTH = 200  # of a condition
NAME_LENGTH = 80


class RuleQuerySet(TenantQuerySet):
    def kept(self) -> Self:
        """In the order in which they are tried."""
        return self.filter(removed_at=None).order_by("position", "id")


class Rule(TenantOwned):
    """Conditions on a bank line, all of which have to hold, and what such a line is. The first rule
    that fits decides. What it did stays when it changes; one that is removed keeps its row."""

    class How(models.TextChoices):
        CONTAINS = "contains", "contém"
        BEGINS = "begins", "começa com"
        PATTERN = "pattern", "casa com o padrão"

    class Side(models.TextChoices):
        IN = "in", "Entrada"
        OUT = "out", "Saída"

    class Act(models.TextChoices):
        ENTRY = "entry", "Lançar"
        TRANSFER = "transfer", "Transferir entre contas"
        IGNORE = "ignore", "Ignorar"

    name = models.CharField("nome", max_length=NAME_LENGTH, blank=True)
    position = models.PositiveIntegerField("ordem")
    is_on = models.BooleanField("ligada", default=True)

    # --- When ---
    # [{"how": How, "text": as it was typed}]: alternatives of one condition are separated by «;».
    texts = models.JSONField("texto", default=list)
    side = models.CharField("lado", max_length=3, choices=Side, blank=True)
    least = models.DecimalField("valor de", max_digits=14, decimal_places=2, null=True)
    most = models.DecimalField("valor até", max_digits=14, decimal_places=2, null=True)
    document = models.CharField("CPF/CNPJ", max_length=14, blank=True)  # with it all of its root
    party_name = models.CharField("outra parte", max_length=TEXT_LENGTH, blank=True)
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")

    # --- Then ---
    act = models.CharField("ação", max_length=8, choices=Act)
    other_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    why = models.CharField("motivo", max_length=300, blank=True)
    # Null: who is registered with the document of the line.
    payee = TenantForeignKey(Payee, models.PROTECT, null=True, related_name="+")
    payer = TenantForeignKey(Payer, models.PROTECT, null=True, related_name="+")

    version = models.PositiveIntegerField(default=1)  # counts the changes
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Who said last what it does: the person who counts where it ignores.
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=DatabaseNow())
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = RuleQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        verbose_name = "regra de extrato"
        verbose_name_plural = "regras de extrato"
        constraints = [
            models.CheckConstraint(
                name="rule_act",
                condition=Q(act="entry", other_account=None, why="")
                | Q(act="transfer", other_account__isnull=False, why="", payee=None, payer=None)
                | Q(act="ignore", other_account=None, payee=None, payer=None) & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="rule_condition",
                condition=~Q(texts=[])
                | ~Q(document="")
                | ~Q(party_name="")
                | Q(least__isnull=False)
                | Q(most__isnull=False)
                | Q(bank_account__isnull=False),
            ),
            models.CheckConstraint(name="rule_one_party", condition=Q(payee=None) | Q(payer=None)),
            models.CheckConstraint(
                name="rule_removed",
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "position"], condition=Q(removed_at=None), name="rule_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"Regra {self.position}"


class RuleSlice(TenantOwned):
    """A part of the entry that a rule makes: reais or per cent of the line, or what is left."""

    rule = TenantForeignKey(Rule, models.CASCADE, related_name="slices", db_index=False)
    position = models.PositiveSmallIntegerField()  # from 1
    account = TenantForeignKey(Account, models.PROTECT, related_name="+")
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2, null=True)
    percent = models.DecimalField("%", max_digits=7, decimal_places=4, null=True)
    cost_center = TenantForeignKey(
        CostCenter, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule", "position"], name="ruleslice_position"
            ),
            models.CheckConstraint(
                name="ruleslice_share",
                condition=Q(amount=None, percent=None)
                | Q(amount__gt=0, percent=None)
                | Q(amount=None, percent__gt=0, percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.position}"


class RuleRun(TenantOwned):
    """The rules, applied to lines that were open when a person asked for it. Its rows are the queue
    of the work."""

    lines = models.JSONField()  # their ids, in the order in which they are taken
    next = models.PositiveIntegerField(default=0, db_default=0)  # the first one not taken yet
    done = models.PositiveIntegerField(default=0, db_default=0)
    left = models.PositiveIntegerField(default=0, db_default=0)  # to a person
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    finished_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=300, blank=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(finished_at=None), name="rulerun_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.next} de {len(self.lines)}"
