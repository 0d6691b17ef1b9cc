"""Boletos whose registered title was not read yet, or says otherwise than the bill.

Neither is paid: the first before the reading, the second before an approver lifts it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import BooleanField

from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.models import BankAccount
from payments.models import OfBill, Payable

HELD = "O boleto registrado diverge da conta: um aprovador precisa conferir e liberar."
UNREAD = (
    "Boleto não lido: o banco ainda não informou para quem ele está registrado. "
    "O Kamino tenta ler de novo até o fim do horário do banco."
)
# So long after a bill is entered its approval waits for the reading.
READING_TAKES = timedelta(minutes=2)


def is_unread(payable: Payable, account: BankAccount | None) -> bool:
    """Whether the bank that pays it can tell the title, and has not yet."""
    if payable.method != Payable.Method.BOLETO or payable.title_read_at is not None:
        return False
    if account is None:
        return False
    return Capability.LOOK_UP_TITLE in registry.info(account.provider).capabilities


def is_being_read(payable: Payable, account: BankAccount | None, now: datetime) -> bool:
    return is_unread(payable, account) and now < payable.created_at + READING_TAKES


def unread_titles(pairs: Sequence[tuple[Payable, BankAccount]]) -> dict[Payable, str]:
    """Of bills with the account that pays each, those that wait for the reading, and why."""
    return {payable: UNREAD for payable, account in pairs if is_unread(payable, account)}


def held_titles(payables: Iterable[Payable]) -> dict[Payable, str]:
    """Those of the bills that nothing sends, and why. No query where no title differs.

    Runs inside the company's scope; the bills are held by the caller.
    """
    unlike = {payable.id: payable for payable in payables if payable.title_warnings}
    if not unlike:
        return {}
    tenant_id = next(iter(unlike.values())).tenant_id
    is_held = OfBill(function="payments_title_is_held", output_field=BooleanField())
    bills = Payable.objects.of(tenant_id).filter(id__in=unlike).annotate(held=is_held)
    held = bills.filter(held=True).values_list("id", flat=True)
    return {unlike[payable_id]: HELD for payable_id in held}
