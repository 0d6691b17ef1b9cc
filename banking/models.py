"""Connections to banks, the accounts they reach, and what the banks say of them."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account
from banking.banks import registry
from banking.banks.contract.info import Mode
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class Connection(TenantOwned):
    """The tie to a bank (vínculo): credentials, and whether the bank still honours them."""

    class Status(models.TextChoices):
        OPENING = "opening", "Conectando"
        ACTIVE = "active", "Ativo"
        LOST = "lost", "Precisa ser refeito"
        FAILED = "failed", "Não conectado"
        UNDONE = "undone", "Desfeito"

    provider = models.CharField("banco", max_length=16)
    # The slug of one of the bank's modes; empty in what is older than modes: its first one.
    mode = models.CharField("modo", max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPENING)
    status_reason = models.CharField(max_length=300, blank=True)
    lost_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The account whose vínculo it is made to bring back; it may then reach no other.
    redoes = TenantForeignKey("BankAccount", models.PROTECT, null=True, related_name="+")
    # What was typed in the form and is no secret, for a form that has to be corrected.
    typed = models.JSONField(default=dict)
    # Which terms `connected_by` accepted with the opening, and when.
    terms_version = models.CharField(max_length=16, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    # A Fernet token over the grant; read only by gateway.credentials. Empty once it is of no use.
    credentials = models.BinaryField()
    opening_leased_until = models.DateTimeField(null=True)
    # Whoever set this may refresh the token until then; the others wait.
    refresh_leased_until = models.DateTimeField(null=True)
    # As in the grant: when it is renewed though nobody asks, and when it would be dead.
    keep_alive_at = models.DateTimeField(null=True)
    refresh_by = models.DateTimeField(null=True)
    # SHA-256 of the secret in the address that the bank calls.
    webhook_digest = models.BinaryField(max_length=32)
    webhook_registered_at = models.DateTimeField(null=True)
    connected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="connection_status",
                condition=Q(status__in=["opening", "active", "lost", "failed", "undone"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["keep_alive_at"],
                condition=Q(keep_alive_at__isnull=False, status__in=["opening", "active"]),
                name="connection_keep_alive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} · {self.get_status_display()}"

    @property
    def bank_name(self) -> str:
        return registry.info(self.provider).name

    @property
    def bank_mode(self) -> Mode:
        return registry.info(self.provider).mode(self.mode)

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_undone(self) -> bool:
        """Somebody undid it (connections.disconnect); only a new connection brings it back."""
        return self.status == self.Status.UNDONE


class BankAccountQuerySet(TenantQuerySet):
    def connected(self) -> Self:
        return self.filter(connection__status=Connection.Status.ACTIVE)

    def in_plan(self) -> Self:
        """Those whose bank is part of the company's plan today."""
        allowed = Q()
        for provider, bank in registry.banks().items():
            allowed |= Q(provider=provider, tenant__plan__in=bank.info.plans)
        return self.filter(allowed)

    def due_for_sync(self, now: datetime, interval: timedelta) -> Self:
        """Connected, not synced for an interval or since a hint, and not being synced now."""
        return (
            self.connected()
            .may_be_read(now)
            .filter(
                Q(sync_started_at=None)
                | Q(sync_started_at__lte=now - interval)
                | Q(sync_hinted_at__gt=F("sync_started_at")),
            )
        )

    def may_be_read(self, now: datetime) -> Self:
        """Nobody is at it, and the bank did not say to wait."""
        return self.filter(
            Q(sync_leased_until=None) | Q(sync_leased_until__lte=now),
            Q(sync_wait_until=None) | Q(sync_wait_until__lte=now),
        )

    def claim_sync(self, account_id: UUID, now: datetime, lease: timedelta) -> bool:
        """Take the account's sync for a while. False when somebody has it or it has to wait."""
        return bool(
            self.may_be_read(now)
            .filter(id=account_id)
            .update(sync_leased_until=now + lease, sync_started_at=now, sync_lines=0, sync_error="")
        )


