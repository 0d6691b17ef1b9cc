"""What the company owes, to whom, and the orders that have banks pay it."""

import re
from contextlib import suppress
from datetime import date
from typing import Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Account, JournalEntry
from banking.banks import registry
from banking.banks.contract.payments import AccountType, PixKeyType, Rail
from banking.models import BankAccount, StatementLine
from brazil.document import format_document
from core.amounts import read_amount
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, format_brl
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class Payee(TenantOwned):
    """Whom the company pays (favorecido)."""

    name = models.CharField("favorecido", max_length=120)
    document = models.CharField("CPF/CNPJ", max_length=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document"], name="payee_document_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PayeeAccountQuerySet(TenantQuerySet):
    def on_file(self) -> Self:
        """Those that an approved bill goes or went to, the one approved last first.

        What was only entered, rejected or cancelled is not on file: nobody else confirmed it.
        """
        approved = Payable.objects.filter(
            tenant=models.OuterRef("tenant"),
            payee_account=models.OuterRef("pk"),
            status__in=[PayableStatus.APPROVED, PayableStatus.SENT, PayableStatus.PAID],
        )
        last = approved.order_by("-approved_at").values("approved_at")[:1]
        filed = self.annotate(filed_at=models.Subquery(last)).filter(filed_at__isnull=False)
        return filed.order_by("-filed_at", "-id")


class PayeeAccount(TenantOwned):
    """Where a payee receives TEDs."""

    class Type(models.TextChoices):
        CHECKING = AccountType.CHECKING.value, "Conta corrente"
        SAVINGS = AccountType.SAVINGS.value, "Poupança"
        PAYMENT = AccountType.PAYMENT.value, "Conta de pagamento"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="accounts")
    bank_code = models.CharField("banco", max_length=3)
    branch = models.CharField("agência", max_length=4)  # no check digit
    account = models.CharField("conta com dígito", max_length=13)  # digits, check digit last
    account_type = models.CharField("tipo de conta", max_length=8, choices=Type)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PayeeAccountQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "payee", "bank_code", "branch", "account", "account_type"],
                name="payeeaccount_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_code} {self.branch} / {self.account[:-1]}-{self.account[-1]}"


class PayableQuerySet(TenantQuerySet):
    def sendable(self) -> Self:
        """Approved and not held: what may go to a bank."""
        return self.filter(status=PayableStatus.APPROVED, hold="")

    def paid_by(self, account: BankAccount) -> Self:
        """Those of the account: their own choice, or none and the account is the preferred one."""
        mine = Q(bank_account=account)
        return self.filter(mine | Q(bank_account=None) if account.is_preferred else mine)

    def overdue(self, today: date) -> Self:
        """Neither paid nor on their way, and their day is over."""
        return self.filter(
            payment_date__lt=today, status__in=[PayableStatus.PENDING, PayableStatus.APPROVED]
        )

    def with_unknown_outcome(self) -> Self:
        """The bank's answer was lost, and nobody knows yet."""
        unknown = PaymentOrder.objects.filter(status=OrderStatus.UNKNOWN)
        return self.filter(models.Exists(unknown.filter(payable=models.OuterRef("pk"))))

    def mentioning(self, text: str) -> Self:
        """With the text in payee, description, key or amount, or its figures in the document."""
        found = Q(payee__name__icontains=text) | Q(description__icontains=text)
        found |= Q(pix_key__icontains=text)
        document = re.sub(r"[./\s-]", "", text).upper()
        if re.search(r"\d{3}", document):
            found |= Q(payee__document__contains=document)
        with suppress(InvalidInput):
            found |= Q(amount=read_amount(text))
        return self.filter(found)

    def with_details(self) -> Self:
        filed = models.Prefetch(
            "payee__accounts", PayeeAccount.objects.on_file(), to_attr="accounts_on_file"
        )
        return self.select_related(
            "payee",
            "payee_account",
            "approved_ted_account",
            "bank_account__connection",
            "expense_account",
        ).prefetch_related(filed)


NO_PIX = {"pix_key_type": "", "pix_key": "", "pix_code": "", "pix_charge": ""}
ONE_PIX_DESTINATION = (
    Q(payee_account__isnull=False, **NO_PIX)
    | Q(payee_account=None, pix_code="", pix_charge="") & ~Q(pix_key_type="") & ~Q(pix_key="")
    | Q(payee_account=None, pix_key_type="", pix_key="") & ~Q(pix_code="")
)


