"""The rows of a data set as the engine's facts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from benchmarks.matching.judge import REPEATED
from reconciliation.proposals.facts import Company, Item, Line, OwnAccount, Party, Sending, Terms

Row = Mapping[str, Any]


def company_of(row: Row) -> Company:
    accounts = tuple(
        OwnAccount(a["id"], a["branch"] or "", a["number"] or "") for a in row["accounts"]
    )
    return Company(row["name"], row["cnpj"], accounts)


def party_of(row: Row) -> Party:
    accounts = tuple((a["branch"] or "", a["number"] or "") for a in row["accounts"] or ())
    return Party(
        row["id"],
        row["name"],
        row["document"] or "",
        row["trade_name"] or "",
        accounts,
        tuple(row["pix_keys"] or ()),
    )


def line_of(row: Row) -> Line:
    return Line(
        row["id"],
        row["account"],
        date.fromisoformat(row["booked_on"]),
        Decimal(row["amount"]),
        row["kind"] or "",
        row["description"] or "",
        row["counterparty_name"] or "",
        row["counterparty_document"] or "",
    )


def item_of(row: Row, providers: Mapping[str, str]) -> Item:
    kind, amount = row["kind"], Decimal(row["amount"])
    if kind in ("payable", "transfer"):
        amount = -amount
    day: str = row.get("payment_date") or row.get("due_date") or row["date"]
    return Item(
        id=row["id"],
        kind=kind,
        amount=amount,
        day=date.fromisoformat(day),
        party=row["party"] or None,
        account=row.get("account") or row.get("from_account") or None,
        method=row.get("method") or "",
        number=row["number"] or "",
        description=row["description"] or "",
        our_ids=frozenset(filter(None, (row.get("our_number"), row.get("reference")))),
        sending=_sending_of(row.get("order"), providers),
        terms=_terms_of(row),
        to_account=row.get("to_account"),
    )


def _sending_of(order: Row | None, providers: Mapping[str, str]) -> Sending | None:
    if not order:
        return None
    repeated = REPEATED.get(providers.get(order["account"], ""), "")
    ids = frozenset(filter(None, (order.get(repeated),)))
    return Sending(order["account"], date.fromisoformat(order["sent_on"]), ids)


def _terms_of(row: Row) -> Terms:
    if row["kind"] != "charge":
        return Terms()
    until = row.get("discount_until")
    return Terms(
        Decimal(row["fine_percent"] or 0),
        Decimal(row["interest_month_percent"] or 0),
        Decimal(row["discount"] or 0),
        date.fromisoformat(until) if until else None,
    )
