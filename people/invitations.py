"""Have somebody join by e-mail. One address, one use, 72 hours from the e-mail on."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import read_name
from people import news, pending_changes
from people.admins import is_admin, lock_people, require_role
from people.models import Invitation, PendingChange
from people.pending_changes import Kind
from people.roles import needs_confirmation, write_role
from tenants.emails import is_confirmed, people_of_address
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import across_tenants, tenant_scope

LASTS = timedelta(hours=72)
State = Invitation.State

ALREADY_MEMBER = "Esta pessoa já é membro da empresa."
WHY_NOT = {
    State.USED: "Este convite já foi usado.",
    State.REVOKED: "Este convite foi revogado.",
    State.EXPIRED: "Este convite venceu: vale 72 horas.",
    State.UNSENT: "Um novo link deste convite está a caminho do seu e-mail.",
    State.REFUSED: "Este convite não vale mais.",
}


def invite(tenant: Tenant, email: str, role: Role, *, by: Membership) -> Invitation:
    """Ask the address to join. The e-mail leaves by `people.tasks.send_invitations`.

    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidInput: the address is of a member, or has an invitation that is open.
    """
    email = email.strip().lower()
    with tenant_scope(tenant.id), transaction.atomic():
        lock_people(tenant.id)
        by = require_role(by, Role.ADMIN)
        refuse_member(tenant, email)
        replace_expired(tenant, email)
        must_wait = needs_confirmation(tenant.id, role, asked_by=by.user)
        invitation: Invitation = Invitation.objects.create(
            tenant=tenant, email=email, role=role, invited_by=by.user, is_granted=not must_wait
        )
        after = {"E-mail": email, "Papel": role.label}
        record(Act.PERSON_INVITED, on=invitation, by=by.user, after=after)
        if must_wait:
            ask_for_role(invitation, by=by)
    return invitation


def invite_first(tenant: Tenant, email: str, role: Role) -> Invitation:
    """The product's own invitation when it makes the company: nobody is there to confirm it.

    One that is open is sent anew. Runs inside the company's scope.
    """
    email = email.strip().lower()
    lock_people(tenant.id)
    open_ones = Invitation.objects.of(tenant).open()
    open_ones.filter(email=email).update(revoked_at=database_now())
    invitation: Invitation = Invitation.objects.create(tenant=tenant, email=email, role=role)
    after = {"E-mail": email, "Papel": role.label}
    record(Act.PERSON_INVITED, on=invitation, by=None, after=after)
    return invitation


def resend(invitation: Invitation, *, by: Membership) -> Invitation:
    """Another e-mail with another link: the one before leads nowhere from now on.

    Who resends is who invites. A role that has to be confirmed is asked for anew once the
    invitation has expired.

    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidState: it was used or revoked.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        by, invitation = hold_open(invitation, by)
        role = Role(invitation.role)
        is_over = invitation.state_at(database_now()) == State.EXPIRED
        must_wait = needs_confirmation(by.tenant_id, role, asked_by=by.user)
        if must_wait and is_over:
            invitation.is_granted = False
        invitation.token_hash, invitation.emailed_at, invitation.expires_at = "", None, None
        invitation.is_refused, invitation.invited_by = False, by.user
        invitation.save()
        record(Act.INVITATION_RESENT, on=invitation, by=by.user, after={"E-mail": invitation.email})
        waits = pending_changes.waiting_for(by.tenant_id, JOIN, invitation.id)
        if must_wait and not invitation.is_granted and waits is None:
            ask_for_role(invitation, by=by)
    return invitation


