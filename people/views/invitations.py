"""Inviting, as admins do it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.enqueue import enqueue
from core.forms import marking
from people import invitations
from people.forms import InviteForm
from people.models import Invitation
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def invite(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            invitation = invitations.invite(
                request.tenant,
                form.cleaned_data["email"],
                Role(form.cleaned_data["role"]),
                by=request.membership,
            )
            return sent(request, invitation)
    return render(request, "people/invite.html", {"form": form})


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def resend(request: TenantRequest, invitation_id: UUID) -> HttpResponse:
    return sent(request, invitations.resend(find(request, invitation_id), by=request.membership))


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def revoke(request: TenantRequest, invitation_id: UUID) -> HttpResponse:
    invitation = find(request, invitation_id)
    invitations.revoke(invitation, by=request.membership)
    messages.success(request, f"Convite de {invitation.email} revogado.")
    return redirect("people:list")


def sent(request: TenantRequest, invitation: Invitation) -> HttpResponse:
    enqueue("people.tasks.send_invitations")
    text = f"O convite para {invitation.email} vai por e-mail e vale 72 horas."
    if not invitation.is_granted:
        text += " Até outro administrador confirmar o papel, a pessoa entra só para leitura."
    messages.success(request, text)
    return redirect("people:list")


def find(request: TenantRequest, invitation_id: UUID) -> Invitation:
    found: Invitation = get_object_or_404(Invitation.objects.of(request.tenant), id=invitation_id)
    return found
