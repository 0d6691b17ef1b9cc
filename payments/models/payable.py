"""What the company owes, and to whom."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import JSONObject

from accounts.models import Account
from accounts.tax_reform import TaxReformColumns
from banking.banks.contract.payments import PixKeyType, Rail
from banking.models import BankAccount
from brazil.br_code import parse_br_code
from brazil.document import format_document, is_same_company
from core.amounts import read_amount
from core.clock import DatabaseNow
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, format_brl
from core.search import folded
from core.text import fold
from parties.models import Payee, PayeeAccount, PayeeKey, SimilarName
from payments.states import OrderStatus, PayableStatus
from tenants.models import TenantForeignKey, TenantQuerySet, User


class OfBill(models.Func):
    """A function of the database over the whole row of a bill, and what else it takes."""

    def as_sql(self, *args: Any, **context: Any) -> Any:
        row = '"payments_payable"' + (", %(expressions)s" if self.source_expressions else "")
        return super().as_sql(*args, **{"template": f"%(function)s({row})", **context})


class PayableQuerySet(TenantQuerySet):
    def sendable(self) -> Self:
        """Approved and not held: what may go to a bank."""
        return self.filter(status=PayableStatus.APPROVED, hold="")

    def paid_by(self, account: BankAccount) -> Self:
        """Those of the account: their own choice, or none and the account is the preferred one."""
        mine = Q(bank_account=account)
        return self.filter(mine | Q(bank_account=None) if account.is_preferred else mine)

    def awaiting_approval(self) -> Self:
        """Those that approvers have to decide about; a rejected one waits for its author."""
        return self.filter(status=PayableStatus.PENDING).exclude(hold=Payable.Hold.REJECTED)

    def overdue(self, today: date) -> Self:
        """Neither paid nor on their way, and their day is over."""
        return self.filter(
            payment_date__lt=today, status__in=[PayableStatus.PENDING, PayableStatus.APPROVED]
        )

    def with_unknown_outcome(self) -> Self:
        """The bank's answer was lost, and the outcome is not known yet."""
        return self.filter(orders__status=OrderStatus.UNKNOWN)  # one at the most: it lives

    def to_check(self) -> Self:
        """A person is asked to look at the bank, and to say how the payment ended."""
        return self.filter(orders__needs_person=True).distinct()

    def mentioning(self, text: str) -> Self:
        """With the text in payee, description, key or amount, or its figures in the document.

        Accents and capitals do not matter.
        """
        words = fold(text)
        found = Q(payee__name_folded__contains=words) | Q(description_folded__contains=words)
        found |= Q(pix_key__contains=words)
        document = re.sub(r"[./\s-]", "", text).upper()
        if re.search(r"\d{3}", document):
            found |= Q(payee__document__contains=document)
        with suppress(InvalidInput):
            found |= Q(amount=read_amount(text))
        return self.filter(found)

    def with_destinations(self) -> Self:
        """With all that says where the money may go: what planning and sending read of a bill."""
        filed = models.Prefetch(
            "payee__accounts", PayeeAccount.objects.for_ted(), to_attr="accounts_on_file"
        )
        return self.select_related("payee", "payee_account", "approval").prefetch_related(filed)

    def with_details(self) -> Self:
        """With all that a page shows of a bill."""
        return (
            self.with_destinations()
            .with_register()
            .select_related("bank_account__connection", "expense_account", "repeats__payee")
        )

    def with_register(self) -> Self:
        """With what the register says of where the payee receives money, and who is named alike."""
        accounts = PayeeAccount.objects.active().select_related("entered_by")
        keys = PayeeKey.objects.select_related("entered_by", "archived_by")
        keys = keys.order_by("created_at", "id")
        alike = SimilarName.objects.filter(other__archived_at=None).select_related("other")
        paid = Payable.objects.filter(
            Q(payee_account=models.OuterRef("payee_account"))
            | Q(pix_key_type=models.OuterRef("pix_key_type"), pix_key=models.OuterRef("pix_key"))
            & ~Q(pix_key=""),
            tenant=models.OuterRef("tenant"),
            payee=models.OuterRef("payee"),
            status=PayableStatus.PAID,
        )
        before = Payable.objects.filter(
            Q(payee_account__isnull=False) | ~Q(pix_key=""),
            tenant=models.OuterRef("tenant"),
            payee=models.OuterRef("payee"),
            status=PayableStatus.PAID,
        )
        where = JSONObject(
            bank_code="payee_account__bank_code",
            branch="payee_account__branch",
            account="payee_account__account",
            key_type="pix_key_type",
            key="pix_key",
            day="payment_date",
        )
        last = before.order_by("-payment_date", "-id").values_list(where)[:1]
        others = approvals_by_another_than_the_renamer()
        return (
            self.annotate(
                was_paid_there=models.Exists(paid),
                last_paid_to=models.Subquery(last),
                is_name_approved=models.Exists(
                    others.filter(at__gt=models.OuterRef("payee__renamed_at"))
                ),
                approved_name=models.Subquery(
                    others.order_by("-at", "-id").values("seal__payee__name")[:1]
                ),
                was_paid_outside=models.Exists(undone_payments_outside()),
            )
            .select_related(
                "payee__renamed_by", "payee_account__entered_by", "payee_account__archived_by"
            )
            .prefetch_related(
                models.Prefetch("payee__accounts", accounts, to_attr="known_accounts"),
                models.Prefetch("payee__keys", keys, to_attr="known_keys"),
                models.Prefetch("payee__similar_names", alike, to_attr="named_alike"),
            )
        )

    def with_cautions(self) -> Self:
        """With the other bills that whoever looks at one has to see beside it."""
        return self.annotate(
            alike=OfBill(function="payments_alike", output_field=models.JSONField(null=True)),
            same_debt=OfBill(
                function="payments_possible_duplicates", output_field=models.JSONField(null=True)
            ),
            is_title_held=OfBill(
                function="payments_title_is_held", output_field=models.BooleanField()
            ),
        )


