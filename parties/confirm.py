"""Confirm an account or key of a payee: from then on, and its rest, it is on file."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import Changed, InvalidState, NotAllowed
from parties.enter import hold
from parties.models import Payee, PayeeAccount, PayeeKey
from parties.news import Kind, PayeeNews, announce
from parties.rest import rest_of
from tenants.models import Membership


@transaction.atomic
def confirm_destination(
    destination: PayeeAccount | PayeeKey, *, by: Membership, shown: str
) -> PayeeAccount | PayeeKey:
    """Confirm an account or key that somebody else entered.

    `shown` is the digest of what the person saw: the new one beside those on file.

    Raises:
        Changed: the payee, the new one or one on file is another than was shown.
        InvalidState: it is confirmed or archived already.
        NotAllowed: `by` may not approve, or had a hand in its being here.
    """
    payee = hold(destination.payee)
    rows = type(destination).objects.of(payee.tenant_id)
    row: PayeeAccount | PayeeKey = rows.select_for_update(no_key=True).get(id=destination.id)
    row.payee = payee
    require_confirmer(row, by)
    if digest_of(sheet_of(row)) != shown:
        raise Changed(
            "O cadastro mudou desde que você abriu esta página. Confira os dados atuais.",
            code="changed",
        )
    now = database_now()
    row.confirmed_by, row.confirmed_at = by.user, now
    row.usable_from = now + timedelta(hours=rest_of(payee.tenant_id))
    row.save(update_fields=["confirmed_by", "confirmed_at", "usable_from"])
    what = f"{row.kind}: {row.written}"
    announce(
        PayeeNews(
            payee=payee,
            kind=Kind.CONFIRMED,
            step=row.id.hex[-20:],
            text=f"{by.user.display_name} confirmou um dado bancário: {what}.",
            by=by.user,
            destination=row,
        )
    )
    entered = row.entered_by.display_name if row.entered_by else "não informado"
    record(
        Act.DESTINATION_CONFIRMED,
        on=payee,
        by=by.user,
        after={"Dado bancário": what, "Lançado por": entered},
    )
    return row


def require_confirmer(destination: PayeeAccount | PayeeKey, by: Membership) -> None:
    """
    Raises:
        InvalidState: it is confirmed or archived already.
        NotAllowed: `by` may not approve, or had a hand in its being here.
    """
    if destination.archived_at is not None:
        raise InvalidState("Este dado bancário está arquivado.", code="archived")
    if destination.confirmed_at is not None:
        raise InvalidState("Este dado bancário já foi confirmado.", code="confirmed_already")
    if not by.can_approve:
        raise NotAllowed(
            "Seu papel nesta empresa não permite confirmar dados bancários.", code="wrong_role"
        )
    if by.user_id in destination.hands:
        raise NotAllowed(
            "Quem lança um dado bancário, ou a conta que o trouxe, não pode confirmá-lo: "
            "peça a outro aprovador.",
            code="own_destination",
        )


def can_confirm(destination: PayeeAccount | PayeeKey, by: Membership) -> bool:
    is_open = destination.archived_at is None and destination.confirmed_at is None
    return is_open and by.can_approve and by.user_id not in destination.hands


def sheet_of(destination: PayeeAccount | PayeeKey) -> dict[str, Any]:
    """What whoever confirms it sees: whose it is, what it says, who entered it, what is on file."""
    payee = destination.payee
    return {
        "payee": {"name": payee.name, "document": payee.document},
        "new": [str(destination.id), destination.kind, destination.written],
        "hands": sorted(destination.hands),
        "confirmed": [[str(o.id), o.kind, o.written] for o in confirmed_of(payee)],
    }


def confirmed_of(payee: Payee) -> list[PayeeAccount | PayeeKey]:
    """Accounts and keys that were confirmed, the last one first, rested or not."""
    found: list[PayeeAccount | PayeeKey] = []
    for model in (PayeeAccount, PayeeKey):
        rows = model.objects.of(payee.tenant_id).filter(payee=payee).confirmed()
        found += rows.select_related("entered_by", "confirmed_by")
    return sorted(found, key=lambda row: (row.confirmed_at, row.id), reverse=True)


def digest_of(sheet: dict[str, Any]) -> str:
    """SHA-256 of the sheet, in hexadecimal."""
    written = json.dumps(sheet, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(written.encode()).hexdigest()


def find_destination(tenant_id: UUID, destination_id: UUID) -> PayeeAccount | PayeeKey | None:
    """The account or key of that id."""
    people = ("payee", "entered_by", "brought_by", "confirmed_by", "archived_by")
    for model in (PayeeAccount, PayeeKey):
        rows = model.objects.of(tenant_id).select_related(*people)
        row: PayeeAccount | PayeeKey | None = rows.filter(id=destination_id).first()
        if row is not None:
            return row
    return None