class Payable(TenantOwned):
    """A bill to be paid (conta a pagar)."""

    Status = PayableStatus

    class Method(models.TextChoices):
        TED = Rail.TED.value, "TED"
        BOLETO = Rail.BOLETO.value, "Boleto"
        PIX = Rail.PIX.value, "Pix"

    class KeyType(models.TextChoices):
        CPF = PixKeyType.CPF.value, "CPF"
        CNPJ = PixKeyType.CNPJ.value, "CNPJ"
        PHONE = PixKeyType.PHONE.value, "Telefone"
        EMAIL = PixKeyType.EMAIL.value, "E-mail"
        RANDOM = PixKeyType.RANDOM.value, "Aleatória"

    class Hold(models.TextChoices):
        REFUSED = "refused", "Recusada no banco"
        EXPIRED = "expired", "Expirou sem aprovação no banco"
        RETURNED = "returned", "Devolvida pelo banco do favorecido"
        TAKEN_BACK = "taken_back", "Cancelada no banco"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="payables")
    payee_account = TenantForeignKey(PayeeAccount, models.PROTECT, null=True, related_name="+")
    description = models.CharField("descrição", max_length=140, blank=True)
    method = models.CharField("forma", max_length=8, choices=Method)
    linha_digitavel = models.CharField("linha digitável", max_length=48, blank=True)
    # A Pix goes to a key, to the payee account, or to what a code («copia e cola») says.
    pix_key_type = models.CharField("tipo da chave", max_length=6, choices=KeyType, blank=True)
    pix_key = models.CharField("chave Pix", max_length=77, blank=True)  # canonical
    pix_code = models.CharField("Pix copia e cola", max_length=512, blank=True)
    # What the code is for, if for one payment only: its address, or the receiver's key and txid.
    pix_charge = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    due_date = models.DateField("vencimento")  # the document's own, never rolled
    payment_date = models.DateField("data do pagamento")  # a banking day; of a Pix, any day
    # The registered title of a boleto, as a bank showed it; empty where it does not say.
    title_name = models.CharField(max_length=160, blank=True)
    title_document = models.CharField(max_length=14, blank=True)
    title_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    title_is_paid = models.BooleanField(default=False)
    title_asked_at = models.DateTimeField(null=True)
    title_read_at = models.DateTimeField(null=True)
    expense_account = TenantForeignKey(Account, models.PROTECT, related_name="+")
    # Null: whichever account is the preferred one when the time comes.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="payables")
    status = models.CharField(max_length=10, choices=PayableStatus, default=PayableStatus.PENDING)
    hold = models.CharField(max_length=10, choices=Hold, blank=True, default="")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # Where a Pix goes if it becomes a TED, as its approval showed it.
    approved_ted_account = TenantForeignKey(
        PayeeAccount, models.PROTECT, null=True, related_name="+"
    )

    objects = PayableQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payable_amount", condition=Q(amount__gt=0, amount__lte=MAX_AMOUNT)
            ),
            models.CheckConstraint(
                name="payable_two_people", condition=~Q(approved_by=F("created_by"))
            ),
            models.CheckConstraint(
                name="payable_approved_by_someone",
                condition=Q(status__in=["pending", "cancelled"]) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="payable_method_details",
                condition=Q(method="ted", payee_account__isnull=False, linha_digitavel="", **NO_PIX)
                | Q(method="boleto", linha_digitavel__regex=r"^\d{47,48}$", **NO_PIX)
                | Q(method="pix", linha_digitavel="") & ONE_PIX_DESTINATION,
            ),
            models.UniqueConstraint(
                fields=["tenant", "linha_digitavel"],
                condition=~Q(linha_digitavel="") & ~Q(status="cancelled"),
                name="payable_slip_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "pix_charge"],
                condition=~Q(pix_charge="") & ~Q(status="cancelled"),
                name="payable_pix_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "payment_date", "id"], name="payable_by_date"),
            models.Index(fields=["tenant", "status", "payment_date"], name="payable_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.payee} · {self.amount}"

    @property
    def is_pending(self) -> bool:
        return self.status == PayableStatus.PENDING

    @property
    def is_sendable(self) -> bool:
        return self.status == PayableStatus.APPROVED and not self.hold

    @property
    def is_pix(self) -> bool:
        return self.method == self.Method.PIX

    @property
    def ted_account(self) -> PayeeAccount | None:
        """Where a TED for it goes: its own, else the one that its approval fixes."""
        if self.payee_account is not None:
            return self.payee_account
        return self.ted_account_on_file if self.is_pending else self.approved_ted_account

    @property
    def ted_account_on_file(self) -> PayeeAccount | None:
        """What an approval of today fixes for a Pix; of a bill loaded by `with_details`."""
        on_file: list[PayeeAccount] = self.payee.accounts_on_file  # type: ignore[attr-defined]
        return on_file[0] if on_file else None

    @property
    def title_warnings(self) -> list[str]:
        """What the registered title says against the bill, in Portuguese sentences."""
        warnings = []
        if self.title_is_paid:
            warnings.append("O banco diz que este título já foi pago.")
        if self.title_document and self.title_document != self.payee.document:
            whom = self.title_name or "outra pessoa"
            document = format_document(self.title_document)
            warnings.append(f"O título está registrado em nome de {whom} ({document}).")
        if self.title_amount is not None and self.title_amount != self.amount:
            amount = format_brl(self.title_amount)
            warnings.append(f"O título custa R$\u00a0{amount} hoje, e não o valor da conta.")
        return warnings


class DispatchRun(TenantOwned):
    """What went to the bank for one account and one day, what stayed, and why."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="runs")
    day = models.DateField("dia")
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: clock
    # [{"payable": id, "reason": Portuguese sentence}]
    left_out = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "day"], name="dispatchrun_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Envio de {self.day:%d/%m/%Y}"


# A bill that waits for approval again: nothing of the former one remains.
NOT_APPROVED = {"approved_by": None, "approved_at": None, "approved_ted_account": None}


def order_code(key: UUID) -> str:
    """What people see of an order in the bank's app, and what we look for there."""
    return f"kp-{key.hex[:20]}"


class PaymentOrder(TenantOwned):
    """One attempt to have a bank pay one bill."""

    Status = OrderStatus

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="orders")
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="orders")
    run = TenantForeignKey(DispatchRun, models.PROTECT, null=True, related_name="orders")
    key = models.UUIDField(default=uuid4, editable=False)  # the idempotency key
    rail = models.CharField(max_length=8, choices=Payable.Method)
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    # What the bank says that it will debit; differs from ours where it adds interest.
    bank_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # What is sent under the key. It never changes: a repeat has to be the same request.
    content = models.JSONField()
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.QUEUED)
    reference = models.CharField("id no banco", max_length=120, blank=True)
    message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Who is sending it: only the holder of the claim may store what came of it.
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    # Not to be tried, or asked about, before this instant.
    wait_until = models.DateTimeField(null=True)
    # When the bank first said that it is not there, or showed an open one no more; absence is
    # believed some time later.
    absent_since = models.DateTimeField(null=True)
    # When the bank stopped listing it without saying how it ended.
    left_list_at = models.DateTimeField(null=True)
    needs_person = models.BooleanField(default=False)
    # What the bank showed when it could not tell; for the person who has to.
    seen = models.CharField(max_length=600, blank=True)
    # Until then a paid transfer may come back, and the bank is asked about it now and then.
    watch_until = models.DateTimeField(null=True)
    # Somebody asks the bank to take it back, while it waits for approval there.
    cancel_asked_at = models.DateTimeField(null=True)
    cancel_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancel_claimed_at = models.DateTimeField(null=True)
    statement_line = TenantForeignKey(StatementLine, models.PROTECT, null=True, related_name="+")
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="order_key_once"),
            models.UniqueConstraint(
                fields=["tenant", "payable"],
                condition=Q(status__in=LIVE_ORDERS),
                name="order_one_live_per_payable",
            ),
            models.UniqueConstraint(
                fields=["tenant", "statement_line"], name="order_statement_line_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "bank_account", "created_at"],
                condition=Q(status="queued"),
                name="order_queue",
            ),
            models.Index(
                fields=["status", "wait_until"],
                condition=Q(status__in=["queued", "sending", "unknown", "at_bank", "scheduled"]),
                name="order_unfinished",
            ),
            models.Index(
                fields=["watch_until"],
                condition=Q(status="paid", watch_until__isnull=False),
                name="order_watched",
            ),
            models.Index(fields=["tenant", "bank_account", "reference"], name="order_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.get_status_display()}"

    @property
    def code(self) -> str:
        return order_code(self.key)

    @property
    def bank_keeps_code(self) -> bool:
        """Whether the bank shows our code to people: one that takes no key takes no code."""
        return registry.info(self.bank_account.provider).idempotency_window is not None


class PayableEvent(TenantOwned):
    """One line of a bill's timeline."""

    class Tone(models.TextChoices):
        PLAIN = "plain"
        OK = "ok"
        WARN = "warn"
        BAD = "bad"
        INFO = "info"

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, blank=True)
    tone = models.CharField(max_length=5, choices=Tone, default=Tone.PLAIN)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product

    class Meta:
        indexes = [models.Index(fields=["tenant", "payable", "at"], name="payableevent_timeline")]

    def __str__(self) -> str:
        return f"{self.at:%d/%m %H:%M} {self.title}"
