"""Refunds between the contract and the Conta Kamino's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from banking.banks.contract.charges import (
    Refund,
    RefundOrigin,
    RefundRequest,
    RefundState,
    UnreadRefund,
)
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from banking.banks.kamino.wire.fields import (
    UnreadableAnswer,
    amount_of,
    cursor_of,
    day_of,
    id_in,
    id_of,
    instant_of,
    list_of,
    object_of,
    text_of,
)
from banking.banks.kamino.wire.payments import amount_to_wire, refuse_unless
from brazil.banking_days import sao_paulo_day
from core.text import shorten

# One that is not known is not decided yet, the bank's file says.
STATES: Final[Mapping[str, RefundState]] = {
    "completed": RefundState.DONE,
    "failed": RefundState.FAILED,
}
ORIGINS: Final[Mapping[str, RefundOrigin]] = {
    "api": RefundOrigin.API,
    "app": RefundOrigin.APP,
    "med": RefundOrigin.MED,
}
REASON_LENGTH: Final = 140


@dataclass(frozen=True, slots=True)
class RefundsPage:
    refunds: list[Refund]
    unread: list[UnreadRefund]
    in_progress: bool
    next_cursor: str | None


def refund_to_wire(request: RefundRequest) -> Json:
    """The body of POST /v1/charges/{id}/refunds: the same request always has the same one.

    Raises:
        BankRejected: the bank would not take it. Nothing was sent.
    """
    refuse_unless(bool(request.charge_reference), "O banco não conhece esta cobrança.")
    body: dict[str, Json] = {"amount": amount_to_wire(request.amount)}
    if reason := shorten(text_of(request.reason, "reason"), REASON_LENGTH):
        body["reason"] = reason
    return body


def refund_from_wire(answer: Json) -> Refund:
    answer = object_of(answer, "refund")
    status, origin = answer.get("status"), answer.get("origin")
    if not isinstance(status, str):
        raise UnreadableAnswer("status")
    done_at, answer_until = answer.get("completed_at"), answer.get("answer_until")
    return Refund(
        reference=id_of(answer.get("id")),
        charge_reference=id_of(answer.get("charge_id"), "charge_id"),
        amount=amount_of(answer.get("amount")),
        state=STATES.get(status, RefundState.WAITING),
        origin=ORIGINS.get(origin) if isinstance(origin, str) else None,
        key=_key(answer.get("idempotency_key")),
        end_to_end=text_of(answer.get("end_to_end_id"), "end_to_end_id", longest=40),
        done_on=None if done_at is None else sao_paulo_day(instant_of(done_at, "completed_at")),
        reason=text_of(answer.get("reason"), "reason", longest=300),
        answer_until=None if answer_until is None else day_of(answer_until, "answer_until"),
    )


def refunds_from_wire(answer: Json) -> RefundsPage:
    answer = object_of(answer, "refunds")
    in_progress = answer.get("in_progress")
    if not isinstance(in_progress, bool):
        raise UnreadableAnswer("in_progress")
    refunds, unread = each_of(
        list_of(answer.get("refunds"), "refunds"),
        refund_from_wire,
        lambda item, error: UnreadRefund(id_in(item, id_of), error.field),
    )
    return RefundsPage(refunds, unread, in_progress, cursor_of(answer.get("next_cursor")))


def _key(value: Json) -> UUID | None:
    if value is None:
        return None
    try:
        return UUID(text_of(value, "idempotency_key"))
    except ValueError as error:
        raise UnreadableAnswer("idempotency_key") from error
