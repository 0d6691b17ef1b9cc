"""A person lost their second factor: an admin takes it away, and the person then enrols another.

Whoever has the password by now could ask for it in the person's name. So every session ends, the
person is told and can lock the account at once, and for a day they read and do not act.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from people.factors import has_factor
from people.lockout import lock_out
from people.models import Device, FactorReset, PendingChange
from people.pending_changes import Kind, ask
from people.session_limits import end_sessions
from tenants.models import Membership, Role, Tenant, User
from tenants.notices import News, notify
from tenants.scope import tenant_scope

SALT = "people.factor_reset"
LINK_LASTS = timedelta(days=7)


def ask_reset(membership: Membership, *, by: Membership) -> PendingChange:
    """Ask for a reset of the person's factors, which a second admin confirms.

    Raises:
        NotAllowed: as `reset_factor`.
        InvalidState: the person has no factor, or the same waits already.
    """
    with tenant_scope(by.tenant_id):
        check_may_reset(membership, by)
        if not has_factor(membership.user):
            raise InvalidState("Esta pessoa não tem segundo fator.", code="no_factor")
        return ask(
            RESET,
            on=membership,
            title=f"{membership.user.display_name} cadastra outro segundo fator",
            before={"Segundo fator": "o atual"},
            after={"Segundo fator": "nenhum, até a pessoa cadastrar outro"},
            value={},
            by=by,
            favours=membership.user,
        )


def apply_reset(tenant: Tenant, change: PendingChange) -> None:
    members = Membership.objects.of(tenant).select_related("user", "tenant")
    membership = members.filter(id=change.subject_id).first()
    by = members.filter(user=change.asked_by).first()
    if membership is None or by is None:
        raise InvalidState("A pessoa não faz mais parte da empresa.", code="not_here")
    reset_factor(membership, by)


RESET = Kind("factor_reset", apply_reset)


def reset_factor(membership: Membership, by: Membership) -> FactorReset:
    """Take away the person's factors. Runs inside the scope of the company that both belong to.

    Raises:
        NotAllowed: `by` is no admin of the company, or the person themselves while there is
            another admin.
    """
    check_may_reset(membership, by)
    user = User.objects.select_for_update(no_key=True).get(id=membership.user_id)
    now = database_now()
    Authenticator.objects.filter(user=user).delete()
    Device.objects.filter(user=user).delete()
    end_sessions(user)
    reset = FactorReset.objects.create(
        user=user,
        by=by.user,
        reads_only_until=now + timedelta(hours=settings.FACTOR_RESET_HOURS),
    )
    tell_company(membership, reset)
    transaction.on_commit(lambda: tell_person(reset))
    record(Act.FACTOR_RESET, on=membership, by=by.user)
    return reset


def check_may_reset(membership: Membership, by: Membership) -> None:
    if by.tenant_id != membership.tenant_id or not by.is_admin:
        raise NotAllowed("Só um administrador da empresa redefine o segundo fator de alguém.")
    others = Membership.objects.of(by.tenant_id).filter(role=Role.ADMIN).exclude(id=by.id)
    if by.id == membership.id and others.exists():
        raise NotAllowed(
            "Peça a outro administrador que redefina o seu segundo fator.", code="own_factor"
        )


def tell_company(membership: Membership, reset: FactorReset) -> None:
    """Those who approve and administer know who is not to be believed on the telephone."""
    name = membership.user.display_name
    notify(
        membership.tenant,
        [Role.ADMIN, Role.APPROVER],
        News(
            subject=f"factor_reset:{reset.id}",
            step="made",
            title=f"Segundo fator de {name} redefinido",
            text=f"{name} entra agora sem o segundo fator e, por um dia, só consulta.",
            action="Ver a minha conta",
            url=reverse("mfa_index"),
            until=reset.reads_only_until,
        ),
    )


def tell_person(reset: FactorReset) -> None:
    token = signing.dumps(reset.id, salt=SALT)
    context = {
        "reset": reset,
        "link": f"{settings.PUBLIC_URL}{reverse('account_not_me', args=[token])}",
    }
    body = render_to_string("people/email/factor_reset.txt", context)
    send_mail("Kamino: seu segundo fator foi redefinido", body, None, [reset.user.email])


def read_link(token: str) -> FactorReset:
    """
    Raises:
        InvalidState: it is none of ours, or too old.
    """
    try:
        reset_id = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        raise InvalidState("Este link não vale mais.", code="no_link") from None
    found = FactorReset.objects.select_related("user").filter(id=reset_id).first()
    if found is None:
        raise InvalidState("Este link não vale mais.", code="no_link")
    return found


@transaction.atomic
def lock_account(reset: FactorReset) -> None:
    """«Não fui eu»: nobody comes in before the person has made a new password by e-mail.

    The password that somebody else knows is void, what they enrolled meanwhile is gone, and the
    time of reading only begins anew.
    """
    user = User.objects.select_for_update(no_key=True).get(id=reset.user_id)
    lock_out(user)
    Authenticator.objects.filter(user=user).delete()
    now = database_now()
    until = now + timedelta(hours=settings.FACTOR_RESET_HOURS)
    FactorReset.objects.filter(id=reset.id).update(locked_at=now, reads_only_until=until)
