"""Whom a boleto pays, as the bank tells it with the payment or in its statement.

Where a bank shows no title before it pays (Cora) this is its first word on it. It comes too late to
hold the bill: what is against it stands on its page, and people are told at once. At Cora an order
still waits for approval in the bank's app.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from banking.banks.contract.payments import Creditor, Rail
from banking.models import StatementLine
from brazil.document import format_document, is_same_company
from core.clock import database_now
from core.text import shorten
from payments.bills.approval import hold
from payments.bills.warnings import TITLE_DIFFERS
from payments.models import Payable, PaymentOrder
from payments.timeline import Tone, note
from tenants.models import Role
from tenants.notices import News, notify
from tenants.scope import tenant_scope

Told = tuple[PaymentOrder, Creditor | None, Decimal | None]
TITLE = ["title_name", "title_document", "title_amount", "title_read_at"]
TELL_FOR = timedelta(days=7)
AT_BANK = "Se não reconhece a cobrança, recuse o pagamento no aplicativo do banco."
PAID = "Confira a cobrança e, se for o caso, conteste o pagamento no banco."


def hear_creditors(told: Iterable[Told]) -> None:
    """Of orders of one company that a bank took, whom it pays by each, and how much.

    It is the title of the boleto, where that was not read before. The number of queries does not
    depend on that of the orders, where nothing is against the bills.
    """
    named = {
        order.payable_id: (order, creditor, amount)
        for order, creditor, amount in told
        if creditor is not None and order.rail == Rail.BOLETO
    }
    if not named:
        return
    tenant_id = next(iter(named.values()))[0].tenant_id
    with tenant_scope(tenant_id):
        unread = Payable.objects.of(tenant_id).filter(title_name="", title_document="")
        now, heard = database_now(), []
        for payable in hold(unread.filter(id__in=named)).select_related("payee"):
            order, creditor, amount = named[payable.id]
            if payable.linha_digitavel != order.content["linha_digitavel"]:
                continue
            payable.title_name = shorten(creditor.name, 160)
            payable.title_document, payable.title_amount = creditor.document, amount
            payable.title_read_at = now
            heard.append(payable)
        Payable.objects.bulk_update(heard, TITLE)
        for payable in heard:
            if payable.title_warnings:
                report(payable, " ".join(payable.title_warnings), AT_BANK)


def hear_line(order: PaymentOrder, line: StatementLine) -> None:
    """A line of the statement stands for the payment. Runs inside the company's scope."""
    payable, document = order.payable, line.counterparty_document
    if order.rail != Rail.BOLETO or not document:
        return
    known = [payable.payee.document, payable.title_document]
    if any(other and is_same_company(document, other) for other in known):
        return
    whom = line.counterparty_name or "outro favorecido"
    report(payable, f"O extrato mostra o pagamento a {whom} ({format_document(document)}).", PAID)


def report(payable: Payable, text: str, what_to_do: str) -> None:
    note(payable, TITLE_DIFFERS, text, tone=Tone.WARN)
    news = News(
        subject=f"creditor-differs:{payable.id}",
        step=str(payable.approval_round),
        title="O boleto de uma conta enviada diverge.",
        text=shorten(f"«{payable.payee}»: {text} {what_to_do}", 300),
        action="Ver conta",
        url=reverse("payments:detail", args=[payable.id]),
        until=database_now() + TELL_FOR,
    )
    notify(payable.tenant, (Role.ADMIN, Role.APPROVER, Role.FINANCE), news)
