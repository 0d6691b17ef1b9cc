"""Accounts at banks: identity, settings, and how their statement is read."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account
from banking.banks import registry
from banking.banks.by_file import BY_FILE
from banking.banks.contract.said import Said, said_as
from banking.models.connection import Connection
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet


class BankAccountQuerySet(TenantQuerySet):
    def connected(self) -> Self:
        return self.filter(connection__status=Connection.Status.ACTIVE)

    def with_integration(self) -> Self:
        """All but «Outro banco»."""
        return self.exclude(provider=BY_FILE.slug)

    def in_plan(self) -> Self:
        """Those whose bank is part of the company's plan today; files are part of every plan."""
        allowed = Q(provider=BY_FILE.slug)
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
        """No worker has it, and the bank did not say to wait."""
        return self.filter(
            Q(sync_leased_until=None) | Q(sync_leased_until__lte=now),
            Q(sync_wait_until=None) | Q(sync_wait_until__lte=now),
        )

    def claim_sync(self, account_id: UUID, now: datetime, lease: timedelta) -> UUID | None:
        """Take the account's sync for a while: the lease, by which only its holder writes what the
        sync comes to. None when somebody has it or it has to wait."""
        lease_id = uuid4()
        is_mine = (
            self.may_be_read(now)
            .filter(id=account_id)
            .update(
                sync_lease=lease_id,
                sync_leased_until=now + lease,
                sync_started_at=now,
                sync_lines=0,
                sync_error="",
            )
        )
        return lease_id if is_mine else None


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
    # Of «Outro banco», as people say it; empty where there is an integration.
    bank_label = models.CharField("nome do banco", max_length=60, blank=True)
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
    # Of the worker that reads it. Another may take it when its time is over.
    sync_lease = models.UUIDField(null=True)
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
    # The first day whose balance is not what the bank says; null when all are.
    proof_broken_on = models.DateField(null=True)
    # Its open UnreadMovements, as the last sync left them.
    unread_movements = models.PositiveIntegerField(default=0)

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
        return self.bank_label or registry.info(self.provider).name

    @property
    def bank_said(self) -> Said:
        """The bank in a sentence: «na Cora»."""
        if self.bank_label:
            return said_as(self.bank_label)
        return Said(self.bank_name, registry.info(self.provider).article)

    @property
    def said(self) -> Said:
        """The account in a sentence: «da Cora 1234567-8»."""
        return Said(f"{self}", self.bank_said.article)

    @property
    def is_by_file(self) -> bool:
        """«Outro banco»: there is no integration, and people bring its statement."""
        return self.provider == BY_FILE.slug

    @property
    def is_connected(self) -> bool:
        return self.connection is not None and self.connection.is_active

    @property
    def is_undone(self) -> bool:
        return self.connection is not None and self.connection.is_undone

    @property
    def is_syncing(self) -> bool:
        return self.sync_leased_until is not None and self.sync_leased_until > timezone.now()
