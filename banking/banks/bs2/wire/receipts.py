"""BS2's receipts (comprovantes). devs.bs2.com/docs/receiptsproof-payment-ca."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from banking.banks.bs2.wire.fields import first_of, id_of, instant_of, list_of, object_of
from banking.banks.http.errors import one_line
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from brazil.document import read_loose_document

TRANSFERS, PAYMENTS = 1, 2  # `tipoFiltro`
TRANSFER_SCHEDULING, PAYMENT_SCHEDULING = 3, 4


@dataclass(frozen=True, slots=True)
class Proof:
    """A receipt as BS2 lists it. The names inside `dados…` are not documented: what is compared
    are the values, wherever they stand."""

    reference: str  # comprovanteId
    type: int | None
    protocol: str
    made_at: datetime | None  # or is to be
    amounts: frozenset[Decimal]
    numbers: frozenset[str]  # every text and number of it, without punctuation; documents whole


@dataclass(frozen=True, slots=True)
class Proofs:
    """A list of receipts, and how many of it cannot be read."""

    read: list[Proof]
    unread: int


def proofs_from_wire(answer: Json) -> Proofs:
    """The answer's wrapper is not documented: an array, or an object that holds one."""
    if isinstance(answer, dict):
        answer = next((held for held in answer.values() if isinstance(held, list)), None)
    read, unread = each_of(
        list_of(answer, "comprovantes"), _proof_from_wire, lambda item, error: error.field
    )
    return Proofs(read, len(unread))


def _proof_from_wire(item: Json) -> Proof:
    item = object_of(item, "comprovantes")
    made_at = first_of(item, "EfetuadoEm", "efetuadoEm", "EfetuarEm", "efetuarEm")
    type_ = item.get("tipo")
    leaves = list(_leaves(item))
    return Proof(
        reference=id_of(item.get("comprovanteId"), "comprovanteId"),
        type=type_ if type(type_) is int else None,
        protocol=one_line(item.get("protocolo"), 64),
        made_at=None if made_at is None else instant_of(made_at, "EfetuadoEm"),
        amounts=frozenset(Decimal(v) for v in leaves if type(v) is int or isinstance(v, Decimal)),
        numbers=frozenset(
            number
            for v in leaves
            if v is not None
            for number in (re.sub(r"[\s./-]", "", str(v)), read_loose_document(v))
        ),
    )


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value
