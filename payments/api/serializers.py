"""What programs read and write of bills."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Account
from banking.banks.contract.payments import PixAccount, PixCode
from banking.models import BankAccount
from brazil.banking_days import DebtKind, sao_paulo_day
from core.api import AmountField, LineField, NameField
from core.clock import database_now
from core.errors import InvalidInput
from parties.models import PayeeAccount
from payments.bills import parsing
from payments.bills.bulk_approval import Outcome
from payments.bills.duplicates import refuse_duplicate
from payments.bills.edit import version_of
from payments.bills.enter import kept_name
from payments.bills.warnings import Caution, cautions_of
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.rails.destinations import TedDetails
from payments.rails.seal import digest_of, seal_of
from payments.reads import bank_word
from payments.states import PayableStatus
from tenants.scope import NOBODY


@extend_schema_field(serializers.CharField)
class ReadField(serializers.CharField):
    """A text that one of the readers of `payments.bills.parsing` makes canonical."""

    def __init__(self, *, read: Callable[[str], str], **kwargs: Any) -> None:
        self.read = read
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return self.read(text)
        except InvalidInput as error:
            raise serializers.ValidationError(str(error), code=error.code) from None


class OwnRelated(serializers.PrimaryKeyRelatedField[Any]):
    """The id of one of the rows that `rows` finds for the company of the request."""

    def __init__(self, *, rows: Callable[[Any], Any], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        # There is no company while the schema is drawn.
        return self.rows(getattr(self.context.get("request"), "tenant", NOBODY))


class TedSerializer(serializers.Serializer[Any]):
    """Where a TED goes."""

    bank_code = ReadField(read=parsing.read_bank, max_length=80, help_text="COMPE, três dígitos.")
    branch = ReadField(read=parsing.read_branch, max_length=20, help_text="Sem o dígito.")
    account = ReadField(
        read=parsing.read_account_number, max_length=40, help_text="Com o dígito: 456789."
    )
    account_type = serializers.ChoiceField(choices=PayeeAccount.Type.choices)


class PixAccountSerializer(TedSerializer):
    """Where a Pix without a key goes."""

    account = ReadField(
        read=parsing.read_pix_account_number,
        max_length=40,
        help_text="Com o dígito, até 20 números: 456789.",
    )


class PixSerializer(serializers.Serializer[Any]):
    """Where a Pix goes: `key` with its `key_type`, `code` («copia e cola»), or `account`."""

    WAYS = frozenset({("key", "key_type"), ("code",), ("account",)})

    key_type = serializers.ChoiceField(
        choices=Payable.KeyType.choices,
        required=False,
        help_text="Obrigatório com «key»: 11 dígitos podem ser CPF ou telefone.",
    )
    key = serializers.CharField(max_length=120, required=False)
    code = serializers.CharField(max_length=1000, required=False)
    account = PixAccountSerializer(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if tuple(sorted(data)) not in self.WAYS:
            raise serializers.ValidationError(
                "Envie «key» com «key_type», ou «code», ou «account»: apenas um dos três."
            )
        return data


class PixDestination(serializers.Serializer[Payable]):
    """As in `PixSerializer`, of a bill; what it does not have is null."""

    key_type = serializers.CharField(source="pix_key_type")
    key = serializers.CharField(source="pix_key")
    code = serializers.CharField(source="pix_code")
    account = PixAccountSerializer(source="payee_account")

    def to_representation(self, instance: Payable) -> dict[str, Any]:
        return {name: value or None for name, value in super().to_representation(instance).items()}


class CautionSerializer(serializers.Serializer[Caution]):
    """What to look at before the bill is approved, though nothing forbids it."""

    code = serializers.CharField(
        help_text="name_kept, unknown_bank, repeated_code, pix_automatico, code_of_new_key, "
        "code_of_unknown_receiver, title_differs, title_unread, key_unread, new_destination, "
        "other_destination, archived_destination, renamed_payee, similar_name, key_unknown, "
        "key_of_another, same_receiver, came_back, given_back, paid_outside_before, "
        "possible_duplicate ou edited."
    )
    detail = serializers.CharField(source="whole")


class SealSerializer(serializers.Serializer[Any]):
    """What is approved together: any other value of these is another approval."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    payee = serializers.DictField(child=serializers.CharField())
    day = serializers.DateField(help_text="Não vai ao banco antes.")
    destinations = serializers.DictField(
        child=serializers.DictField(), help_text="Por forma: ted, pix ou boleto."
    )
    as_ted = serializers.BooleanField(help_text="O Pix sairia como TED, pela regra da conta.")


