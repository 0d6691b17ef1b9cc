"""Bills for programs of the company: the same services as the pages."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from payments.api.serializers import (
    ApproveSerializer,
    CancelSerializer,
    EditPayableSerializer,
    EnteredPayableSerializer,
    NewPayableSerializer,
    OutcomeSerializer,
    PayableSerializer,
    PossibleDuplicateSerializer,
    ShownSerializer,
)
from payments.bills.approval import approve_payable
from payments.bills.bulk_approval import approve_payables
from payments.bills.changes import with_changes
from payments.bills.edit import edit_payable
from payments.bills.enter import cancel_payable, enter_payable
from payments.bills.key_lookup import hurry_reading
from payments.bills.possible_duplicates import PossibleDuplicate
from payments.models import Payable
from people.recent_factor import RecentFactor
from tenants.api import CompanyRequest, HasRole, TenantScoped
from tenants.models import Role


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
    permission_classes = [HasRole, RecentFactor]
    factor_actions = {"approve", "approve_many"}
    roles = {
        "create": (Role.ADMIN, Role.FINANCE),
        "update": (Role.ADMIN, Role.FINANCE),
        "approve": (Role.ADMIN, Role.APPROVER),
        "approve_many": (Role.ADMIN, Role.APPROVER),
        "cancel": (Role.ADMIN, Role.FINANCE, Role.APPROVER),
    }

    def get_queryset(self) -> Any:
        tenant = self.request.tenant  # type: ignore[attr-defined]  # set by TenantScoped
        return with_changes(Payable.objects.of(tenant).with_details().with_cautions())

    @extend_schema(
        request=NewPayableSerializer,
        responses={201: EnteredPayableSerializer, 409: PossibleDuplicateSerializer},
    )
    def create(self, request: CompanyRequest) -> Response:
        """Lança uma conta, que aguarda a aprovação de outra pessoa."""
        new = NewPayableSerializer(data=request.data, context=self.get_serializer_context())
        new.is_valid(raise_exception=True)
        try:
            entered = enter_payable(request.tenant, by=request.user, **new.validated_data)
        except PossibleDuplicate as error:
            return named(error)
        hurry_reading(entered)
        payable = self.get_queryset().get(id=entered.id)
        context = {**self.get_serializer_context(), "typed": new.validated_data}
        answer = EnteredPayableSerializer(payable, context=context)
        return Response(answer.data, status.HTTP_201_CREATED)

    @extend_schema(
        request=EditPayableSerializer,
        responses={200: PayableSerializer, 409: PossibleDuplicateSerializer},
    )
    def update(self, request: CompanyRequest, pk: Any = None) -> Response:
        """Altera uma conta que ainda não foi enviada ao banco, como foi lida.

        O que a aprovação garante muda: ela perde a validade, e quem alterou não pode aprovar.
        """
        payable = self.get_object()
        context = {**self.get_serializer_context(), "payable": payable}
        changed = EditPayableSerializer(data=request.data, context=context)
        changed.is_valid(raise_exception=True)
        typed = dict(changed.validated_data)
        seen = typed.pop("version")
        try:
            edited = edit_payable(payable, by=request.membership, seen=seen, **typed)
        except PossibleDuplicate as error:
            return named(error)
        hurry_reading(edited)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ApproveSerializer, responses=PayableSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: CompanyRequest, pk: Any = None) -> Response:
        """Aprova uma conta como foi lida. Quem lançou não pode aprovar."""
        payable = self.get_object()
        seen = ApproveSerializer(data=request.data)
        seen.is_valid(raise_exception=True)
        approve_payable(payable, by=request.membership, shown=seen.validated_data["digest"])
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="payables_approve_many",
        request=ShownSerializer(many=True),
        responses=OutcomeSerializer(many=True),
    )
    @action(detail=False, methods=["post"], url_path="approve", pagination_class=None)
    def approve_many(self, request: CompanyRequest) -> Response:
        """Aprova várias contas, cada uma como foi lida.

        As que mudaram, já foram decididas ou têm aviso ficam como estão, cada uma com o motivo;
        as outras são aprovadas.
        """
        read = ShownSerializer(data=request.data, many=True, allow_empty=False)
        read.is_valid(raise_exception=True)
        shown = {each["id"]: each["digest"] for each in read.validated_data}
        if Payable.objects.of(request.tenant).filter(id__in=shown).count() != len(shown):
            raise NotFound
        outcomes = approve_payables(shown, by=request.membership)
        return Response([OutcomeSerializer(outcome).data for outcome in outcomes])

    @extend_schema(request=CancelSerializer, responses=PayableSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: CompanyRequest, pk: Any = None) -> Response:
        """Cancela uma conta que ainda não foi enviada ao banco."""
        asked = CancelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        cancel_payable(self.get_object(), by=request.user, why=asked.validated_data["why"])
        return Response(self.get_serializer(self.get_object()).data)


def named(error: PossibleDuplicate) -> Response:
    """The bills that are to be accepted as other debts."""
    body = PossibleDuplicateSerializer({"detail": str(error), "code": error.code, "ids": error.ids})
    return Response(body.data, status.HTTP_409_CONFLICT)
