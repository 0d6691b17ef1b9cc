"""Whether charges and bills of the company take what the tax reform asks for."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.tax_reform import switch_tax_reform
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


class TaxReformForm(forms.Form):
    on = forms.BooleanField(
        label="Usar os campos da reforma tributária",
        required=False,
        help_text="Desligar só esconde os campos: o que já foi informado continua guardado.",
    )


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def tax_reform(request: TenantRequest) -> HttpResponse:
    form = TaxReformForm(
        request.POST if request.method == "POST" else None,
        initial={"on": request.tenant.uses_tax_reform},
    )
    if form.is_valid():
        on = form.cleaned_data["on"]
        if on != request.tenant.uses_tax_reform:
            switch_tax_reform(request.tenant, on=on, by=request.membership)
        state = "ligados" if on else "desligados"
        messages.success(request, f"Campos da reforma tributária {state}.")
        return redirect("accounts:tax_reform")
    return render(request, "accounts/tax_reform.html", {"form": form})
