"""Payees as the pages show them: each account and key with who entered and who confirmed it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from audit.models import Record
from brazil.banking_days import sao_paulo_day
from core.dates import dated_day, hour
from core.text import fold
from parties.confirm import can_confirm
from parties.models import Payee, PayeeAccount, PayeeKey, PayeeMerge, Payer, SimilarName
from payments.bills.warnings import before_due
from payments.models import Payable
from payments.states import PayableStatus
from registers.forms import PayeeFilter
from tenants.models import Membership, Tenant

PAGE = 50
RECENT = 20
OPEN = [PayableStatus.PENDING, PayableStatus.APPROVED]
PEOPLE = ("entered_by", "confirmed_by", "archived_by")


@dataclass(frozen=True, slots=True)
class Shown:
    """An account or key, in words. `state` is for programs and stays."""

    row: PayeeAccount | PayeeKey
    state: str
    tone: str
    label: str
    icon: str
    detail: str
    can_confirm: bool
    can_archive: bool

    @property
    def is_key(self) -> bool:
        return isinstance(self.row, PayeeKey)


def shown(row: PayeeAccount | PayeeKey, by: Membership, now: datetime) -> Shown:
    state, tone, label, icon = state_of(row, now)
    is_active = row.archived_at is None
    return Shown(
        row=row,
        state=state,
        tone=tone,
        label=label,
        icon=icon,
        detail=story_of(row, now),
        can_confirm=can_confirm(row, by),
        can_archive=is_active and (by.can_enter or by.can_approve),
    )


def state_of(row: PayeeAccount | PayeeKey, now: datetime) -> tuple[str, str, str, str]:
    if row.archived_at is not None:
        return "archived", "plain", "arquivada", "archive"
    if row.usable_from is None:
        return "waiting", "warn", "por confirmar", "hourglass"
    if row.usable_from > now:
        return "resting", "info", "em repouso", "moon"
    return "confirmed", "ok", "confirmada", "check"


def story_of(row: PayeeAccount | PayeeKey, now: datetime) -> str:
    """«lançada por Davi em 03/02 · confirmada por Ana em 04/02»"""
    today = sao_paulo_day(now)
    who = f" por {row.entered_by.display_name}" if row.entered_by else ""
    parts = [f"lançada{who} {on(row.created_at)}"]
    if row.confirmed_by and row.confirmed_at:
        parts.append(f"confirmada por {row.confirmed_by.display_name} {on(row.confirmed_at)}")
        if row.usable_from and row.usable_from > now and row.archived_at is None:
            day = dated_day(sao_paulo_day(row.usable_from), today)
            parts.append(f"livre {day}, às {hour(row.usable_from)}")
    if row.archived_by and row.archived_at:
        parts.append(f"arquivada por {row.archived_by.display_name} {on(row.archived_at)}")
    if row.archived_why:
        parts.append(row.archived_why)
    return " · ".join(parts)


def on(instant: datetime) -> str:
    return f"em {sao_paulo_day(instant):%d/%m/%Y}"


def destinations_of(payee: Payee, by: Membership, now: datetime) -> list[Shown]:
    """What is in use first, then what waits, then the archive."""
    rows: list[PayeeAccount | PayeeKey] = []
    for model in (PayeeAccount, PayeeKey):
        mine = model.objects.of(payee.tenant_id).filter(payee=payee).select_related(*PEOPLE)
        rows += mine.select_related("payee")
    order = ["waiting", "resting", "confirmed", "archived"]
    found = [shown(row, by, now) for row in rows]
    return sorted(found, key=lambda s: (order.index(s.state), -s.row.created_at.timestamp()))


@dataclass(frozen=True, slots=True)
class Line:
    """A payee in the list."""

    payee: Payee
    destinations: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    following: UUID | None  # the payee after which the next page begins


def read_page(chosen: PayeeFilter, by: Membership, now: datetime) -> Page:
    """By name. Three queries, whatever the number of payees."""
    values = chosen.cleaned_data if chosen.is_valid() else {}
    payees = matching(by.tenant, values.get("q") or "", values.get("situacao") or "")
    if after := values.get("apos"):
        last = Payee.objects.of(by.tenant).filter(id=after).values_list("name_folded", "id")
        payees = payees.filter(TupleGreaterThan(Tuple("name_folded", "id"), last[0]))
    accounts = PayeeAccount.objects.active().select_related(*PEOPLE).order_by("-created_at")
    keys = PayeeKey.objects.active().select_related(*PEOPLE).order_by("-created_at")
    rows = list(
        payees.order_by("name_folded", "id").prefetch_related(
            Prefetch("accounts", accounts, to_attr="shown_accounts"),
            Prefetch("keys", keys, to_attr="shown_keys"),
        )[: PAGE + 1]
    )
    lines = [
        Line(p, [shown(row, by, now) for row in [*p.shown_accounts, *p.shown_keys]])
        for p in rows[:PAGE]
    ]
    return Page(lines, rows[PAGE - 1].id if len(rows) > PAGE else None)


def matching(tenant: Tenant, text: str, state: str) -> "QuerySet[Payee]":
    payees: QuerySet[Payee] = Payee.objects.of(tenant)
    payees = payees.filter(archived_at__isnull=state != PayeeFilter.State.ARCHIVED)
    if state == PayeeFilter.State.WAITING:
        waiting = {"payee": OuterRef("pk"), "confirmed_at": None, "archived_at": None}
        payees = payees.filter(
            Exists(PayeeAccount.objects.of(tenant).filter(**waiting))
            | Exists(PayeeKey.objects.of(tenant).filter(**waiting))
        )
    return payees.filter(mentioned(tenant, text)) if text else payees


def mentioned(tenant: Tenant, text: str) -> Q:
    """In a name, without accents and capitals; in document, account or key."""
    words = fold(text)
    keys = PayeeKey.objects.of(tenant).filter(payee=OuterRef("pk"))
    found = Q(name_folded__contains=words) | Q(trade_name_folded__contains=words)
    found |= Q(Exists(keys.filter(key__contains=words)))
    digits = re.sub(r"[./\s-]", "", text).upper()
    if re.search(r"\d{3}", digits):
        found |= Q(document__contains=digits)
        accounts = PayeeAccount.objects.of(tenant).filter(payee=OuterRef("pk"))
        found |= Q(Exists(accounts.filter(account__contains=digits)))
        found |= Q(Exists(keys.filter(key__contains=digits)))
    return found


def bills_of(payee: Payee) -> list[Payable]:
    """The last ones, those of payees that were merged into it too."""
    mine = Q(payee=payee) | Q(payee__merged_into=payee)
    bills = Payable.objects.of(payee.tenant_id).filter(mine)
    bills = bills.select_related("payee", "payee_account")
    return list(bills.order_by("-payment_date", "-id")[:RECENT])


def names_alike(payee: Payee) -> list[Payee]:
    """Payees of another document that are called like it, whichever of the two came later."""
    rows = SimilarName.objects.of(payee.tenant_id)
    rows = rows.filter(Q(payee=payee) | Q(other=payee)).select_related("payee", "other")
    others = [row.other if row.payee_id == payee.id else row.payee for row in rows]
    return [other for other in others if other.archived_at is None]


def open_merges_of(payee: Payee) -> list[PayeeMerge]:
    rows = PayeeMerge.objects.of(payee.tenant_id).filter(decided_at=None)
    mine = rows.filter(Q(source=payee) | Q(target=payee))
    return list(mine.select_related("source", "target", "proposed_by"))


def events_of(party: Payee | Payer) -> list[dict[str, object]]:
    """What was done to it, as the audit keeps it."""
    records = Record.objects.about(party).newest_first()[:RECENT]
    return [
        {
            "at": record.made_at,
            "title": record.get_act_display(),
            "by": record.by_label,
            "text": " · ".join(
                text for text in [*map(changed, record.changes), record.why] if text
            ),
        }
        for record in records
    ]


def changed(change: object) -> str:
    before, after = getattr(change, "before", ""), getattr(change, "after", "")
    if before and after and before != after:
        return f"{before} → {after}"
    return "" if before == after else str(after or before)


@dataclass(frozen=True, slots=True)
class Stakes:
    """What depends on an account or key that waits for confirmation."""

    here: int  # open bills that go to it
    amount: object
    elsewhere: int  # other open bills of the payee
    when: str  # «3 dias antes do vencimento», of the next one due; empty without one
    was_paid: bool


def stakes_of(row: PayeeAccount | PayeeKey) -> Stakes:
    bills = Payable.objects.of(row.tenant_id).filter(payee=row.payee)
    if isinstance(row, PayeeKey):
        to_it = Q(pix_key_type=row.key_type, pix_key=row.key)
    else:
        to_it = Q(payee_account=row)
    waiting = bills.filter(status__in=OPEN)
    here = waiting.filter(to_it).aggregate(count=Count("id"), amount=Sum("amount"))
    next_due = waiting.order_by("due_date").values_list("due_date", flat=True).first()
    days = (next_due - sao_paulo_day(row.created_at)).days if next_due else None
    return Stakes(
        here=here["count"],
        amount=here["amount"],
        elsewhere=waiting.exclude(to_it).count(),
        when="" if days is None else before_due(days),
        was_paid=bills.filter(to_it, status=PayableStatus.PAID).exists(),
    )
