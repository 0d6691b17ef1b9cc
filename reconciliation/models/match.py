"""What somebody, or the product itself, said of bank lines, and what came of it."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import JournalEntry
from banking.models import Allocation, StatementLine
from charges.models import Settlement
from core.clock import DatabaseNow
from parties.models import Payee, Payer
from payments.models import OutsidePayment, Payable, PaymentOrder
from people.models import ExceptionalAct
from reconciliation.models.rule import Rule
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class MatchQuerySet(TenantQuerySet):
    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def undone(self) -> Self:
        """Those that a person took back: nothing does the same again by itself."""
        return self.filter(undone_by__isnull=False)


class Match(TenantOwned):
    """An act on bank lines and its reasons (conciliação). What it joined is in `MatchPart`, what it
    did besides in `MatchEffect`.

    It ends when a person undoes it, or with the last allocation that it made, whoever ended that:
    a reversal of the entry, the bill's page or the charge's. Rows are never deleted.
    """

    class Kind(models.TextChoices):
        MATCH = "match", "Vinculado"
        CREATE = "create", "Lançamento criado"
        TRANSFER = "transfer", "Transferência entre contas"
        IGNORE = "ignore", "Ignorado"
        GIVE_BACK = "give_back", "Devolução ou estorno"

    class Degree(models.TextChoices):
        """How sure it was, and who said so."""

        HAND = "hand", "Por uma pessoa"
        ACCEPTED = "accepted", "Proposta aceita"
        RULE = "rule", "Automático, por regra"
        ID = "id", "Automático, por identificação"
        EVIDENCE = "evidence", "Automático, por indícios"

    kind = models.CharField("ato", max_length=9, choices=Kind)
    degree = models.CharField("como", max_length=8, choices=Degree, default=Degree.HAND)
    # What spoke for it: slugs and Portuguese words, as a proposal had them.
    reasons = models.JSONField("razões", default=list)
    score = models.PositiveSmallIntegerField("pontuação", null=True)  # of a proposal: 0 to 100
    why = models.CharField("motivo", max_length=300, blank=True)  # in a person's words
    # With whom the money was, where it is no bill's or charge's own party.
    payee = TenantForeignKey(Payee, models.PROTECT, null=True, related_name="+")
    payer = TenantForeignKey(Payer, models.PROTECT, null=True, related_name="+")
    # What made it an act out of the ordinary; null for most.
    exception = TenantForeignKey(ExceptionalAct, models.PROTECT, null=True, related_name="+")
    # The rule that said so, or that had proposed what a person accepted.
    rule = TenantForeignKey(Rule, models.PROTECT, null=True, related_name="matches", db_index=False)
    # Null: the product itself.
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    ended_at = models.DateTimeField(null=True)
    # Null when it ended with what it made.
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_why = models.CharField("motivo de desfazer", max_length=300, blank=True)

    objects = MatchQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="match_undone_has_ended",
                condition=Q(undone_by=None, undone_why="") | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(name="match_score", condition=Q(score=None) | Q(score__lte=100)),
            models.CheckConstraint(
                name="match_by_somebody",
                condition=~Q(degree__in=["hand", "accepted"]) | Q(made_by__isnull=False),
            ),
            models.CheckConstraint(name="match_ignored_why", condition=~Q(kind="ignore", why="")),
            models.CheckConstraint(
                name="match_by_rule",
                condition=Q(rule=None) | Q(degree__in=["rule", "accepted"]),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-made_at", "-id"], name="match_newest"),
            models.Index(
                fields=["tenant", "undone_by"],
                condition=Q(undone_by__isnull=False),
                name="match_undone",
            ),
            models.Index(
                fields=["tenant", "rule", "-made_at"],
                condition=Q(rule__isnull=False),
                name="match_of_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} em {self.made_at:%d/%m/%Y}"

    @property
    def is_automatic(self) -> bool:
        return self.degree in {self.Degree.RULE, self.Degree.ID, self.Degree.EVIDENCE}


class MatchLineQuerySet(TenantQuerySet):
    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def ignored(self) -> Self:
        """The parts of lines that nothing in the books stands for, because a person said so."""
        return self.filter(ended_at=None, is_ignored=True)


class MatchLine(TenantOwned):
    """The part of a bank line that a match explains. A late leg of a transfer comes later."""

    match = TenantForeignKey(Match, models.PROTECT, related_name="lines", db_index=False)
    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="match_lines", db_index=False
    )
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)  # negative: out
    # Nothing in the books stands for it: it stays in the difference between them and the bank. The
    # database lets no allocation take this part, and counts it with them.
    is_ignored = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # With its match; the database writes it.
    ended_at = models.DateTimeField(null=True)

    objects = MatchLineQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "match", "statement_line"], name="matchline_once"
            ),
            models.CheckConstraint(name="matchline_not_zero", condition=~Q(amount=0)),
        ]
        indexes = [
            models.Index(fields=["tenant", "statement_line"], name="matchline_of_line"),
            models.Index(
                fields=["tenant", "statement_line"],
                condition=Q(is_ignored=True, ended_at=None),
                include=["amount"],
                name="matchline_ignored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_line_id} {self.amount}"


class MatchPart(TenantOwned):
    """An allocation that a match made. Where its entry is written again on another day, the
    allocation that takes the place of the former one is added by the database."""

    match = TenantForeignKey(Match, models.PROTECT, related_name="parts", db_index=False)
    allocation = TenantForeignKey(
        Allocation, models.PROTECT, related_name="match_parts", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "allocation"], name="matchpart_once"),
        ]
        indexes = [models.Index(fields=["tenant", "match"], name="matchpart_of_match")]

    def __str__(self) -> str:
        return f"{self.match_id} {self.allocation_id}"


class MatchEffect(TenantOwned):
    """What a match did besides joining: which is what undoing it takes back, the last one first."""

    class Kind(models.TextChoices):
        LINKED = "linked", "Lançamento vinculado"  # it was there: it stays
        CREATED = "created", "Lançamento criado"  # it is reversed
        REWRITTEN = "rewritten", "Lançamento refeito"  # `former` is written again
        BILL_PAID = "bill_paid", "Conta baixada"  # it waits for approval again
        ORDER_PROVED = "order_proved", "Pagamento comprovado"  # a person tells its result
        CHARGE_SETTLED = "charge_settled", "Cobrança baixada"  # it is owed again
        GIVEN_BACK = "given_back", "Devolução de lançamento"  # `former` is what came back

    match = TenantForeignKey(Match, models.PROTECT, related_name="effects", db_index=False)
    position = models.PositiveSmallIntegerField()  # from 1
    kind = models.CharField(max_length=14, choices=Kind)
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    former = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    bill = TenantForeignKey(Payable, models.PROTECT, null=True, related_name="+")
    payment = TenantForeignKey(OutsidePayment, models.PROTECT, null=True, related_name="+")
    order = TenantForeignKey(PaymentOrder, models.PROTECT, null=True, related_name="+")
    settlement = TenantForeignKey(Settlement, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "match", "position"], name="matcheffect_position"
            ),
            models.CheckConstraint(
                name="matcheffect_of",
                condition=Q(kind__in=["linked", "created"], entry__isnull=False)
                | Q(kind__in=["rewritten", "given_back"], entry__isnull=False, former__isnull=False)
                | Q(kind="bill_paid", bill__isnull=False, payment__isnull=False)
                | Q(kind="order_proved", bill__isnull=False, order__isnull=False)
                | Q(kind="charge_settled", settlement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_kind_display()}"