def revoke(invitation: Invitation, *, by: Membership) -> None:
    """
    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidState: it was used or revoked.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        by, invitation = hold_open(invitation, by)
        end(invitation)
        pending_changes.withdraw(by.tenant_id, JOIN, invitation.id, "O convite foi revogado.")
        record(
            Act.INVITATION_REVOKED, on=invitation, by=by.user, before={"E-mail": invitation.email}
        )


def hold_open(invitation: Invitation, by: Membership) -> tuple[Membership, Invitation]:
    """Who acts and the invitation as they are now, until the transaction ends."""
    lock_people(by.tenant_id)
    by, held = require_role(by, Role.ADMIN), hold(invitation)
    if held.accepted_at is not None:
        raise InvalidState(f"O convite já foi aceito. {ALREADY_MEMBER}", code="already_member")
    if held.revoked_at is not None:
        raise InvalidState("Este convite já foi revogado.", code="revoked")
    return by, held


def hold(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.of(invitation.tenant_id).select_related("tenant", "invited_by")
    held: Invitation = rows.select_for_update(of=("self",)).get(id=invitation.id)
    return held


def end(invitation: Invitation) -> None:
    invitation.revoked_at = database_now()
    invitation.save(update_fields=["revoked_at"])


def refuse_member(tenant: Tenant, email: str) -> None:
    members = Membership.objects.of(tenant).filter(user__in=people_of_address(email))
    if members.exists():
        raise InvalidInput(ALREADY_MEMBER, field="email", code="already_member")


def replace_expired(tenant: Tenant, email: str) -> None:
    """One invitation an address: an expired one makes room, any other is to be sent anew."""
    found = Invitation.objects.of(tenant).open().filter(email=email).first()
    if found is None:
        return
    if found.state_at(database_now()) != State.EXPIRED:
        raise InvalidInput(
            "Já há um convite para este e-mail: reenvie ou revogue.", field="email", code="open"
        )
    end(found)
    pending_changes.withdraw(tenant.id, JOIN, found.id, "O convite venceu e foi feito outro.")


# --- The role that comes with it ---


def ask_for_role(invitation: Invitation, *, by: Membership) -> None:
    role = Role(invitation.role)
    pending_changes.ask(
        JOIN,
        on=invitation,
        title=f"{invitation.email} entra como {role.label}",
        before={"Papel": "sem acesso"},
        after={"Papel": role.label},
        value={},
        by=by,
    )


def apply_join(tenant: Tenant, change: PendingChange) -> None:
    """Whoever has joined has the role from now on; who joins later has it at once."""
    invitation = hold(Invitation(id=change.subject_id, tenant=tenant))
    if invitation.revoked_at is not None:
        raise InvalidState(WHY_NOT[State.REVOKED], code="revoked")
    if invitation.accepted_at is None:
        invitation.is_granted = True
        invitation.save(update_fields=["is_granted"])
        return
    rows = Membership.objects.of(tenant).select_related("user", "tenant")
    membership = rows.filter(user=invitation.accepted_by_id, role=Role.READER).first()
    if membership is None:
        raise InvalidState("A pessoa saiu, ou o papel dela mudou depois do pedido.", code="changed")
    write_role(membership, Role(invitation.role), by=change.asked_by)


def stop_join(tenant: Tenant, change: PendingChange) -> None:
    """Nobody comes in by an invitation that was stopped. Who has come in reads."""
    invitation = hold(Invitation(id=change.subject_id, tenant=tenant))
    if invitation.accepted_at is None and invitation.revoked_at is None:
        end(invitation)


JOIN = Kind("join", apply_join, stop_join)


# --- Joining ---


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """By the link. To be called outside of scopes."""
    with across_tenants():
        rows = Invitation.objects.filter(token_hash=hash_of(token))
        found: Invitation | None = rows.select_related("tenant", "invited_by").first()
    return found


def why_not(invitation: Invitation) -> tuple[str, str]:
    """Code and Portuguese sentence of why nobody joins by it; both empty when somebody may.

    Runs inside the company's scope.
    """
    state = invitation.state_at(database_now())
    if state != State.LIVE:
        return state.value, WHY_NOT[state]
    inviter = invitation.invited_by
    if inviter is not None and not is_admin(invitation.tenant_id, inviter.id):
        return "inviter_left", f"{inviter.display_name} não administra mais a empresa."
    return "", ""


def accept(invitation: Invitation, user: User) -> Membership:
    """The person of the address joins, once.

    Raises:
        NotAllowed: (code `other_address`) the invitation is for another address.
        InvalidState: it does not hold any more, or the person is a member already.
    """
    with tenant_scope(invitation.tenant_id), transaction.atomic():
        lock_people(invitation.tenant_id)
        return join(hold(invitation), user)


def accept_as_new(invitation: Invitation, *, name: str, password: str) -> Membership:
    """A person whom the product does not know gets an account under the invitation's address.

    Raises:
        InvalidInput: the name has no letter.
        InvalidState: it does not hold any more, or the address has an account meanwhile.
    """
    with tenant_scope(invitation.tenant_id), transaction.atomic():
        lock_people(invitation.tenant_id)
        invitation = hold(invitation)
        refuse_dead(invitation)
        if people_of_address(invitation.email).exists():
            raise InvalidState(
                "Este e-mail já tem acesso ao Kamino: entre para aceitar.", code="known"
            )
        first, _, last = read_name(name, field="name").partition(" ")
        user = User.objects.create_user(
            invitation.email, password, first_name=first, last_name=last
        )
        return join(invitation, user)


def join(invitation: Invitation, user: User) -> Membership:
    refuse_dead(invitation)
    if not user.is_active or not is_confirmed(user, invitation.email):
        raise NotAllowed(
            f"O convite é para {invitation.email}, e você entrou como {user.email}.",
            code="other_address",
        )
    tenant = invitation.tenant
    if Membership.objects.of(tenant).filter(user=user).exists():
        raise InvalidState(f"Você já é membro de {tenant.name}.", code="already_member")
    role = Role(invitation.role) if invitation.is_granted else Role.READER
    membership = Membership.objects.create(tenant=tenant, user=user, role=role)
    invitation.accepted_at, invitation.accepted_by = database_now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    news.tell_joined(membership, invitation)
    after = {"Papel": role.label, "Convite": Role(invitation.role).label}
    record(Act.MEMBER_JOINED, on=membership, by=user, after=after)
    return membership


def refuse_dead(invitation: Invitation) -> None:
    code, sentence = why_not(invitation)
    if code:
        raise InvalidState(sentence, code=code)


def of_company(tenant_id: UUID) -> list[Invitation]:
    """Those that are open, the newest first. Runs inside the company's scope."""
    rows = Invitation.objects.of(tenant_id).open().select_related("invited_by")
    return list(rows.order_by("-made_at"))
