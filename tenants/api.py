"""What API views of a company share: who is let in, and the company's scope around them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from core.errors import InvalidState
from tenants.access import HEADER, enter_company
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope


class CompanyRequest(Request):
    """A request to a view that is `TenantScoped`, once it was let in."""

    user: User
    tenant: Tenant
    membership: Membership


class HasRole(BasePermission):
    """A member of a company, in one of the roles that the view's `roles` names for the action.

    An action that is not named is open to every member.
    """

    message = "Seu papel nesta empresa não permite isso."

    def has_permission(self, request: Request, view: Any) -> bool:
        membership = getattr(request, "membership", None)
        if membership is None:
            return False
        roles: tuple[Role, ...] = view.roles.get(view.action, tuple(Role))
        return membership.role in roles


class TenantScoped(APIView):
    """Mixin: the view runs inside the scope of the company of the session, all or nothing.

    A program that says by `X-Company` which company it means is refused in the session of another.
    """

    permission_classes = [HasRole]
    roles: dict[str, tuple[Role, ...]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        stated = request.headers.get(HEADER)
        if stated and stated != str(request.tenant.id):  # type: ignore[attr-defined]
            raise InvalidState("Esta sessão é de outra empresa.", code="other_company")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Sessions are the only way in, so the person is known before the view authenticates.
        if not request.user.is_authenticated or not enter_company(request):  # type: ignore[arg-type]
            return super().dispatch(request, *args, **kwargs)
        with tenant_scope(request.tenant.id), transaction.atomic():  # type: ignore[attr-defined]
            response = super().dispatch(request, *args, **kwargs)
            if getattr(response, "exception", False):
                transaction.set_rollback(True)
        return response
