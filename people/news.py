"""What people are told of what changes about them, by e-mail and in the product."""

from datetime import datetime, timedelta

from django.urls import reverse

from brazil.banking_days import SAO_PAULO, sao_paulo_day
from core.clock import database_now
from core.dates import hour, near_day
from core.text import shorten
from people.models import Invitation, PendingChange
from tenants.models import Membership, Role, Tenant, User
from tenants.notices import News, notify, notify_people

EVERYONE = tuple(Role)
# How long it is shown to who does not close it.
SHOWN = timedelta(days=14)


def tell_asked(change: PendingChange) -> None:
    """Everybody at once: whoever can is in time to stop it."""
    when = moment(change.takes_effect_at, change.asked_at)
    tell(
        change.tenant,
        subject_of(change),
        "asked",
        f"{change.asked_by.display_name} pediu: {change.title}.",
        f"Outro administrador pode confirmar já. Se ninguém responder, a mudança vale {when}. "
        "Qualquer administrador ou aprovador pode barrá-la até lá.",
        until=change.takes_effect_at,
    )


def tell_decided(change: PendingChange) -> None:
    tell(
        change.tenant,
        subject_of(change),
        change.outcome,
        f"{title_of_decision(change)}: {change.title}.",
        text_of_decision(change),
    )


def subject_of(change: PendingChange) -> str:
    return f"people.change:{change.id}"


def title_of_decision(change: PendingChange) -> str:
    return {
        PendingChange.Outcome.CONFIRMED: "Mudança confirmada",
        PendingChange.Outcome.BY_TIME: "Mudança em vigor",
        PendingChange.Outcome.STOPPED: "Mudança barrada",
        PendingChange.Outcome.VOID: "Mudança sem efeito",
    }[PendingChange.Outcome(change.outcome)]


def text_of_decision(change: PendingChange) -> str:
    asked = f"O pedido foi de {change.asked_by.display_name}"
    if change.reason:
        return f"{asked}. {change.reason}"
    if change.decided_by is None:
        return f"{asked}, e o prazo para confirmar ou barrar terminou."
    verb = "barrou" if change.outcome == PendingChange.Outcome.STOPPED else "confirmou"
    return f"{asked}; {change.decided_by.display_name} {verb}."


def tell_role(membership: Membership, before: str, by: User) -> None:
    """The person whose role was changed."""
    notify_people(
        membership.tenant_id,
        [membership.user_id],
        News(
            subject=f"people.role:{membership.id}",
            step=step_of_now(),
            title=f"Seu papel agora é {membership.get_role_display()}.",
            text=f"Antes era {before}. Quem pediu a mudança: {by.display_name}.",
            action="Ver pessoas",
            url=reverse("people:list"),
            until=database_now() + SHOWN,
        ),
    )


def tell_removed(tenant: Tenant, user: User, by: User) -> None:
    """The person who was removed."""
    notify_people(
        tenant.id,
        [user.id],
        News(
            subject=f"people.removed:{user.id}",
            step=step_of_now(),
            title="Você não tem mais acesso a esta empresa.",
            text=f"{by.display_name} removeu o seu acesso. Se foi um engano, fale com um "
            "administrador da empresa.",
            action="Abrir o Kamino",
            url="/",
            until=database_now() + SHOWN,
        ),
    )


def tell_joined(membership: Membership, invitation: Invitation) -> None:
    """The admins: an invitation was used."""
    tell(
        membership.tenant,
        f"people.joined:{invitation.id}",
        "joined",
        f"{membership.user.display_name} aceitou o convite.",
        f"{membership.user.email} agora tem o papel {membership.get_role_display()}.",
        roles=(Role.ADMIN,),
    )


def tell(
    tenant: Tenant,
    subject: str,
    step: str,
    title: str,
    text: str,
    *,
    until: datetime | None = None,
    roles: tuple[Role, ...] = EVERYONE,
) -> None:
    news = News(
        subject=subject,
        step=step,
        title=shorten(title, 120),
        text=shorten(text, 300),
        action="Ver pessoas",
        url=reverse("people:list"),
        until=until or database_now() + SHOWN,
    )
    notify(tenant, roles, news)


def step_of_now() -> str:
    """Each telling is one of its own."""
    return f"{database_now():%y%m%d%H%M%S%f}"


def moment(instant: datetime, now: datetime) -> str:
    """«amanhã às 6h20», «03/12, quinta, às 6h20»."""
    day = near_day(sao_paulo_day(instant), sao_paulo_day(now))
    return f"{day}{'' if day.isalpha() else ','} às {hour(instant.astimezone(SAO_PAULO))}"
