"""Approvers are told what waits for them: once a day, and at once of what is due today."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from brazil.banking_days import SAO_PAULO, day_bounds, is_banking_day, sao_paulo_day
from core.money import format_brl
from core.plurals import counted
from payments.bills.awaiting import awaiting
from payments.models import Payable
from tenants.models import Membership, Notice, Role
from tenants.notices import News, notify_people, withdraw
from tenants.scope import across_tenants, tenant_scope

DAILY, TODAY = "approvals:", "approvals-today:"  # and the person's id
STARTS_AT = time(8, 0)  # São Paulo
STEP_LENGTH = 20
TOLD = (Role.ADMIN, Role.APPROVER)


def notify_of_waiting(now: datetime) -> None:
    """Tell each approver what waits for them, and take back what is true no longer.

    On banking days at 08:00; and at any hour of what came today and is due by today. Safe to call
    again: nobody is told the same twice. To be called outside of scopes.
    """
    today = sao_paulo_day(now)
    is_morning_over = now.astimezone(SAO_PAULO).time() >= STARTS_AT
    if is_morning_over and is_banking_day(today):
        for tenant_id, people in untold_people(today).items():
            tell_daily(tenant_id, people, today)
    for tenant_id in companies_with(urgent(now, is_morning_over)):
        tell_at_once(tenant_id, now, is_morning_over)
    for tenant_id in companies_that_were_told(now):
        withdraw_what_is_decided(tenant_id)


def urgent(now: datetime, is_morning_over: bool) -> Q:
    """Bills due by today of which nobody was told in this round; before 08:00 only new ones."""
    today = sao_paulo_day(now)
    told = Q(due_told_round=None) | ~Q(due_told_round=F("approval_round"))
    is_new = Q() if is_morning_over else Q(created_at__gte=day_bounds(today)[0])
    return told & is_new & Q(payment_date__lte=today)


def companies_with(bills: Q) -> list[UUID]:
    with across_tenants():
        waiting = Payable.objects.awaiting_approval().filter(bills)
        return list(waiting.values_list("tenant_id", flat=True).distinct())


def untold_people(today: date) -> dict[UUID, list[int]]:
    """By company its approvers who were not told today, where anything waits."""
    bills = Payable.objects.awaiting_approval().filter(tenant=OuterRef("tenant"))
    others = bills.exclude(created_by=OuterRef("user"))
    with across_tenants():
        approvers = Membership.objects.filter(Exists(others), role__in=TOLD)
        found = list(approvers.order_by("user_id").values_list("tenant_id", "user_id"))
        told = Notice.objects.filter(
            subject__startswith=DAILY, step=today.isoformat(), tenant__in={t for t, _ in found}
        )
        known = set(told.values_list("tenant_id", "user_id"))
    people: dict[UUID, list[int]] = {}
    for tenant_id, person in found:
        if (tenant_id, person) not in known:
            people.setdefault(tenant_id, []).append(person)
    return people


def tell_daily(tenant_id: UUID, people: Sequence[int], today: date) -> None:
    with tenant_scope(tenant_id):
        hold_urgent(tenant_id, Q(payment_date__lte=today))
        for person in people:
            bills = list(awaiting(person).of(tenant_id).only("amount", "payment_date"))
            if not bills:
                continue
            withdraw(tenant_id, [f"{DAILY}{person}"], but=today.isoformat())
            notify_people(tenant_id, [person], daily_news(person, bills, today))


def tell_at_once(tenant_id: UUID, now: datetime, is_morning_over: bool) -> None:
    """What came together is told together."""
    today = sao_paulo_day(now)
    with tenant_scope(tenant_id):
        ids = hold_urgent(tenant_id, urgent(now, is_morning_over))
        if not ids:
            return
        approvers = Membership.objects.of(tenant_id).filter(role__in=TOLD).order_by("user_id")
        for person in approvers.values_list("user_id", flat=True):
            mine = awaiting(person).of(tenant_id).filter(id__in=ids)
            if bills := list(mine.select_related("payee")):
                notify_people(tenant_id, [person], urgent_news(person, bills, today))


def hold_urgent(tenant_id: UUID, bills: Q) -> list[UUID]:
    """Note that people are told of them in this round; their ids. Held until the commit."""
    waiting = Payable.objects.of(tenant_id).awaiting_approval().filter(bills).order_by("id")
    ids = list(waiting.select_for_update(no_key=True).values_list("id", flat=True))
    Payable.objects.of(tenant_id).filter(id__in=ids).update(due_told_round=F("approval_round"))
    return ids


def daily_news(person: int, bills: Sequence[Payable], today: date) -> News:
    number, due = len(bills), sum(bill.payment_date <= today for bill in bills)
    wait = "aguarda" if number == 1 else "aguardam"
    by_today = f" {counted(due, 'vence', 'vencem')} até hoje." if due else ""
    return news(
        f"{DAILY}{person}",
        today.isoformat(),
        f"{counted(number, 'conta', 'contas')} {wait} sua aprovação.",
        f"No total, R$\u00a0{sum_of(bills)}.{by_today}",
        today,
    )


def urgent_news(person: int, bills: Sequence[Payable], today: date) -> News:
    first, number = bills[0], len(bills)
    if number == 1:
        title = f"Uma conta de R$\u00a0{sum_of(bills)} vence hoje e aguarda sua aprovação."
        text = f"«{first.payee}», lançada agora. Confira e aprove para que ela saia hoje."
    else:
        title = f"{number} contas vencem hoje e aguardam sua aprovação."
        text = f"No total, R$\u00a0{sum_of(bills)}. Confira e aprove para que elas saiam hoje."
    return news(f"{TODAY}{person}", uuid4().hex[:STEP_LENGTH], title, text, today)


def news(subject: str, step: str, title: str, text: str, today: date) -> News:
    return News(
        subject=subject,
        step=step,
        title=title,
        text=text,
        action="Ver o que aprovar",
        url=reverse("payments:approvals"),
        until=day_bounds(today)[1],
    )


def sum_of(bills: Sequence[Payable]) -> str:
    return format_brl(sum((bill.amount for bill in bills), Decimal(0)))


def companies_that_were_told(now: datetime) -> list[UUID]:
    with across_tenants():
        ours = Notice.objects.filter(subject__startswith="approvals", closed_at=None, until__gt=now)
        return list(ours.values_list("tenant_id", flat=True).distinct())


def withdraw_what_is_decided(tenant_id: UUID) -> None:
    """Nothing waits any more for those who were told."""
    with tenant_scope(tenant_id):
        ours = Notice.objects.of(tenant_id).filter(subject__startswith="approvals", closed_at=None)
        for person in set(ours.values_list("user_id", flat=True)):
            if not awaiting(person).of(tenant_id).exists():
                withdraw(tenant_id, [f"{DAILY}{person}", f"{TODAY}{person}"])
