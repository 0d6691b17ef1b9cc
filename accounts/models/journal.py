"""The journal.

Amounts are reais; a debit is positive and a credit negative, so an entry sums to zero.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models.chart import Account, CostCenter
from core.cents import in_cents
from core.search import folded
from tenants.models import Tenant, TenantForeignKey, TenantOwned, TenantQuerySet, User


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
