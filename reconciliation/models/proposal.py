"""What bank lines may stand for, found in the background; and what makes it be looked at anew."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from banking.models import BankAccount
from banking.models.open_parts import Kept
from core.cents import in_cents
from core.clock import DatabaseNow
from parties.models import Payee, Payer
from reconciliation.models.match import Match
from tenants.models import TenantForeignKey, TenantOwned, User


class Proposal(Kept):
    """One thing that an open line may be, of at most five. Rows of a line are replaced together."""

    class Kind(models.TextChoices):
        SETTLE = "settle", "Conciliar"
        TRANSFER = "transfer", "Transferência entre contas"
        RETURN = "return", "Devolução ou estorno"

    class Degree(models.TextChoices):
        """How certain it is. A certain one is still a proposal where the account asks for people,
        or somebody took the same apart before."""

        NONE = "", "A confirmar"
        ID = "id", "Por identificação"
        EVIDENCE = "evidence", "Por indícios"

    line_id = models.UUIDField()
    rank = models.PositiveSmallIntegerField()  # from 1
    kind = models.CharField(max_length=8, choices=Kind)
    degree = models.CharField(max_length=8, choices=Degree, blank=True)
    score = models.PositiveSmallIntegerField()  # 0 to 100
    # With the line itself; a movement stands before what gave it back.
    lines = ArrayField(models.UUIDField())
    # [{"kind": "entry" | "bill" | "charge", "id", "amount": positive}]; of an entry the id is that
    # of its line on the Conta do Ativo.
    parts = models.JSONField(default=list)
    items = ArrayField(models.UUIDField(), default=list)  # the ids of its parts
    difference = models.JSONField(null=True)  # {"kind", "amount": positive}
    reasons = models.JSONField(default=list)  # slugs (reconciliation/engine/words.py)
    undoes = ArrayField(models.UUIDField(), default=list)  # lines whose match falls with it
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "line_id", "rank"], name="proposal_rank"),
            models.CheckConstraint(name="proposal_score", condition=Q(score__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.get_kind_display()} {self.score}"


class NewLines(Kept):
    """Lines that are open since a moment ago: those with identifiers from the one to the other."""

    first_id = models.UUIDField()
    last_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["tenant"], name="newlines_of_company")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.last_id}"


class LineReading(Kept):
    """That an open line is looked at, and of whom it tells: `id` is the line's. It goes when
    another part of the line is open."""

    bank_account_id = models.UUIDField()
    day = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # what is open of it; signed
    cents = in_cents("amount")
    parties = ArrayField(models.CharField(max_length=14), default=list)  # documents
    is_own = models.BooleanField(default=False)  # it tells of another account of the company
    is_nameless = models.BooleanField(default=False)  # it may be all that is due about its day
    is_due = models.BooleanField(default=True)  # to be looked at, again
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "day", "id"], condition=Q(is_due=True), name="linereading_due"
            ),
            models.Index(fields=["tenant", "cents", "day"], name="linereading_of_cents"),
            models.Index(fields=["tenant"], condition=Q(is_own=True), name="linereading_own"),
            models.Index(
                fields=["tenant", "day"],
                condition=Q(is_nameless=True),
                name="linereading_nameless",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.day}"


class ItemChange(Kept):
    """Something that open lines may stand for came, went, or is another now. The database notes
    it; whoever looks at the lines takes it away."""

    amount = models.DecimalField(max_digits=14, decimal_places=2)  # positive
    party = models.CharField(max_length=14, blank=True)  # document
    item_id = models.UUIDField()
    day = models.DateField(null=True)  # on which it is or was due, or was sent; none: of any day

    class Meta:
        indexes = [models.Index(fields=["tenant"], name="itemchange_of_company")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.amount}"


class EngineTurn(Kept):
    """Which worker looks at the company's lines; `id` is the company's."""

    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.id} {self.leased_until}"


class OpenedLine(Kept):
    """A person has just opened a line: engine and rules leave it alone for a while. `id` is its."""

    LEFT_ALONE = timedelta(minutes=2)

    opened_by = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    opened_at = models.DateTimeField(db_default=DatabaseNow())

    def __str__(self) -> str:
        return f"{self.id} {self.opened_at}"


class Automation(TenantOwned):
    """Whether what is certain by evidence is matched by itself on an account. Without a row it is
    proposed; what an exact id tells is always matched."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+")
    by_evidence = models.BooleanField("conciliar sozinho por indícios")
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bank_account"], name="automation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.by_evidence}"


class Lesson(TenantOwned):
    """What the match of a person teaches: whom a name or a document of a bank line means, and what
    an acquirer kept. It holds while the match stands."""

    match = TenantForeignKey(Match, models.PROTECT, related_name="lessons")
    told = models.CharField(max_length=160)  # folded, as the line told it
    payee = TenantForeignKey(Payee, models.PROTECT, null=True, related_name="+")
    payer = TenantForeignKey(Payer, models.PROTECT, null=True, related_name="+")
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # of one

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lesson_of_one_party",
                condition=Q(payee__isnull=False, payer=None) | Q(payee=None, payer__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "told"], name="lesson_told")]

    def __str__(self) -> str:
        return self.told
