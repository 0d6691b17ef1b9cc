"""Acts out of the ordinary (exceções): what the company gives up, or believes, on one person's
word.

Up to the company's limit such an act takes effect at once and is listed by person; above it a
second person with approval rights releases it. What one person did alone, of the same kind and for
the same payer, counts together within a day. What the kinds do is theirs: an app names its `Kind`
in `settings.EXCEPTIONAL_ACTS` (docs/decisions/0039-acts-out-of-the-ordinary.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import DomainError, InvalidInput, InvalidState, NotAllowed
from core.text import read_line, shorten
from people.admins import require_role
from people.exceptional_limit import limit_of, words
from people.models import ExceptionalAct
from tenants.acting import acting_member
from tenants.models import Membership, Role, TenantOwned, User
from tenants.notices import News, notify_people, withdraw
from tenants.scope import tenant_scope

Outcome = ExceptionalAct.Outcome
ZERO = Decimal("0.00")
TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be done so. The functions run inside the company's scope, in the transaction of the
    act or of its release."""

    slug: str
    label: str  # «Resto dispensado»: what the list is filtered by
    # Does it as the person who asked, after locking and looking anew at all that it needs. May
    # raise a `DomainError`: within the limit the person gets it, at a release the act has no effect
    # and the error says why.
    apply: Callable[[ExceptionalAct, Membership], None]
    # Undoes what was prepared, when it is refused, withdrawn or has no effect.
    refuse: Callable[[ExceptionalAct], None] = lambda act: None
    # Whether it waits for a second person whatever its amount is.
    always_two: bool = False


def kinds() -> Mapping[str, Kind]:
    found = [import_string(name) for name in settings.EXCEPTIONAL_ACTS]
    return {kind.slug: kind for kind in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to do. `on` is the row it is about, `url` its page; `amount` in reais."""

    on: TenantOwned
    url: str
    amount: Decimal
    title: str  # a Portuguese sentence without its full stop
    why: str
    counts_with: UUID  # whose acts of a day count together: the payer's id
    effect: Mapping[str, str] = field(default_factory=dict)  # Portuguese names and values
    value: Mapping[str, Any] = field(default_factory=dict)  # as JSON, for `Kind.apply`
    author: User | None = None  # who made the row


def propose(
    kind: Kind,
    request: Request,
    *,
    by: Membership,
    apply: Callable[[ExceptionalAct, Membership], object] | None = None,
) -> ExceptionalAct:
    """Do it now, or have it wait: `is_waiting` of what is returned. `apply` does what `kind.apply`
    does, for a caller who has read and holds all that it needs.

    What one person asks for is counted one after the other (`lock_person`): the caller holds no row
    yet, or that lock, and `kind.apply` takes its own rows.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `already_asked`) the same waits already; and what `kind.apply` raises.
    """
    why = read_line(request.why)
    if not why:
        raise InvalidInput("Informe o motivo: ele fica na lista de exceções.", field="why")
    with tenant_scope(by.tenant_id), transaction.atomic():
        lock_person(by.tenant_id, by.user_id)
        if waiting_on(request.on, kind) is not None:
            raise already_asked()
        now = database_now()
        act = ExceptionalAct(
            tenant=by.tenant,
            kind=kind.slug,
            subject_id=request.on.id,
            subject=shorten(str(request.on), 200),
            url=request.url,
            counts_with=request.counts_with,
            amount=request.amount,
            title=shorten(request.title, 200),
            why=shorten(why, 300),
            effect=dict(request.effect),
            value=dict(request.value),
            author=request.author,
            asked_by=by.user,
            asked_at=now,
            day=sao_paulo_day(now),
        )
        if is_above_limit(kind, act, limit_of(by.tenant)):
            keep_waiting(act)
            tell_approvers(act)
            record(Act.EXCEPTION_ASKED, on=act, by=by.user, why=act.why, after=act.effect)
        else:
            act.outcome, act.decided_by, act.decided_at = Outcome.ALONE, by.user, now
            act.save(force_insert=True)
            (apply or kind.apply)(act, by)
    return act


def lock_person(tenant_id: UUID, user_id: int) -> None:
    """Until the transaction ends, another act of this person waits. To be taken before any row that
    an act may lock. The row of the company will not do: an act that makes an account of the chart
    locks it after its charge."""
    with connection.cursor() as cursor:
        name = f"exceptional:{tenant_id}:{user_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def keep_waiting(act: ExceptionalAct) -> None:
    """
    Raises:
        InvalidState: (code `already_asked`) another person asked for the same at this instant.
    """
    try:
        with transaction.atomic():
            act.save(force_insert=True)
    except IntegrityError as error:
        raise already_asked() from error


def already_asked() -> InvalidState:
    return InvalidState(
        "Já há um pedido igual aguardando liberação: libere, recuse ou retire esse antes.",
        code="already_asked",
    )


def is_above_limit(kind: Kind, act: ExceptionalAct, limit: Decimal) -> bool:
    """Whether a second person has to release it."""
    alone = done_alone(act.tenant_id, kind.slug, act.asked_by_id, act.counts_with, act.day)
    return kind.always_two or alone + act.amount > limit


def has_to_wait(kind: Kind, request: Request, *, by: Membership) -> bool:
    """Whether a second person would have to release it, were it asked for now. Inside the company's
    scope and `lock_person`."""
    day = sao_paulo_day(database_now())
    alone = done_alone(by.tenant_id, kind.slug, by.user_id, request.counts_with, day)
    return kind.always_two or alone + request.amount > limit_of(by.tenant)


def done_alone(tenant_id: UUID, kind: str, user_id: int, counts_with: UUID, day: date) -> Decimal:
    """What one person did of that kind, for that payer, on that day, without a second one."""
    mine = ExceptionalAct.objects.of(tenant_id).done_alone()
    found = mine.filter(kind=kind, asked_by=user_id, counts_with=counts_with, day=day)
    return found.aggregate(total=Sum("amount"))["total"] or ZERO


def waiting_on(row: TenantOwned, kind: Kind | None = None) -> ExceptionalAct | None:
    """What waits for a second person about this row. Inside the company's scope."""
    waiting = ExceptionalAct.objects.of(row.tenant_id).waiting().filter(subject_id=row.id)
    if kind is not None:
        waiting = waiting.filter(kind=kind.slug)
    found: ExceptionalAct | None = waiting.select_related("asked_by").order_by("asked_at").first()
    return found


