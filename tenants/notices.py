"""Notices to people: made once for each of those concerned, e-mailed, and shown until closed.

The row is the queue: an e-mail that could not leave goes with a later tick. One whose process died
while it left is not sent again; what it told still stands in the product.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from smtplib import SMTPException
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from tenants.models import Membership, Notice, Role, Tenant
from tenants.scope import across_tenants, tenant_scope

BATCH = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told. The words are Portuguese."""

    subject: str
    step: str
    title: str
    text: str
    action: str
    url: str
    until: datetime


def notify(tenant: Tenant, roles: Collection[Role], news: News) -> None:
    """Tell everyone of the company in these roles, each once, however often this is called.

    What was told of the subject before is closed. Runs inside the company's scope.
    """
    members = Membership.objects.of(tenant).filter(role__in=roles)
    withdraw(tenant, [news.subject], but=news.step)
    # In one order: two workers who tell the same wait for each other's rows.
    notify_people(tenant.id, members.order_by("user_id").values_list("user_id", flat=True), news)


def notify_people(tenant_id: UUID, people: Iterable[int], news: News) -> None:
    """Tell these people, by their ids, each once, whether or not they work for the company still.

    Runs inside the company's scope.
    """
    notify_each(tenant_id, [(person, news) for person in people])


def notify_each(tenant_id: UUID, told: Iterable[tuple[int, News]]) -> None:
    """As `notify_people`, each person their own news, by one query."""
    Notice.objects.bulk_create(
        [
            Notice(
                tenant_id=tenant_id,
                user_id=person,
                subject=news.subject,
                step=news.step,
                title=news.title,
                text=news.text,
                action=news.action,
                url=news.url,
                until=news.until,
            )
            for person, news in told
        ],
        ignore_conflicts=True,
    )


def untold(found: Iterable[tuple[UUID, UUID, str]], prefix: str) -> list[tuple[UUID, UUID, str]]:
    """Of (company, id, step), those of which nobody was told as `prefix` and id. Outside of scopes.

    It spares the others their transaction; that each is told once is held by the table.
    """
    facts = list(found)
    with across_tenants():
        told = Notice.objects.filter(subject__in=[f"{prefix}{id}" for _, id, _ in facts])
        known = set(told.values_list("subject", "step"))
    return [fact for fact in facts if (f"{prefix}{fact[1]}", fact[2]) not in known]


def withdraw(tenant: Tenant | UUID, subjects: Iterable[str], *, but: str = "") -> None:
    """Close what was told of these subjects: it is true no longer. Runs inside the scope."""
    told = Notice.objects.of(tenant).filter(subject__in=list(subjects), closed_at=None)
    locked = told.exclude(step=but).select_for_update(no_key=True).order_by("id")
    ids = list(locked.values_list("id", flat=True))
    if ids:
        told.filter(id__in=ids).update(closed_at=timezone.now())


def open_notices(membership: Membership) -> list[Notice]:
    """What the person has not closed yet, in the company they work for now."""
    with tenant_scope(membership.tenant_id):
        mine = Notice.objects.of(membership.tenant_id).filter(
            user=membership.user_id, closed_at=None, until__gt=timezone.now()
        )
        return list(mine.order_by("until", "id"))


def close(notice: Notice) -> None:
    """The person has read it. Runs inside the company's scope."""
    mine = Notice.objects.of(notice.tenant_id).filter(id=notice.id, closed_at=None)
    mine.update(closed_at=timezone.now())


def send_waiting(now: datetime) -> int:
    """E-mail what was not e-mailed yet. Returns how many left. To be called outside of scopes."""
    with across_tenants():
        waiting = Notice.objects.filter(emailed_at=None, closed_at=None, until__gt=now)
        rows = list(waiting.order_by("made_at").values_list("tenant_id", "id")[:BATCH])
    sent = 0
    for tenant_id, notice_id in rows:
        notice = claim(tenant_id, notice_id, now)
        if notice is None:
            continue
        try:
            email(notice)
        except (SMTPException, OSError) as error:
            give_back(notice)
            log.warning("notice_not_emailed", error=type(error).__name__)
            break  # the server is not there for the others either
        sent += 1
    return sent


def claim(tenant_id: UUID, notice_id: UUID, now: datetime) -> Notice | None:
    """The notice, if no other worker is sending it."""
    with tenant_scope(tenant_id):
        row = Notice.objects.of(tenant_id).filter(id=notice_id)
        if not row.filter(emailed_at=None).update(emailed_at=now):
            return None
        notice: Notice = row.select_related("user", "tenant").get()
        return notice


def give_back(notice: Notice) -> None:
    with tenant_scope(notice.tenant_id):
        Notice.objects.of(notice.tenant_id).filter(id=notice.id).update(emailed_at=None)


def email(notice: Notice) -> None:
    context = {"notice": notice, "address": f"{settings.PUBLIC_URL}{notice.url}"}
    body = render_to_string("tenants/email/notice.txt", context)
    subject = f"{notice.tenant}: {notice.title}"
    headers = {"Message-ID": message_id(notice.id), "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, None, [notice.user.email], headers=headers).send()


def message_id(notice_id: UUID) -> str:
    """The same whenever it is asked for: a server that got it twice can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<aviso.{notice_id.hex}@{domain}>"