# A bank that does not answer is asked about a key again, so often in all.
KEY_ASKS = 3
NO_PIX = {"pix_key_type": "", "pix_key": "", "pix_code": "", "pix_charge": ""}
ONE_PIX_DESTINATION = (
    Q(payee_account__isnull=False, **NO_PIX)
    | Q(payee_account=None, pix_code="", pix_charge="") & ~Q(pix_key_type="") & ~Q(pix_key="")
    | Q(payee_account=None, pix_key_type="", pix_key="") & ~Q(pix_code="")
)


def undone_payments_outside() -> models.QuerySet[Any]:
    """Of the outer bill."""
    payments = related_to_bills("outside_payments").exclude(undone_at=None)
    return payments.filter(tenant=models.OuterRef("tenant"), payable=models.OuterRef("pk"))


def related_to_bills(name: str) -> models.QuerySet[Any]:
    """The rows of a table whose module stands above this one."""
    model = Payable._meta.get_field(name).related_model
    assert model is not None and not isinstance(model, str)
    return model._default_manager.all()


def approvals_by_another_than_the_renamer() -> models.QuerySet[Any]:
    """Of bills of the outer bill's payee: by whoever did not correct its name last."""
    of_payee = related_to_bills("approvals").filter(
        tenant=models.OuterRef("tenant"), payable__payee=models.OuterRef("payee")
    )
    return of_payee.exclude(person=models.OuterRef("payee__renamed_by"))