def release(act: ExceptionalAct, *, by: Membership) -> ExceptionalAct:
    """Have it take effect now. Whether it did is its `outcome`; if not, `reason` says why.

    Raises:
        NotAllowed: `by` does not approve now (code `wrong_role`), asked for it (`own_act`), made
            what it is about (`own_subject`), or counts with who asked as one person (`one_person`).
        InvalidState: (code `decided`) somebody answered before.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        lock_person(act.tenant_id, act.asked_by_id)
        by = require_role(by, Role.ADMIN, Role.APPROVER)
        act = hold(act)
        require_other_person(act, by)
        kind = kinds()[act.kind]
        try:
            with transaction.atomic():
                kind.apply(act, asker_of(act))
        except DomainError as error:
            kind.refuse(act)
            close(act, Outcome.VOID, by=by.user, reason=str(error))
            record(Act.EXCEPTION_VOID, on=act, by=by.user, why=act.reason, after=act.effect)
        else:
            close(act, Outcome.RELEASED, by=by.user)
            record(Act.EXCEPTION_RELEASED, on=act, by=by.user, why=act.why, after=act.effect)
    return act


def refuse(act: ExceptionalAct, *, by: Membership, why: str = "") -> ExceptionalAct:
    """Nothing comes of it. Who asked takes it back; anybody else says why.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        NotAllowed: (code `wrong_role`) `by` neither approves now nor asked for it.
        InvalidState: (code `decided`) somebody answered before.
    """
    why = read_line(why)
    with tenant_scope(by.tenant_id), transaction.atomic():
        by = require_role(by, *Role)
        act = hold(act)
        is_own = act.asked_by_id == by.user_id
        if not is_own:
            by = require_role(by, Role.ADMIN, Role.APPROVER)
            if not why:
                raise InvalidInput("Informe por que você recusa.", field="why")
        kinds()[act.kind].refuse(act)
        close(act, Outcome.WITHDRAWN if is_own else Outcome.REFUSED, by=by.user, reason=why)
        record(Act.EXCEPTION_REFUSED, on=act, by=by.user, why=act.reason, after=act.effect)
    return act


def hold(act: ExceptionalAct) -> ExceptionalAct:
    """What waits, as it is now, until the transaction ends."""
    rows = ExceptionalAct.objects.of(act.tenant_id).select_related("tenant", "asked_by")
    held: ExceptionalAct = rows.select_for_update(of=("self",), no_key=True).get(id=act.id)
    if not held.is_waiting:
        raise InvalidState(
            f"Este pedido já foi decidido: {held.get_outcome_display()}.", code="decided"
        )
    return held


def require_other_person(act: ExceptionalAct, by: Membership) -> None:
    if act.asked_by_id == by.user_id:
        raise NotAllowed(
            "Quem pede uma exceção não a libera: peça a outro aprovador.", code="own_act"
        )
    if act.author_id == by.user_id:
        raise NotAllowed(
            "Você lançou o registro desta exceção: outro aprovador precisa liberá-la.",
            code="own_subject",
        )
    is_one = import_string(settings.COUNTS_AS_ONE_PERSON)
    if is_one(act.tenant_id, act.asked_by_id, by.user_id, (act.asked_at, database_now())):
        raise NotAllowed(
            "Quem delega e quem aprova por delegação contam como uma pessoa: peça a outro "
            "aprovador.",
            code="one_person",
        )


def asker_of(act: ExceptionalAct) -> Membership:
    """Who asked, as they are now; the kind asks whether they still may.

    Raises:
        InvalidState: (code `asker_left`) they do not work here any more.
    """
    found = acting_member(act.tenant_id, act.asked_by_id)
    if found is None:
        raise InvalidState(
            f"{act.asked_by.display_name} não trabalha mais na empresa.", code="asker_left"
        )
    return found


def close(
    act: ExceptionalAct, outcome: ExceptionalAct.Outcome, *, by: User, reason: str = ""
) -> None:
    act.outcome = outcome
    act.decided_by = by
    act.decided_at = database_now()
    act.reason = shorten(reason, 300)
    act.save(update_fields=["outcome", "decided_by", "decided_at", "reason"])
    tell_decided(act)


# --- What people are told ---


def news_of(act: ExceptionalAct, step: str, title: str, text: str, url: str) -> News:
    return News(
        subject=f"people.exception:{act.id}",
        step=step,
        title=shorten(title, 120),
        text=shorten(text, 300),
        action="Ver exceções" if step == "asked" else "Ver o que mudou",
        url=url,
        until=database_now() + TOLD_FOR,
    )


def tell_approvers(act: ExceptionalAct) -> None:
    """Those who may release it."""
    members = Membership.objects.of(act.tenant_id).filter(role__in=(Role.ADMIN, Role.APPROVER))
    others = members.exclude(user__in=[act.asked_by_id, act.author_id or act.asked_by_id])
    title = f"{act.asked_by.display_name} pede liberação: {words(act.amount)}"
    news = news_of(act, "asked", title, f"{act.title}. Motivo: {act.why}", page_url())
    people = others.order_by("user_id").values_list("user_id", flat=True)
    notify_people(act.tenant_id, people, news)


def tell_decided(act: ExceptionalAct) -> None:
    """Who asked; for the others it waits no longer."""
    withdraw(act.tenant_id, [f"people.exception:{act.id}"])
    if act.outcome == Outcome.WITHDRAWN:
        return
    assert act.decided_by is not None
    title = f"{title_of(act)}: {words(act.amount)}"
    text = f"{act.title}. Quem decidiu: {act.decided_by.display_name}. {act.reason}".strip()
    notify_people(act.tenant_id, [act.asked_by_id], news_of(act, act.outcome, title, text, act.url))


def title_of(act: ExceptionalAct) -> str:
    return {
        Outcome.RELEASED: "Exceção liberada",
        Outcome.REFUSED: "Exceção recusada",
        Outcome.VOID: "Exceção sem efeito",
    }[Outcome(act.outcome)]


def page_url() -> str:
    return reverse("people:exceptions")
