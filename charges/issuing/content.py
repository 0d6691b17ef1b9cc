"""What is sent of a charge: put together once, kept with its slip, and the same at each repeat."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from banking.banks.contract.charge_rules import ChargeRules
from banking.banks.contract.charges import (
    Address,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeTerms,
    Discount,
    Fine,
)
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, late_from
from charges.states import ChargeStatus
from charges.terms.check import FORMS, rules_of
from charges.terms.fit import fit
from core.clock import database_now
from parties.models import Payer
from parties.payers import ADDRESS

Content = dict[str, Any]

ZERO = Decimal("0.00")
A_WEEK = timedelta(days=7)


def describe(charge: Charge) -> Content:
    """What its bank will be asked for, as it will be sent: what a person is shown before. Money is
    text in reais. Runs inside the company's scope."""
    rules = rules_of(charge.bank_account)
    assert rules is not None  # `problems` said so before
    content = {
        "payer": payer_of(charge.payer, rules),
        "description": fit(
            charge.description, rules.description_length, accents=rules.takes_accents
        ),
        "document_number": charge.document_number,
        "amount": str(charge.rest),
        "due_date": due_date_of(charge).isoformat(),
        "forms": sorted(form.value for form in FORMS[charge.form]),
        "fine_percent": str(ZERO if charge.late_rest else charge.fine_percent),
        "interest_percent": str(ZERO if charge.late_rest else charge.interest_percent),
        # After a part was paid there is none.
        "discount": str(ZERO if charge.settled else charge.discount),
        "message": fit(charge.message, rules.message_length, accents=rules.takes_accents),
    }
    return content | extras_of(charge)


def extras_of(charge: Charge) -> Content:
    """Only what is asked for: what is not there changes no key."""
    extras: Content = {}
    if charge.pay_until is not None:  # as many days after the slip's own due date
        later = late_from(due_date_of(charge)) - charge.late_from
        extras["pay_until"] = (charge.pay_until + later).isoformat()
    if charge.discount and not charge.settled and charge.discount_days != 1:
        extras["discount_until"] = charge.discount_until.isoformat()
    return extras


def due_date_of(charge: Charge) -> date:
    """Of a slip: the charge's; of what is left of one that is paid in part, when that has passed,
    or of fine and interest alone: in a week."""
    is_part = charge.status == ChargeStatus.PARTLY_PAID
    if charge.principal_rest and not is_part:
        return charge.due_date
    today = sao_paulo_day(database_now())
    if charge.principal_rest and charge.due_date >= today:
        return charge.due_date
    return max(charge.due_date, today + A_WEEK)


def payer_of(payer: Payer, rules: ChargeRules) -> Content:
    told_to = [each.email for each in payer.emails.all()]
    emails = [email for email in told_to if len(email) <= rules.email_length]
    told: Content = {
        "name": fit(payer.name, rules.name_length, accents=rules.takes_accents),
        "document": payer.document,
        "email": emails[0] if emails else "",
        "phone": payer.phone,
    }
    if payer.has_address:
        told["address"] = {
            name: fit(getattr(payer, name), rules.text_length, accents=rules.takes_accents)
            for name in ADDRESS
        }
    return told


def request_of(key: UUID, content: Mapping[str, Any]) -> ChargeRequest:
    """The request that a slip's content stands for."""
    return ChargeRequest(
        key=key,
        code=content["code"],
        payer=read_payer(content["payer"]),
        items=[
            ChargeItem(
                content["description"], Decimal(content["amount"]), content["document_number"]
            )
        ],
        due_date=date.fromisoformat(content["due_date"]),
        forms=frozenset(map(ChargeForm, content["forms"])),
        terms=read_terms(content),
        message=content["message"],
        pay_until=read_day(content, "pay_until"),
    )


def read_day(content: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(content[name]) if name in content else None


def read_payer(told: Mapping[str, Any]) -> ChargePayer:
    address = told.get("address")
    return ChargePayer(
        name=told["name"],
        document=told["document"],
        email=told["email"],
        phone=told["phone"],
        address=Address(**address) if address else None,
    )


def read_terms(content: Mapping[str, Any]) -> ChargeTerms:
    fine, interest, discount = (
        Decimal(content[name]) for name in ("fine_percent", "interest_percent", "discount")
    )
    return ChargeTerms(
        fine=Fine(percent=fine) if fine else None,
        interest_percent=interest or None,
        discount=(
            Discount(amount=discount, until=read_day(content, "discount_until"))
            if discount
            else None
        ),
    )