class TitleSerializer(serializers.Serializer[Payable]):
    """For whom, and for how much, the bank says that the boleto is registered."""

    name = serializers.CharField(source="title_name")
    document = serializers.CharField(source="title_document")
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, allow_null=True, source="title_amount"
    )
    is_paid = serializers.BooleanField(source="title_is_paid")
    read_at = serializers.DateTimeField(source="title_read_at", allow_null=True)
    note = serializers.SerializerMethodField(help_text="Por que o banco não informou.")

    def get_note(self, payable: Payable) -> str:
        return bank_word.title_note(payable, self.context["account_of"](payable))


class KeyHolderSerializer(serializers.Serializer[Payable]):
    """Whose the bank says that the Pix key is, also that of a static code."""

    name = serializers.CharField(source="key_holder_name")
    document = serializers.CharField(
        source="key_holder_document", help_text="Como o banco informa: de um CPF, só uma parte."
    )
    bank = serializers.CharField(source="key_holder_bank")
    is_unknown = serializers.BooleanField(
        source="key_is_unknown", help_text="Ninguém tem a chave, segundo o banco."
    )
    read_at = serializers.DateTimeField(source="key_read_at", allow_null=True)
    note = serializers.SerializerMethodField(help_text="Por que o banco não informou.")

    def get_note(self, payable: Payable) -> str:
        return bank_word.key_note(payable, self.context["account_of"](payable))