class Payable(TaxReformColumns):
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
        REJECTED = "rejected", "Reprovada"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="payables")
    payee_account = TenantForeignKey(PayeeAccount, models.PROTECT, null=True, related_name="+")
    description = models.CharField("descrição", max_length=140, blank=True)
    description_folded = folded("description")
    method = models.CharField("forma", max_length=8, choices=Method)
    linha_digitavel = models.CharField("linha digitável", max_length=48, blank=True)
    # A Pix goes to a key, to the payee account, or to what a code («copia e cola») says.
    pix_key_type = models.CharField("tipo da chave", max_length=6, choices=KeyType, blank=True)
    pix_key = models.CharField("chave Pix", max_length=77, blank=True)  # canonical
    pix_code = models.CharField("Pix copia e cola", max_length=512, blank=True)
    # What the code is for: its address, or the receiver's key and txid, or the hash of the code.
    pix_charge = models.CharField(max_length=200, blank=True)
    is_single_use = models.BooleanField(default=False)  # the code says that it is paid once
    # The bill that had the same code, which may be paid again, when this one was entered.
    repeats = TenantForeignKey("self", models.PROTECT, null=True, related_name="+")
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
    # Whose the Pix key is, as the bank that is to pay told; empty where it does not say.
    key_holder_name = models.CharField(max_length=160, blank=True)
    key_holder_document = models.CharField(max_length=20, blank=True)  # with a part hidden
    key_holder_bank = models.CharField(max_length=80, blank=True)
    key_is_unknown = models.BooleanField(default=False)  # nobody has it, says the bank
    key_edited_at = models.DateTimeField(null=True)  # it took the place of another one
    key_asked_at = models.DateTimeField(null=True)
    key_read_at = models.DateTimeField(null=True)
    # How often the bank may still be asked about it.
    key_asks_left = models.PositiveSmallIntegerField(default=KEY_ASKS)
    expense_account = TenantForeignKey(Account, models.PROTECT, related_name="+")
    # Null: whichever account is the preferred one when the time comes.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="payables")
    status = models.CharField(max_length=10, choices=PayableStatus, default=PayableStatus.PENDING)
    hold = models.CharField(max_length=10, choices=Hold, blank=True, default="")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Which time it waits, or waited, for approval: what was given in a former one counts no more.
    approval_round = models.PositiveSmallIntegerField(default=1)
    # How often an approver, or the bank's word on its key, gave it back: what was approved before
    # that, or shown, counts no more.
    rejections = models.PositiveSmallIntegerField(default=0)
    # In which round approvers were told at once that it is due.
    due_told_round = models.PositiveSmallIntegerField(null=True)
    # Of so many people, each of the same seal.
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    # Who and what gets the money, by names under which other bills are found that go there too:
    # company or person, bank account, key, line's beneficiary. Written by the database.
    receivers = ArrayField(models.TextField(), default=list, editable=False)
    # The one that completed it; null while it waits.
    approval = TenantForeignKey("payments.Approval", models.PROTECT, null=True, related_name="+")

    objects = PayableQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            *TaxReformColumns.Meta.constraints,
            models.CheckConstraint(
                name="payable_amount", condition=Q(amount__gt=0, amount__lte=MAX_AMOUNT)
            ),
            models.CheckConstraint(
                name="payable_approved",
                condition=Q(status="pending", approval=None)
                | Q(status="cancelled")
                | Q(status__in=["approved", "sent", "paid"], approval__isnull=False),
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
                condition=Q(is_single_use=True) & ~Q(status="cancelled"),
                name="payable_pix_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "payment_date", "id"], name="payable_by_date"),
            models.Index(fields=["tenant", "status", "payment_date"], name="payable_by_status"),
            models.Index(fields=["tenant", "due_date"], name="payable_by_due_date"),
            models.Index(
                fields=["payment_date"], condition=Q(status="pending"), name="payable_waiting"
            ),
            models.Index(
                fields=["tenant", "pix_charge"],
                condition=~Q(pix_charge=""),
                name="payable_by_pix_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee} · {format_brl(self.amount)}"

    @property
    def is_pending(self) -> bool:
        return self.status == PayableStatus.PENDING

    @property
    def is_rejected(self) -> bool:
        """An approver gave it back; it waits for its author."""
        return self.is_pending and self.hold == self.Hold.REJECTED

    @property
    def is_sendable(self) -> bool:
        return self.status == PayableStatus.APPROVED and not self.hold

    @property
    def is_pix(self) -> bool:
        return self.method == self.Method.PIX

    @property
    def paid_key(self) -> str:
        """The Pix key that it goes to, also that of a static code; empty where there is none."""
        code = parse_br_code(self.pix_code) if self.pix_code else None
        return self.pix_key or (code and code.key) or ""

    @property
    def key_since(self) -> datetime:
        """When the bill got its key or code."""
        return self.key_edited_at or self.created_at

    @property
    def approved_by(self) -> User | None:
        return self.approval.person if self.approval else None

    @property
    def approved_at(self) -> datetime | None:
        return self.approval.at if self.approval else None

    @property
    def ted_account_on_file(self) -> PayeeAccount | None:
        """What an approval of today fixes for a Pix. Spares its query after `with_destinations`."""
        filed: Sequence[PayeeAccount] | None = getattr(self.payee, "accounts_on_file", None)
        if filed is None:
            accounts = PayeeAccount.objects.of(self.tenant_id).for_ted()
            filed = list(accounts.filter(payee=self.payee_id)[:1])
        return filed[0] if filed else None

    @property
    def title_warnings(self) -> list[str]:
        """What the registered title says against the bill, in Portuguese sentences."""
        warnings = []
        if self.title_is_paid:
            warnings.append("O banco informa que este boleto já foi pago.")
        if self.title_document and not is_same_company(self.title_document, self.payee.document):
            whom = self.title_name or "outro beneficiário"
            document = format_document(self.title_document)
            warnings.append(f"O boleto está registrado em nome de {whom} ({document}).")
        if self.title_amount is not None and self.title_amount != self.amount:
            amount = format_brl(self.title_amount)
            warnings.append(
                f"O valor atualizado do boleto é R$\u00a0{amount}, diferente do valor da conta."
            )
        return warnings

    @property
    def title_notes(self) -> list[str]:
        """What the registered title tells beside the bill, and is not against it."""
        other = self.title_document
        if not other or other == self.payee.document:
            return []
        if not is_same_company(other, self.payee.document):
            return []  # a warning
        return [
            "O boleto está registrado em outro estabelecimento da mesma empresa, "
            f"o CNPJ {format_document(other)}."
        ]


# A bill that waits for approval again: what was given before counts no more.
NOT_APPROVED = {
    "approval": None, "approval_round": F("approval_round") + 1, "approvals_needed": 1
}  # fmt: skip
