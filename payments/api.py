"""Bills for programs of the company: the same services as the pages."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Account
from banking.banks.contract.payments import PixAccount, PixCode
from banking.models import BankAccount
from brazil.banking_days import DebtKind, sao_paulo_day
from core.amounts import check_amount
from core.errors import InvalidInput
from payments.bills import parsing
from payments.bills.approval import approve_payable
from payments.bills.enter import TedDetails, cancel_payable, check_not_entered, enter_payable
from payments.models import Payable, PayeeAccount
from tenants.api import CompanyRequest, TenantScoped
from tenants.models import Role
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
            raise serializers.ValidationError(str(error)) from None


def may_be_paid(amount: Decimal) -> None:
    try:
        check_amount(amount)
    except InvalidInput as error:
        raise serializers.ValidationError(str(error)) from None


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


class PixSerializer(serializers.Serializer[Any]):
    """Where a Pix goes: `key` with its `key_type`, `code` («copia e cola»), or `account`."""

    WAYS = frozenset({("key", "key_type"), ("code",), ("account",)})

    key_type = serializers.ChoiceField(
        choices=Payable.KeyType.choices,
        required=False,
        help_text="Nunca é adivinhado: 11 dígitos podem ser CPF ou telefone.",
    )
    key = serializers.CharField(max_length=120, required=False)
    code = serializers.CharField(max_length=1000, required=False)
    account = TedSerializer(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if tuple(sorted(data)) not in self.WAYS:
            raise serializers.ValidationError(
                "Mande «key» com «key_type», ou «code», ou «account»: um dos três."
            )
        return data


class PixDestination(serializers.Serializer[Payable]):
    """As in `PixSerializer`, of a bill; what it does not have is null."""

    key_type = serializers.CharField(source="pix_key_type")
    key = serializers.CharField(source="pix_key")
    code = serializers.CharField(source="pix_code")
    account = TedSerializer(source="payee_account")

    def to_representation(self, instance: Payable) -> dict[str, Any]:
        return {name: value or None for name, value in super().to_representation(instance).items()}


class PayableSerializer(serializers.ModelSerializer[Payable]):
    """A bill, as it is."""

    payee_name = serializers.CharField(source="payee.name")
    payee_document = serializers.CharField(source="payee.document")
    ted = serializers.SerializerMethodField()
    pix = serializers.SerializerMethodField()

    class Meta:
        model = Payable
        fields = [
            "id", "payee_name", "payee_document", "description", "method", "ted", "pix",
            "linha_digitavel", "amount", "due_date", "payment_date", "expense_account",
            "bank_account", "status", "hold", "created_at", "approved_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TedSerializer(allow_null=True))
    def get_ted(self, payable: Payable) -> dict[str, Any] | None:
        is_ted = payable.method == Payable.Method.TED
        return TedSerializer(payable.payee_account).data if is_ted else None

    @extend_schema_field(PixDestination(allow_null=True))
    def get_pix(self, payable: Payable) -> dict[str, Any] | None:
        return PixDestination(payable).data if payable.is_pix else None


class NewPayableSerializer(serializers.Serializer[Any]):
    """A new bill: with `ted`, with `pix`, whose code may say the amount, or with
    `linha_digitavel`, which may say amount and due date."""

    payee_name = serializers.CharField(max_length=120)
    payee_document = ReadField(read=parsing.read_document, max_length=40)
    description = serializers.CharField(max_length=140, default="", allow_blank=True)
    ted = TedSerializer(required=False)
    pix = PixSerializer(required=False)
    linha_digitavel = serializers.CharField(max_length=120, required=False)
    amount = serializers.DecimalField(
        max_digits=None, decimal_places=None, validators=[may_be_paid], required=False
    )
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

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        ways = {"ted": self._ted, "pix": self._pix, "linha_digitavel": self._slip}
        chosen = [way for name, way in ways.items() if name in data]
        if len(chosen) != 1:
            raise serializers.ValidationError(
                "Mande «ted», «pix» ou «linha_digitavel»: um dos três."
            )
        try:
            return chosen[0](data)
        except InvalidInput as error:
            field = error.field or "non_field_errors"
            raise serializers.ValidationError({field: [str(error)]}) from None

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
            check_not_entered(self.context["request"].tenant, pix_charge=charge.charge)
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

    def _slip(self, data: dict[str, Any]) -> dict[str, Any]:
        today = sao_paulo_day(timezone.now())
        slip = parsing.read_slip(data.pop("linha_digitavel"), today=today)
        check_not_entered(self.context["request"].tenant, slip.linha_digitavel)
        return data | {
            "destination": slip.linha_digitavel,
            "amount": parsing.agreed_amount(slip, data.get("amount")),
            "due_date": parsing.agreed_due_date(slip, data.get("due_date")),
            "kind": slip.kind,
        }


class CancelSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=200, default="", allow_blank=True)


class PayableFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    class Meta:
        model = Payable
        fields = {"status": ["exact"], "payment_date": ["exact", "gte", "lte"]}


class NewestFirst(CursorPagination):
    ordering = "-id"  # ids grow with time
    page_size = 50


class PayableViewSet(
    TenantScoped, mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet[Payable]
):
    """Contas a pagar."""

    queryset = Payable.objects.all()
    serializer_class = PayableSerializer
    pagination_class = NewestFirst
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = PayableFilter
    lookup_value_converter = "uuid"
    roles = {
        "create": (Role.ADMIN, Role.FINANCE),
        "approve": (Role.ADMIN, Role.APPROVER),
        "cancel": (Role.ADMIN, Role.FINANCE, Role.APPROVER),
    }

    def get_queryset(self) -> Any:
        tenant = self.request.tenant  # type: ignore[attr-defined]  # set by TenantScoped
        return Payable.objects.of(tenant).with_details()

    @extend_schema(request=NewPayableSerializer, responses={201: PayableSerializer})
    def create(self, request: CompanyRequest) -> Response:
        """Lança uma conta. Ela espera a aprovação de outra pessoa."""
        new = NewPayableSerializer(data=request.data, context=self.get_serializer_context())
        new.is_valid(raise_exception=True)
        payable = enter_payable(request.tenant, by=request.user, **new.validated_data)
        return Response(self.get_serializer(payable).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=PayableSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: CompanyRequest, pk: Any = None) -> Response:
        """Aprova. Quem lançou não aprova."""
        approve_payable(self.get_object(), by=request.membership)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=CancelSerializer, responses=PayableSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: CompanyRequest, pk: Any = None) -> Response:
        """Cancela uma conta que ainda não foi enviada ao banco."""
        asked = CancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        cancel_payable(self.get_object(), by=request.user, why=asked.validated_data["why"])
        return Response(self.get_serializer(self.get_object()).data)
