"""A reminder that a person sends from their own WhatsApp: its text, and the link that opens it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.db import transaction

from brazil.phone import format_phone
from charges.drafts.draft import require_enterer
from charges.dunning.reasons import against_charge, against_slip
from charges.dunning.tags import name_of
from charges.models import Charge
from charges.payer_page.address import page_address
from charges.terms.amounts import owed_on
from charges.terms.check import reais
from charges.timeline import Tone, note
from core.errors import InvalidState
from tenants.models import Membership

# The address that WhatsApp gives for it: faq.whatsapp.com, «How to use click to chat».
ADDRESS = "https://wa.me/"


@dataclass(frozen=True, slots=True)
class WhatsApp:
    text: str
    phone: str  # as it is written; empty: the payer has none
    link: str


def whatsapp_of(charge: Charge, company: str, today: date) -> WhatsApp:
    """Runs inside the company's scope.

    Raises:
        InvalidState: (code `not_payable`) the payer could not pay by it now, or has paid.
    """
    if why := against_charge(charge, today) or against_slip(charge, today, by_hand=True):
        raise InvalidState(f"Nada a enviar agora: {why}.", code="not_payable")
    owed = owed_on(charge, today)
    verb = "venceu" if charge.is_overdue(today) else "vence"
    worth = "" if owed.total == charge.amount else f" Hoje ela custa {reais(owed.total)}."
    name = name_of(charge.payer)
    text = (
        f"Olá, {name}! Aqui é {company}. A cobrança «{charge.description}», de "
        f"{reais(charge.amount)}, {verb} em {charge.due_date:%d/%m/%Y}.{worth} Para pagar ou "
        f"baixar o boleto: {page_address(charge)}"
    )
    number = charge.payer.phone.removeprefix("+")
    return WhatsApp(
        text=text,
        phone=format_phone(charge.payer.phone) if number else "",
        link=f"{ADDRESS}{number}?text={quote(text, safe='')}",
    )


@transaction.atomic
def note_copied(charge: Charge, *, by: Membership) -> None:
    """
    Raises:
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    note(charge, "Texto copiado para o WhatsApp", tone=Tone.INFO, by=by.user)
