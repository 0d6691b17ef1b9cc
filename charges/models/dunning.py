"""The régua de cobrança: what is mailed when, to whom not, and each mail that waits or left."""

from django.db import models
from django.db.models import F, Q

from charges.models.charge import Charge
from core.clock import DatabaseNow
from parties.models import Payer
from tenants.models import TenantForeignKey, TenantOwned, User

SUBJECT_LENGTH = 120
BODY_LENGTH = 2000


class Dunning(TenantOwned):
    """What a company decided about mails to its payers; without a row, none leaves."""

    is_on = models.BooleanField("ligada", default=False)
    reply_to = models.EmailField("e-mail para respostas", blank=True)
    copy_to = models.EmailField("cópia para", blank=True)
    hourly_rate = models.PositiveSmallIntegerField("e-mails por hora", default=200)
    # Written anew by us from what was uploaded (charges/dunning/logo.py).
    logo = models.BinaryField(default=b"", blank=True)
    logo_type = models.CharField(max_length=10, blank=True)
    # The last São Paulo day whose steps were put into the outbox: none is taken twice, or late.
    planned_until = models.DateField(null=True)
    # Issues and payments of before are not told any more.
    events_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="dunning_one"),
            models.CheckConstraint(
                name="dunning_rate", condition=Q(hourly_rate__gte=1, hourly_rate__lte=2000)
            ),
            models.CheckConstraint(
                name="dunning_since",
                condition=Q(is_on=False)
                | Q(planned_until__isnull=False, events_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "Régua de cobrança"


class DunningStep(TenantOwned):
    """One step of the ladder, with its text."""

    class Kind(models.TextChoices):
        ISSUE = "issue", "Na emissão"
        DUE = "due", "Em relação ao vencimento"
        PAID = "paid", "No pagamento"

    kind = models.CharField("quando", max_length=5, choices=Kind)
    days = models.SmallIntegerField("dias", default=0)  # from the due date; before it negative
    subject = models.CharField("assunto", max_length=SUBJECT_LENGTH)
    body = models.CharField("texto", max_length=BODY_LENGTH)
    is_on = models.BooleanField("ativo", default=True)
    # It holds for what comes after this instant: never for days that were over then.
    valid_from = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "days"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "days"],
                condition=Q(archived_at=None),
                name="dunningstep_once",
            ),
            models.CheckConstraint(
                name="dunningstep_days",
                condition=Q(kind="due", days__gte=-30, days__lte=120) | Q(~Q(kind="due"), days=0),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """«2 dias antes do vencimento», «No vencimento», «Na emissão»."""
        if self.kind != self.Kind.DUE:
            return self.Kind(self.kind).label
        if not self.days:
            return "No vencimento"
        count = abs(self.days)
        words = "1 dia" if count == 1 else f"{count} dias"
        return f"{words} {'antes' if self.days < 0 else 'depois'} do vencimento"


class PayerAddress(TenantOwned):
    """What is known of an address to which a company mails: that it is dead, or wants no more."""

    email = models.CharField("e-mail", max_length=254)  # lower case
    opted_out_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Refusals for a time, one after the other.
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email"], name="payeraddress_once"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def takes_mail(self) -> bool:
        return self.opted_out_at is None and self.dead_at is None


class DunningHold(TenantOwned):
    """No reminders of a charge, or of all charges of a payer, until a day or without one."""

    class Kind(models.TextChoices):
        PAUSE = "pause", "Pausa"
        PROMISE = "promise", "Promessa de pagamento"

    kind = models.CharField(max_length=7, choices=Kind)
    payer = TenantForeignKey(Payer, models.PROTECT, related_name="+")
    charge = TenantForeignKey(Charge, models.PROTECT, null=True, related_name="dunning_holds")
    until = models.DateField(null=True)  # the last day without reminders
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "charge"],
                condition=Q(ended_at=None, charge__isnull=False),
                name="dunninghold_one_per_charge",
            ),
            models.UniqueConstraint(
                fields=["tenant", "payer"],
                condition=Q(ended_at=None, charge=None),
                name="dunninghold_one_per_payer",
            ),
            models.CheckConstraint(
                name="dunninghold_promise_has_day",
                condition=~Q(kind="promise") | Q(until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Reminder(TenantOwned):
    """One mail of one step about one charge to one address: outbox, queue and log in one.

    Several of a day leave as one message: that of their `lead`, which has its text.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Na fila"
        SENDING = "sending", "Enviando"
        SENT = "sent", "Enviada"
        UNKNOWN = "unknown", "Não se sabe"
        REFUSED = "refused", "Recusada pelo destino"
        NOT_SENT = "not_sent", "Não enviada"
        GAVE_WAY = "gave_way", "Deu lugar a outra"

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="reminders")
    payer = TenantForeignKey(Payer, models.PROTECT, related_name="+")
    step = TenantForeignKey(DunningStep, models.PROTECT, related_name="+")
    email = models.CharField("e-mail", max_length=254)
    # Another due date is another round of the ladder.
    due_date = models.DateField()
    label = models.CharField(max_length=60)  # of the step, as it was then
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    wait_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    lead = TenantForeignKey("self", models.PROTECT, null=True, related_name="merged")
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)  # asked for that day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "charge", "step", "email", "due_date"], name="reminder_once"
            ),
            models.CheckConstraint(
                name="reminder_claimed",
                condition=Q(claim=None) | Q(claim__isnull=False, claimed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reminder_leads_another", condition=Q(lead=None) | ~Q(lead=F("id"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "made_at"],
                condition=Q(status__in=["waiting", "sending"]),
                name="reminder_queue",
            ),
            models.Index(fields=["tenant", "-made_at", "-id"], name="reminder_page"),
            models.Index(fields=["tenant", "charge"], name="reminder_of_charge"),
            models.Index(fields=["tenant", "payer"], name="reminder_of_payer"),
            models.Index(
                fields=["tenant", "email", "claimed_at"],
                condition=Q(lead=None, claimed_at__isnull=False),
                name="reminder_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.email}"
