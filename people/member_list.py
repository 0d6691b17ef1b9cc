"""What the page «Pessoas» shows. Runs inside the company's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from core.clock import database_now
from core.dates import ago, when
from people import invitations, news
from people.models import Invitation, PendingChange
from people.roles import ALLOWS
from tenants.models import Membership, Role, TenantQuerySet

FACTORS = {
    Authenticator.Type.TOTP: "aplicativo",
    Authenticator.Type.WEBAUTHN: "chave de acesso",
}


@dataclass(frozen=True, slots=True)
class Person:
    membership: Membership
    factors: list[str]  # Portuguese; empty without a second factor
    last_seen: str
    is_you: bool

    @property
    def allows(self) -> str:
        return ALLOWS[Role(self.membership.role)]

    @property
    def needs_factor(self) -> bool:
        """Whoever approves, sends or administers is to have one."""
        return self.membership.can_approve


def people_of(me: Membership) -> list[Person]:
    members = list(
        Membership.objects.of(me.tenant_id)
        .select_related("user")
        .order_by("user__first_name", "user__last_name", "user__email")
    )
    factors = factors_of([each.user_id for each in members])
    now = database_now()
    return [
        Person(
            membership=each,
            factors=factors.get(each.user_id, []),
            last_seen=ago(each.user.last_login, now) if each.user.last_login else "nunca entrou",
            is_you=each.user_id == me.user_id,
        )
        for each in members
    ]


def factors_of(users: Iterable[int]) -> dict[int, list[str]]:
    rows = Authenticator.objects.filter(user__in=users, type__in=list(FACTORS))
    found: dict[int, list[str]] = {}
    for user_id, kind in rows.order_by("type").values_list("user_id", "type").distinct():
        found.setdefault(user_id, []).append(FACTORS[kind])
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits, as one person sees it."""

    change: PendingChange
    asked: str
    takes_effect: str
    is_yours: bool
    favours_you: bool
    may_confirm: bool
    may_stop: bool

    @property
    def key(self) -> str:
        """For ids of the page."""
        return str(self.change.id)

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        names = dict.fromkeys([*self.change.before, *self.change.after])
        before, after = self.change.before, self.change.after
        return [(name, before.get(name, "—"), after.get(name, "—")) for name in names]


def waiting_changes(me: Membership) -> list[Waiting]:
    rows = PendingChange.objects.of(me.tenant_id).waiting().select_related("asked_by", "favours")
    now = database_now()
    return [waiting(change, me, now) for change in rows.order_by("takes_effect_at")]


def waiting(change: PendingChange, me: Membership, now: datetime) -> Waiting:
    is_yours = change.asked_by_id == me.user_id
    favours_you = change.favours_id == me.user_id
    return Waiting(
        change=change,
        asked=ago(change.asked_at, now),
        takes_effect=news.moment(change.takes_effect_at, now),
        is_yours=is_yours,
        favours_you=favours_you,
        may_confirm=me.is_admin and not is_yours and not favours_you,
        may_stop=me.can_approve,
    )


def to_confirm(me: Membership) -> TenantQuerySet:
    """What waits for this admin's confirmation."""
    waiting = PendingChange.objects.of(me.tenant_id).waiting()
    mine = waiting.filter(asked_by=me.user_id) | waiting.filter(favours=me.user_id)
    found: TenantQuerySet = waiting.exclude(id__in=mine.values("id"))
    return found


@dataclass(frozen=True, slots=True)
class Invited:
    invitation: Invitation
    state: Invitation.State
    inviter: str
    until: str
    trouble: str  # Portuguese; empty when the link can be used

    @property
    def tone(self) -> str:
        return "warn" if self.trouble else "info"


def invited(me: Membership) -> list[Invited]:
    now = database_now()
    return [row_of(each, now) for each in invitations.of_company(me.tenant_id)]


def row_of(invitation: Invitation, now: datetime) -> Invited:
    state = invitation.state_at(now)
    code, sentence = invitations.why_not(invitation)
    inviter = invitation.invited_by
    return Invited(
        invitation=invitation,
        state=state,
        inviter=inviter.display_name if inviter else "Kamino",
        until=when(invitation.expires_at, now) if invitation.expires_at else "",
        trouble=sentence if code == "inviter_left" else "",
    )
