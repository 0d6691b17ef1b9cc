"""Whom the company pays, where they receive it, and who confirmed that; who pays the company."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from banking.banks.contract.payments import AccountType, PixKeyType
from brazil.banks import bank_name
from brazil.document import format_document
from core.clock import DatabaseNow
from core.search import folded
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class Payee(TenantOwned):
    """Whom the company pays (favorecido)."""

    name = models.CharField("favorecido", max_length=120)
    name_folded = folded("name")
    trade_name = models.CharField("nome fantasia", max_length=120, blank=True, default="")
    trade_name_folded = folded("trade_name")
    document = models.CharField("CPF/CNPJ", max_length=14)
    # The last correction of the name: what it was before, and whose doing it is.
    former_name = models.CharField(max_length=120, blank=True, default="")
    renamed_at = models.DateTimeField(null=True)
    renamed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Bills are entered for it no more; what was approved is paid.
    archived_at = models.DateTimeField(null=True)
    # The payee that it turned out to be, too.
    merged_into = TenantForeignKey("self", models.PROTECT, null=True, related_name="merged")

    class Meta:
        db_table = "payments_payee"  # where it was made
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document"], name="payee_document_once"),
        ]

    @property
    def written_document(self) -> str:
        return format_document(self.document)

    def __str__(self) -> str:
        return self.name


# A Pix account has up to 20 digits, one that a TED goes to 13, both with the check digit.
PIX_ACCOUNT_LENGTH, TED_ACCOUNT_LENGTH = 20, 13


class DestinationQuerySet(TenantQuerySet):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def confirmed(self) -> Self:
        """By somebody else than who entered it."""
        return self.active().exclude(confirmed_at=None)

    def on_file(self) -> Self:
        """Confirmed and rested: what bills other than its own may be paid to. The newest first."""
        rested = self.confirmed().filter(usable_from__lte=DatabaseNow())
        return rested.order_by("-confirmed_at", "-id")

    def for_ted(self) -> Self:
        """Those on file that a TED can go to."""
        return self.on_file().alias(digits=Length("account")).filter(digits__lte=TED_ACCOUNT_LENGTH)


class Destination(TenantOwned):
    """Where a payee receives money. What it says never changes: another one is another row.

    It is confirmed once, by somebody who neither entered nor brought it (docs/decisions/0033).
    """

    # Who wrote it; null where no bill of before tells.
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Who else brought it here: the author of the bill it came with, or who proposed the merge.
    brought_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    usable_from = models.DateTimeField(null=True)  # its rest is over then
    archived_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True)
    archived_why = models.CharField(max_length=200, blank=True, default="")

    objects = DestinationQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_confirmed",
                condition=Q(confirmed_by=None, confirmed_at=None, usable_from=None)
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    usable_from__gte=models.F("confirmed_at"),
                ),
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None and self.archived_at is None

    @property
    def hands(self) -> frozenset[int]:
        """Who had a hand in its being here, and so does not confirm it."""
        return frozenset({self.entered_by_id, self.brought_by_id} - {None})  # type: ignore[arg-type]


class PayeeAccount(Destination):
    """Where a payee receives TEDs, and Pix without a key."""

    class Type(models.TextChoices):
        CHECKING = AccountType.CHECKING.value, "Conta corrente"
        SAVINGS = AccountType.SAVINGS.value, "Poupança"
        PAYMENT = AccountType.PAYMENT.value, "Conta de pagamento"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="accounts")
    bank_code = models.CharField("banco", max_length=3)
    branch = models.CharField("agência", max_length=4)  # no check digit
    account = models.CharField(  # digits, check digit last
        "conta com dígito", max_length=PIX_ACCOUNT_LENGTH
    )
    account_type = models.CharField("tipo de conta", max_length=8, choices=Type)

    class Meta(Destination.Meta):
        db_table = "payments_payeeaccount"
        constraints = [
            *Destination.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "payee", "bank_code", "branch", "account", "account_type"],
                condition=Q(archived_at=None),
                name="payeeaccount_once",
            ),
        ]

    @property
    def takes_ted(self) -> bool:
        return len(self.account) <= TED_ACCOUNT_LENGTH

    @property
    def written(self) -> str:
        """«Itaú 0123 / 45678-9»"""
        number = f"{self.account[:-1]}-{self.account[-1]}"
        return f"{bank_name(self.bank_code)} {self.branch} / {number}"

    @property
    def kind(self) -> str:
        """«Conta corrente»"""
        return self.get_account_type_display()

    def __str__(self) -> str:
        return f"{self.bank_code} {self.branch} / {self.account[:-1]}-{self.account[-1]}"


class PayeeKey(Destination):
    """A Pix key of a payee."""

    class Type(models.TextChoices):
        CPF = PixKeyType.CPF.value, "CPF"
        CNPJ = PixKeyType.CNPJ.value, "CNPJ"
        PHONE = PixKeyType.PHONE.value, "Telefone"
        EMAIL = PixKeyType.EMAIL.value, "E-mail"
        RANDOM = PixKeyType.RANDOM.value, "Aleatória"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="keys")
    key_type = models.CharField("tipo da chave", max_length=6, choices=Type)
    key = models.CharField("chave Pix", max_length=77)  # canonical

    class Meta(Destination.Meta):
        constraints = [
            *Destination.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "payee", "key_type", "key"],
                condition=Q(archived_at=None),
                name="payeekey_once",
            ),
        ]

    @property
    def written(self) -> str:
        """As people write it."""
        is_document = self.key_type in {self.Type.CPF, self.Type.CNPJ}
        return format_document(self.key) if is_document else self.key

    @property
    def kind(self) -> str:
        """«Chave Pix, e-mail»"""
        kind = self.get_key_type_display()
        return f"Chave Pix, {kind if kind.isupper() else kind.lower()}"

    def __str__(self) -> str:
        return self.written


class PayeeMerge(TenantOwned):
    """A person proposes that two payees are one; another one confirms or refuses it.

    Of the source the accounts and keys come along, unconfirmed; its bills stay as they are.
    """

    source = TenantForeignKey(Payee, models.PROTECT, related_name="merges_away")
    target = TenantForeignKey(Payee, models.PROTECT, related_name="merges_here")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(source=models.F("target"))),
            models.CheckConstraint(
                name="merge_by_another",
                condition=Q(decided_by=None, decided_at=None, is_confirmed=False)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & (Q(is_confirmed=False) | ~Q(decided_by=models.F("proposed_by"))),
            ),
            models.UniqueConstraint(
                fields=["tenant", "source"],
                condition=Q(decided_at=None) | Q(is_confirmed=True),
                name="merge_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class SimilarName(TenantOwned):
    """The payee took a name that another payee, of another document, had already or nearly."""

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="similar_names")
    other = TenantForeignKey(Payee, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "payee", "other"], name="similar_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payee} ~ {self.other}"


class RegisterSettings(TenantOwned):
    """What a company decided about its payees; without a row, nothing."""

    rest_hours = models.PositiveSmallIntegerField("horas de repouso", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="register_settings_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rest_hours} h"


class Payer(TenantOwned):
    """Who owes the company something (pagador): what its bank needs to charge them."""

    name = models.CharField("pagador", max_length=120)
    name_folded = folded("name")
    trade_name = models.CharField("nome fantasia", max_length=120, blank=True, default="")
    trade_name_folded = folded("trade_name")
    document = models.CharField("CPF/CNPJ", max_length=14)
    phone = models.CharField("telefone", max_length=16, blank=True)  # E.164
    # A whole one or none: banks take no part of it.
    zip_code = models.CharField("CEP", max_length=8, blank=True)
    street = models.CharField("rua", max_length=120, blank=True)
    number = models.CharField("número", max_length=20, blank=True)
    complement = models.CharField("complemento", max_length=60, blank=True)
    district = models.CharField("bairro", max_length=80, blank=True)
    city = models.CharField("cidade", max_length=80, blank=True)
    state = models.CharField("UF", max_length=2, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # No charges are entered for it any more; what was issued lives on.
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document"], name="payer_document_once"),
            models.CheckConstraint(
                name="payer_address_whole",
                condition=Q(
                    zip_code="", street="", number="", complement="", district="", city="", state=""
                )
                | Q(zip_code__regex="^[0-9]{8}$", state__regex="^[A-Z]{2}$")
                & ~Q(street="")
                & ~Q(number="")
                & ~Q(district="")
                & ~Q(city=""),
            ),
        ]

    @property
    def written_document(self) -> str:
        return format_document(self.document)

    @property
    def has_address(self) -> bool:
        return bool(self.zip_code)

    def __str__(self) -> str:
        return self.name


class PayerEmail(TenantOwned):
    """Where a payer is told of charges; the first one is the one that banks are given."""

    payer = TenantForeignKey(Payer, models.PROTECT, related_name="emails")
    position = models.PositiveSmallIntegerField()  # from 1
    email = models.CharField("e-mail", max_length=254)  # lower case

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "payer", "email"], name="payeremail_once"),
            models.UniqueConstraint(
                fields=["tenant", "payer", "position"], name="payeremail_position"
            ),
        ]

    def __str__(self) -> str:
        return self.email