class BankAccount(TenantOwned):
    """An account at a bank. It outlives its connection: the identity is bank, branch, number."""

    class Proof(models.TextChoices):
        UNKNOWN = "unknown", "Ainda não conferido"
        PROVED = "proved", "Confere"
        BROKEN = "broken", "Não confere"

    class PixPolicy(models.TextChoices):
        """What becomes of a Pix that the bank does not send for us."""

        KEEP = "keep", "Não enviar pagamentos definidos com Pix"
        TED = "ted", "Enviar sempre via TED"

    provider = models.CharField("banco", max_length=16)
    bank_code = models.CharField("código do banco", max_length=3)
    branch = models.CharField("agência", max_length=8)
    number = models.CharField("conta", max_length=20)
    holder_name = models.CharField("titular", max_length=160)
    holder_document = models.CharField("CPF/CNPJ do titular", max_length=14)
    connection = TenantForeignKey(Connection, models.PROTECT, null=True, related_name="accounts")
    # The Conta do Ativo.
    ledger_account = TenantForeignKey(Account, models.PROTECT, related_name="bank_accounts")

    # Modo Banking: the first day whose bills go to the bank at 07:00; null when it is off.
    modo_banking_from = models.DateField("Modo Banking desde", null=True)
    is_preferred = models.BooleanField("conta preferencial", default=False)
    pix_policy = models.CharField(
        "envio preferencial para PIX/TED", max_length=4, choices=PixPolicy, default=PixPolicy.KEEP
    )

    balance = models.DecimalField("saldo no banco", max_digits=16, decimal_places=2, null=True)
    balance_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)  # the last sync that reached its end
    sync_started_at = models.DateTimeField(null=True)
    sync_leased_until = models.DateTimeField(null=True)
    # The bank asked to wait until then.
    sync_wait_until = models.DateTimeField(null=True)
    # The bank told of something that the statement will show.
    sync_hinted_at = models.DateTimeField(null=True)
    sync_lines = models.PositiveIntegerField(default=0)  # read so far by the one under way
    sync_error = models.CharField(max_length=300, blank=True)
    proof = models.CharField(max_length=8, choices=Proof, default=Proof.UNKNOWN)
    # Closing as the bank says minus opening and movements as stored; zero when proved.
    proof_difference = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    # Annotated by overview.accounts_of: when a bank that is away is tried again.
    next_try: datetime | None

    objects = BankAccountQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_code", "branch", "number"], name="bankaccount_identity"
            ),
            models.UniqueConstraint(
                fields=["tenant", "ledger_account"], name="bankaccount_one_per_leaf"
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_preferred=True), name="bankaccount_one_preferred"
            ),
            models.CheckConstraint(
                name="bankaccount_pix_policy", condition=Q(pix_policy__in=["keep", "ted"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.number}"

    @property
    def bank_name(self) -> str:
        return registry.info(self.provider).name

    @property
    def is_connected(self) -> bool:
        return self.connection is not None and self.connection.is_active

    @property
    def is_undone(self) -> bool:
        return self.connection is not None and self.connection.is_undone

    @property
    def is_syncing(self) -> bool:
        return self.sync_leased_until is not None and self.sync_leased_until > timezone.now()


class StatementLine(TenantOwned):
    """One movement in a bank's statement. A fact: stored once and never changed."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "Transferência"
        PAYMENT = "payment", "Pagamento"
        PIX = "pix", "Pix"
        FEE = "fee", "Tarifa"
        OTHER = "other", "Outro"

    bank_account = TenantForeignKey(
        BankAccount, models.PROTECT, related_name="lines", db_index=False
    )
    bank_id = models.CharField("id no banco", max_length=80)
    booked_on = models.DateField("dia")  # São Paulo
    occurred_at = models.DateTimeField("instante")
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)  # negative: out
    kind = models.CharField("tipo", max_length=10, choices=Kind)
    description = models.CharField("histórico", max_length=300)
    counterparty_name = models.CharField("contraparte", max_length=160, blank=True)
    counterparty_document = models.CharField("CPF/CNPJ", max_length=14, blank=True)
    raw = models.JSONField("resposta do banco")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "bank_id"], name="statementline_once"
            ),
        ]
        indexes = [
            models.Index(
                "tenant", "bank_account", F("booked_on").desc(), F("occurred_at").desc(),
                F("id").desc(), name="statementline_page",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.booked_on:%d/%m/%Y} {self.description}"

    @property
    def is_incoming(self) -> bool:
        return self.amount > 0


class DailyBalance(TenantOwned):
    """What a day closed with, by the bank's opening balance and its movements."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="daily_balances")
    day = models.DateField("dia")
    closing = models.DecimalField("saldo", max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "day"], name="dailybalance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.closing}"


class ConsentAttempt(TenantOwned):
    """A person went to a bank to consent. The `state` that comes back works once, for them only."""

    provider = models.CharField(max_length=16)
    mode = models.CharField(max_length=40, blank=True)
    # What was typed before going, as a grant without tokens, sealed for this row. Empty: nothing.
    typed = models.BinaryField(default=bytes)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    redoes = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    # SHA-256 of the OAuth state (RFC 6749, section 10.12).
    state_digest = models.BinaryField(max_length=32)
    started_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "state_digest"], name="consentattempt_state")]

    def __str__(self) -> str:
        return f"{self.provider} {self.started_at:%d/%m/%Y %H:%M}"


class BankEvent(TenantOwned):
    """Webhook inbox: stored as it came, answered at once, handled later, once."""

    connection = TenantForeignKey(Connection, models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120, blank=True)
    claims = models.CharField(max_length=24, blank=True)  # an OrderState, as the event tells it
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection", "event_id"], name="bankevent_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "received_at"],
                condition=Q(handled_at=None),
                name="bankevent_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class BankHealth(models.Model):
    """Whether a bank answers. Of no company: what one sees spares the others the wait."""

    provider = models.CharField(max_length=16, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True)  # nobody calls the bank before then
    probe_leased_until = models.DateTimeField(null=True)  # somebody is trying it

    def __str__(self) -> str:
        return f"{self.provider} {self.failures}"


class BankCall(TenantOwned):
    """One of the last calls to a bank: no address, no content, no secret (gateway.call_log)."""

    connection = TenantForeignKey(Connection, models.PROTECT, related_name="calls", db_index=False)
    made_at = models.DateTimeField()
    operation = models.CharField(max_length=80)
    result = models.CharField(max_length=80)  # the HTTP status, or how it failed
    milliseconds = models.PositiveIntegerField()
    is_failure_of_bank = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                "tenant", "connection", F("made_at").desc(), F("id").desc(), name="bankcall_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.result}"


class TokenBudget(models.Model):
    """The token requests of the last minute that a bank counts together. Of no company."""

    # SHA-256 of bank and client id: one client id may serve many companies.
    key = models.BinaryField(max_length=32, primary_key=True)
    spent = ArrayField(models.DateTimeField())

    def __str__(self) -> str:
        return f"{len(self.spent)}"
