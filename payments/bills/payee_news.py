"""Something about a payee changed: its open bills say so, and their people are told."""

from collections.abc import Sequence

from django.urls import reverse

from core.clock import database_now
from core.text import shorten
from parties.models import PayeeAccount, PayeeKey
from parties.news import Kind, PayeeNews
from payments.bills.approval import TELL_FOR
from payments.models import Approval, Payable, PayableEdit
from payments.states import PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import Membership, Role
from tenants.notices import News, notify_people

TITLES = {
    Kind.RENAMED: "Nome de favorecido corrigido",
    Kind.ENTERED: "Novo dado bancário de favorecido",
    Kind.CONFIRMED: "Dado bancário confirmado",
    Kind.ARCHIVED: "Dado bancário arquivado",
    Kind.MERGED: "Favorecidos unidos",
}


def hear(news: PayeeNews) -> None:
    """Whoever corrects the name of a payee has changed its waiting bills, and does not approve
    them. Bills that were approved stay as they were approved. Runs inside the company's scope.
    """
    bills = concerned(news)
    if not bills:
        return
    if news.kind is Kind.RENAMED:
        note_edits(news, [bill for bill in bills if bill.is_pending])
    note_many(
        news.payee.tenant_id,
        [(bill.id, TITLES[news.kind], news.text, Tone.WARN) for bill in bills],
        at=database_now(),
    )
    told = News(
        subject=f"payee:{news.payee.id}:{news.kind}",
        step=news.step,
        title=f"{TITLES[news.kind]}: {shorten(str(news.payee), 60)}",
        text=shorten(f"{news.text} {what_it_means(news.kind)}", 300),
        action="Ver favorecido",
        url=reverse("registers:payee", args=[news.payee.id]),
        until=database_now() + TELL_FOR,
    )
    notify_people(news.payee.tenant_id, sorted(people_of(bills) - {news.by.pk}), told)


def what_it_means(kind: Kind) -> str:
    if kind is Kind.CONFIRMED:
        return "Contas aprovadas continuam indo para onde foram aprovadas."
    return "Contas aprovadas não mudam. Confira antes de aprovar as outras."


def concerned(news: PayeeNews) -> list[Payable]:
    """Open bills of the payee, but those that go to the new account or key itself."""
    bills = Payable.objects.of(news.payee.tenant_id).filter(
        payee=news.payee, status__in=[PayableStatus.PENDING, PayableStatus.APPROVED]
    )
    to = news.destination
    if news.kind is Kind.ENTERED and isinstance(to, PayeeAccount):
        bills = bills.exclude(payee_account=to)
    if news.kind is Kind.ENTERED and isinstance(to, PayeeKey):
        bills = bills.exclude(pix_key_type=to.key_type, pix_key=to.key)
    return list(bills.order_by("id"))


def note_edits(news: PayeeNews, bills: Sequence[Payable]) -> None:
    PayableEdit.objects.bulk_create(
        PayableEdit(
            tenant_id=bill.tenant_id,
            payable=bill,
            round=bill.approval_round,
            person=news.by,
            is_sealed=True,
            before={"Favorecido": news.before},
            after={"Favorecido": news.after},
        )
        for bill in bills
    )


def people_of(bills: Sequence[Payable]) -> set[int]:
    """Authors; who approved the approved ones; who may approve those that wait."""
    tenant_id = bills[0].tenant_id
    people = {bill.created_by_id for bill in bills}
    given = Approval.objects.of(tenant_id).filter(
        id__in=[bill.approval_id for bill in bills if bill.approval_id]
    )
    people |= set(given.values_list("person_id", flat=True))
    if any(bill.is_pending for bill in bills):
        members = Membership.objects.of(tenant_id).filter(role__in=[Role.ADMIN, Role.APPROVER])
        people |= set(members.values_list("user_id", flat=True))
    return people