class PayableSerializer(serializers.ModelSerializer[Payable]):
    """A bill, as it is."""

    payee_name = serializers.CharField(source="payee.name")
    payee_document = serializers.CharField(source="payee.document")
    ted = serializers.SerializerMethodField()
    pix = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    key_holder = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    seal = serializers.SerializerMethodField()
    digest = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    class Meta:
        model = Payable
        fields = [
            "id", "payee_name", "payee_document", "description", "method", "ted", "pix",
            "linha_digitavel", "amount", "due_date", "payment_date", "expense_account",
            "bank_account", "status", "hold", "created_at", "approved_at",
            "approvals_needed", "title", "key_holder", "warnings", "seal", "digest", "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TedSerializer(allow_null=True))
    def get_ted(self, payable: Payable) -> dict[str, Any] | None:
        is_ted = payable.method == Payable.Method.TED
        return TedSerializer(payable.payee_account).data if is_ted else None

    @extend_schema_field(PixDestination(allow_null=True))
    def get_pix(self, payable: Payable) -> dict[str, Any] | None:
        return PixDestination(payable).data if payable.is_pix else None

    @extend_schema_field(TitleSerializer(allow_null=True))
    def get_title(self, payable: Payable) -> dict[str, Any] | None:
        if payable.method != Payable.Method.BOLETO:
            return None
        return TitleSerializer(payable, context={"account_of": self.account_of}).data

    @extend_schema_field(KeyHolderSerializer(allow_null=True))
    def get_key_holder(self, payable: Payable) -> dict[str, Any] | None:
        if not payable.paid_key:
            return None
        return KeyHolderSerializer(payable, context={"account_of": self.account_of}).data

    @extend_schema_field(SealSerializer)
    def get_seal(self, payable: Payable) -> dict[str, Any]:
        """What an approval approves, or of an approved bill what it approved."""
        if payable.approval is not None:
            sealed: dict[str, Any] = payable.approval.seal
            return sealed
        return seal_of(payable, self.account_of(payable))

    def get_digest(self, payable: Payable) -> str:
        """Is sent back to approve it: the bill, its destinations and the Pix policy as shown."""
        return digest_of(self.get_seal(payable))

    def get_version(self, payable: Payable) -> str:
        """Is sent back to change it: all of the bill that can be changed, as it is."""
        return version_of(payable)

    def account_of(self, payable: Payable) -> BankAccount | None:
        """The one that pays it, as things are."""
        return payable.bank_account or self.preferred_account

    @cached_property
    def preferred_account(self) -> BankAccount | None:
        return preferred_account(self.context["request"].tenant.id)

    @extend_schema_field(CautionSerializer(many=True))
    def get_warnings(self, payable: Payable) -> list[dict[str, Any]]:
        cautions = cautions_of(payable, self.account_of(payable))
        return [CautionSerializer(caution).data for caution in cautions]


class EnteredPayableSerializer(PayableSerializer):
    """A bill as it was entered. Needs `typed` in the context: what was asked for."""

    @extend_schema_field(CautionSerializer(many=True))
    def get_warnings(self, payable: Payable) -> list[dict[str, Any]]:
        """Also what was done otherwise than asked for."""
        kept = kept_name(payable, self.context["typed"]["payee_name"])
        told = [{"code": "name_kept", "detail": kept}] if kept else []
        return [*told, *super().get_warnings(payable)]


class NewPayableSerializer(serializers.Serializer[Any]):
    """A new bill: with `ted`, with `pix`, whose code may say the amount, or with
    `linha_digitavel`, which may say amount and due date."""

    payee_name = NameField(max_length=120)
    payee_document = ReadField(read=parsing.read_document, max_length=40)
    description = LineField(max_length=140, default="", allow_blank=True)
    ted = TedSerializer(required=False)
    pix = PixSerializer(required=False)
    linha_digitavel = serializers.CharField(max_length=120, required=False)
    amount = AmountField(required=False)
    due_date = serializers.DateField(required=False)
    expense_account = OwnRelated(
        queryset=Account.objects.all(), rows=Account.objects.expense_accounts
    )
    bank_account = OwnRelated(
        queryset=BankAccount.objects.all(),
        rows=lambda tenant: BankAccount.objects.of(tenant).connected().in_plan(),
        allow_null=True,
        default=None,
    )

    accept_duplicates_of = serializers.ListField(
        child=serializers.UUIDField(),
        default=list,
        max_length=50,
        help_text="As contas de um 409 «possible_duplicate» que são outras dívidas.",
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        ways = {"ted": self._ted, "pix": self._pix, "linha_digitavel": self._slip}
        chosen = [way for name, way in ways.items() if name in data]
        if len(chosen) != 1:
            raise serializers.ValidationError(
                "Envie «ted», «pix» ou «linha_digitavel»: apenas um dos três."
            )
        try:
            return chosen[0](data)
        except InvalidInput as error:
            field = error.field or "non_field_errors"
            raise serializers.ValidationError({field: [str(error)]}, code=error.code) from None

    def _ted(self, data: dict[str, Any]) -> dict[str, Any]:
        self._require(data, "amount", "due_date")
        details = data.pop("ted")
        kind = parsing.read_account_type(details.pop("account_type"))
        return data | {
            "destination": TedDetails(**details, account_type=kind),
            "kind": DebtKind.ORDINARY,
        }

    def _pix(self, data: dict[str, Any]) -> dict[str, Any]:
        to = data.pop("pix")
        self._require(data, "due_date")
        if "code" in to:
            charge = parsing.read_pix_code(to["code"])
            if charge.is_single_use:
                self._refuse_duplicate(pix_charge=charge.charge)
            amount = parsing.agreed_amount(charge, data.get("amount"))
            return data | {"destination": PixCode(charge.payload), "amount": amount}
        self._require(data, "amount")
        if "key" in to:
            return data | {"destination": parsing.read_pix_key(to["key"], to["key_type"])}
        details = to["account"]
        kind = parsing.read_account_type(details.pop("account_type"))
        return data | {"destination": PixAccount(**details, account_type=kind)}

    def _require(self, data: dict[str, Any], *names: str) -> None:
        for name in names:
            if name not in data:
                raise InvalidInput("Este campo é obrigatório.", field=name)

    def _refuse_duplicate(self, line: str = "", pix_charge: str = "") -> None:
        """Of the bill that is changed, if one is, it is no duplicate."""
        tenant, but = self.context["request"].tenant, self.context.get("payable")
        refuse_duplicate(tenant, line, pix_charge, but=but)

    def _slip(self, data: dict[str, Any]) -> dict[str, Any]:
        today = sao_paulo_day(database_now())
        slip = parsing.read_slip(data.pop("linha_digitavel"), today=today)
        self._refuse_duplicate(slip.linha_digitavel)
        return data | {
            "destination": slip.linha_digitavel,
            "amount": parsing.agreed_amount(slip, data.get("amount")),
            "due_date": parsing.agreed_due_date(slip, data.get("due_date")),
            "kind": slip.kind,
        }


class EditPayableSerializer(NewPayableSerializer):
    """A whole bill, as it is to be. Needs `payable` in the context: the one that is changed."""

    version = serializers.CharField(
        min_length=64, max_length=64, help_text="O «version» da conta, como foi lida."
    )


class PossibleDuplicateSerializer(serializers.Serializer[Any]):
    """Bills that may be the same debt; nothing was entered or changed."""

    detail = serializers.CharField()
    code = serializers.CharField(help_text="possible_duplicate")
    ids = serializers.ListField(child=serializers.UUIDField())


class ApproveSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField(
        min_length=64, max_length=64, help_text="O «digest» da conta, como foi lida."
    )


class ShownSerializer(ApproveSerializer):
    """A bill of an approval of several, as it was read."""

    id = serializers.UUIDField()


class OutcomeSerializer(serializers.Serializer[Outcome]):
    """What came of one bill of an approval of several."""

    id = serializers.UUIDField(source="payable.id")
    status = serializers.ChoiceField(choices=PayableStatus.choices, source="payable.status")
    is_given = serializers.SerializerMethodField(help_text="Esta pessoa a aprovou agora.")
    code = serializers.CharField(
        source="refused.code",
        default="",
        help_text="Por que não: changed, warned, not_pending, own_bill, own_edit, given_already.",
    )
    detail = serializers.CharField(source="reason")

    def get_is_given(self, outcome: Outcome) -> bool:
        return outcome.refused is None


class CancelSerializer(serializers.Serializer[Any]):
    why = LineField(max_length=200, default="", allow_blank=True)
