"""«Configurações > Pessoas»: who works here, and what an admin decides about a member."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import member_list, members
from people.admins import is_last_admin
from people.factor_reset import ask_reset
from people.factors import has_factor
from people.forms import RoleForm
from people.outcomes import tell_outcome
from people.recent_factor import require_recent_factor
from people.roles import ALLOWS
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Membership, Role


@require_GET
@member_required
def people(request: TenantRequest) -> HttpResponse:
    """Everybody sees who works here and what is to change; admins see how they sign in too."""
    me = request.membership
    persons = member_list.people_of(me)
    context = {
        "people": persons,
        "without_factor": sum(p.needs_factor and not p.factors for p in persons),
        "changes": member_list.waiting_changes(me),
        "to_confirm": member_list.to_confirm(me).count() if me.is_admin else 0,
        "invited": member_list.invited(me) if me.is_admin else [],
    }
    return render(request, "people/list.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def member(request: TenantRequest, membership_id: UUID) -> HttpResponse:
    """The role of one member, and the way to their removal."""
    membership = find(request, membership_id)
    initial = {"role": membership.role, "seen": membership.role}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = members.change_role(
            membership,
            Role(form.cleaned_data["role"]),
            seen=form.cleaned_data["seen"],
            by=request.membership,
        )
        name = membership.user.display_name
        tell_outcome(
            request, asked, f"O papel de {name} agora é {Role(form.cleaned_data['role']).label}."
        )
        return redirect("people:list")
    context = {
        "member": membership,
        "form": form,
        "allows": ALLOWS[Role(membership.role)],
        "is_last_admin": is_last_admin(membership),
        "is_you": membership.user_id == request.user.pk,
        "has_factor": has_factor(membership.user),
    }
    return render(request, "people/member.html", context)


class RemovalForm(forms.Form):
    # What the page said: how many bills wait for the person alone.
    knowing = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def remove(request: TenantRequest, membership_id: UUID) -> HttpResponse:
    """GET asks first, with what waits for the person alone."""
    membership = find(request, membership_id)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name = membership.user.display_name
        asked = members.remove(
            membership, knowing=form.cleaned_data["knowing"], by=request.membership
        )
        tell_outcome(request, asked, f"{name} não tem mais acesso à empresa.")
        return redirect("people:list")
    waits = members.waits_for(membership)
    context = {
        "member": membership,
        "waits": waits,
        "knowing": sum(each.count for each in waits),
        "is_last_admin": is_last_admin(membership),
        "is_you": membership.user_id == request.user.pk,
    }
    return render(request, "people/remove.html", context)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def reset(request: TenantRequest, membership_id: UUID) -> HttpResponse:
    """Take away a lost second factor, when another admin confirms it."""
    membership = find(request, membership_id)
    name = membership.user.display_name
    asked = ask_reset(membership, by=request.membership)
    tell_outcome(request, asked, f"{name} cadastra outro segundo fator ao entrar.")
    return redirect("people:list")


def find(request: TenantRequest, membership_id: UUID) -> Membership:
    rows = Membership.objects.of(request.tenant).select_related("user", "tenant")
    found: Membership = get_object_or_404(rows, id=membership_id)
    return found
