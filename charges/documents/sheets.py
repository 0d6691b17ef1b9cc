"""What our own document of a charge says, from the slip that collects it."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Prefetch

from brazil.banking_days import sao_paulo_day
from brazil.boleto import format_linha_digitavel
from brazil.cep import format_cep
from brazil.document import format_document
from charges.documents.sheet import Sheet, pdf_of
from charges.drafts.draft import percent_words
from charges.models import Charge, Slip
from charges.states import SlipStatus
from charges.terms.check import reais
from charges.terms.last_day import last_day
from core.text import shorten
from parties.models import Payer

ONE_DAY = timedelta(days=1)


def printable(tenant_id: UUID, ids: Sequence[UUID], today: date) -> list[tuple[Charge, Slip]]:
    """The charges among them that a payer may pay now, in that order, each with its slip. Two
    queries. Runs inside the company's scope."""
    shown = Slip.objects.of(tenant_id).filter(status=SlipStatus.OPEN, fault="")
    live = Prefetch("slips", shown.filter(cancel_asked_at=None), to_attr="shown_slips")
    told = Charge.objects.of(tenant_id).filter(id__in=ids, next_due_date=None)
    related = told.select_related("tenant", "payer", "bank_account").prefetch_related(live)
    found = {charge.id: charge for charge in related}
    pairs = [
        (charge, slip)
        for charge in (found[each] for each in ids if each in found)
        for slip in charge.shown_slips
    ]
    return [(charge, slip) for charge, slip in pairs if can_be_printed(charge, slip, today)]


def can_be_printed(charge: Charge, slip: Slip, today: date) -> bool:
    """It is over what is owed, and its bank still takes it."""
    slip.bank_account = charge.bank_account  # for its bank's rules, without another query
    last = last_day(slip)
    return slip.amount == charge.rest and (last is None or today <= last)


def pdf_of_charges(pairs: Sequence[tuple[Charge, Slip]]) -> bytes:
    """One page each, in that order."""
    name = pairs[0][0].tenant.name
    return pdf_of((sheet_of(charge, slip) for charge, slip in pairs), title=f"Cobranças de {name}")


def sheet_of(charge: Charge, slip: Slip) -> Sheet:
    account, payer = charge.bank_account, charge.payer
    return Sheet(
        bank_name=account.bank_name,
        bank_code=account.bank_code,
        account=" / ".join(filter(None, (account.branch, account.number))),
        beneficiary=account.holder_name,
        beneficiary_document=format_document(account.holder_document),
        payer=payer.name,
        payer_document=payer.written_document,
        payer_address=written_address(payer),
        amount=slip.amount,
        due_date=slip.due_date,
        issued_on=sao_paulo_day(slip.created_at),
        about=about(charge),
        document_number=charge.document_number,
        our_number=slip.our_number,
        linha=format_linha_digitavel(slip.linha_digitavel) if slip.linha_digitavel else "",
        barcode=slip.barcode,
        pix_code=slip.pix_code,
        instructions=tuple(instructions(charge)),
    )


def about(charge: Charge) -> str:
    number = charge.instalment_number
    part = f"parcela {number} de {charge.instalment_count}" if number is not None else ""
    return " · ".join(filter(None, (charge.document_number, charge.description, part)))


def instructions(charge: Charge) -> list[str]:
    """The terms, as whoever takes the money has to know them."""
    told = []
    if charge.discount and not charge.settled:
        told.append(f"Até {charge.discount_until:%d/%m/%Y}, desconto de {reais(charge.discount)}.")
    late = []
    if charge.fine_percent:
        late.append(f"multa de {percent_words(charge.fine_percent)}")
    if charge.interest_percent:
        late.append(f"juros de {percent_words(charge.interest_percent)} ao mês")
    if late:
        told.append(f"Após o vencimento, {' e '.join(late)}.")
    return [*told, shorten(charge.message, 320)] if charge.message else told


def written_address(payer: Payer) -> str:
    if not payer.has_address:
        return ""
    street = ", ".join(filter(None, (payer.street, payer.number, payer.complement)))
    place = f"{payer.city}/{payer.state}, {format_cep(payer.zip_code)}"
    return f"{street}, {payer.district}, {place}"
