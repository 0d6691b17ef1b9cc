"""Adding and taking away factors: allauth's pages, each with what it asks first."""

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ListWebAuthnView, RemoveWebAuthnView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import marking
from people import enrolment
from people.factors import has_factor, is_required_somewhere
from people.passkeys import is_of_other_domain
from people.recent_factor import RETURN_TO
from people.totp import CODE
from tenants.models import User


class CodeForm(forms.Form):
    code = forms.CharField(label="Código do e-mail", widget=CODE)


@require_http_methods(["GET", "POST"])
@login_required
def enrolment_code(request: HttpRequest) -> HttpResponse:
    """The code by e-mail that the first factor takes."""
    user = cast(User, request.user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            enrolment.use_code(request, user, form.cleaned_data["code"])
            return redirect(wanted_page(request))
    context = {
        "form": form,
        "wanted": request.GET.get("fator", ""),
        "was_sent": enrolment.was_sent(user),
    }
    status = 422 if form.errors else 200
    return render(request, "people/enrolment_code.html", context, status=status)


@require_POST
@login_required
def send_enrolment_code(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    enrolment.send_code(request, user)
    messages.success(request, f"Enviamos um código para {user.email}.")
    return redirect(code_page(request.POST.get("fator", "")))


PAGES = {"app": "mfa_activate_totp", "chave": "mfa_add_webauthn"}


def wanted_page(request: HttpRequest) -> str:
    """Which factor the person is about to add."""
    return PAGES.get(request.GET.get("fator", ""), "mfa_activate_totp")


def code_page(wanted: str) -> str:
    return reverse("account_enrolment_code", query={"fator": wanted})


class EnrolsWithCode:
    """Mixin: a first factor takes a code by e-mail; a further one the factor that is there."""

    wanted = ""
    kind = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not has_factor(request.user):
            raise_if_reauthentication_required(request, app="allauth.mfa")
            if not enrolment.may_enrol(request, request.user):
                return redirect(code_page(self.wanted))
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Who has just shown a new factor has shown a factor."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        request: HttpRequest = self.request  # type: ignore[attr-defined]
        record_authentication(request, request.user, "mfa", type=self.kind)
        return response


class AddApp(EnrolsWithCode, ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    wanted = "app"
    kind = Authenticator.Type.TOTP.value


class AddPasskey(EnrolsWithCode, AddWebAuthnView):  # type: ignore[misc]
    wanted = "chave"
    kind = Authenticator.Type.WEBAUTHN.value


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: forms.Form) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


class Passkeys(ListWebAuthnView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        keys = [(key, is_of_other_domain(key)) for key in context["authenticators"]]
        return context | {"keys": keys}


class Factors(IndexView):  # type: ignore[misc]
    """What the person has, what they need, and the way back to what they were doing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "has_factor": has_factor(user),
            "is_required": is_required_somewhere(user),
            "return_to": self.request.session.get(RETURN_TO, ""),
        }


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """The old password, and the factor of who has one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and has_factor(request.user):
            raise_if_reauthentication_required(request, app="allauth.account")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response
