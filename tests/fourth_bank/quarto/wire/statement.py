"""Banco Quarto's account and statement: JSON to the contract. Amounts are whole centavos."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from banking.banks.contract.statement import AccountIdentity, Movement, StatementPage
from brazil.banking_days import sao_paulo_day


def identity_from_wire(answer: Any) -> AccountIdentity:
    return AccountIdentity(
        bank_code="997",
        branch=answer["branch"],
        number=answer["number"],
        holder_name=answer["holder"],
        holder_document=answer["document"],
    )


def page_from_wire(answer: Any) -> StatementPage:
    return StatementPage(
        opening=reais(answer["opening"]),
        closing=reais(answer["closing"]),
        movements=[movement_from_wire(entry) for entry in answer["entries"]],
    )


def movement_from_wire(entry: Any) -> Movement:
    occurred_at = datetime.fromisoformat(entry["at"])
    return Movement(
        bank_id=entry["id"],
        occurred_at=occurred_at,
        booked_on=sao_paulo_day(occurred_at),
        amount=reais(entry["cents"]),
        kind="other",
        description=entry["text"],
        counterparty_name=entry["name"],
        counterparty_document="",
        raw=json.dumps(entry),
    )


def reais(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
